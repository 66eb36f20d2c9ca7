"""A recorder's view of everything: the module as it is loaded, the setup, and one more run."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.errors import GradcheckError
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live, Program
from gradcheck.subject.wiring import Wiring
from gradcheck.trace.instrument import ENTER, SEE, instrument
from gradcheck.trace.recorder import Recorder
from gradcheck.trace.sites import SourceMap

PATIENCE = 5.0


def recorded_from_start(
    path: str, source: SourceMap, wiring: Wiring, seed: int, ask: Callable[[Live], object]
) -> Recorder:
    """What functions of the file computed while it was loaded and set up, and in one run of `ask`.

    Args:
        path: the user's file.
        source: it, parsed.
        wiring: how it is driven.
        seed: of everything random.
        ask: what to run, such as the loss; what it raises ends the recording.
    """
    recorder = Recorder()
    code = instrument(source, path, wiring.until).code
    try:
        with patience(PATIENCE):
            program = Program(
                path,
                source.source,
                wiring,
                seed=seed,
                code=code,
                hooks={SEE: recorder.see, ENTER: recorder.enter},
            )
            ask(program.start())
    except (GradcheckError, OutOfTimeError):
        return recorder
    return recorder
