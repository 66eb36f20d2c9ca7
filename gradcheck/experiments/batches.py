"""Give the same batch twice over: a mean stays what it is, a sum doubles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import Samples, samples_of
from gradcheck.findings import Observation
from gradcheck.subject.wiring import Wiring

SAME = 1e-9
DRAWN = (0.25, 0.1)
# Of a loss that draws a mask, say, for each sample: a sum grows by a third of what it is in the end, a mean by no more
# than the masks make of it.


def batch_audit(lab: Lab) -> Observation:
    """Facts: `summed`, at most one of {line, samples, once, twice, thrice}: a loss that is a sum over the batch.

    The three are the losses of the batch, of the batch twice over and three times over, whose differences are equal;
    a penalty counts once in each. `line` has the first number that doubles with the batch.
    """
    samples = samples_of(lab)
    losses = [] if samples is None else [_loss(lab, samples, times) for times in (1, 2, 3)]
    once, twice, thrice = losses if None not in losses and losses else (0.0, 0.0, 0.0)
    if samples is None or once is None or twice is None or thrice is None:
        return Observation("batch_audit", {"summed": []})
    grown = twice - once
    largest = max(abs(once), abs(thrice))
    uneven = abs(thrice - twice - grown)
    exactly = abs(grown) > 1e3 * SAME * largest and uneven <= SAME * largest
    if not exactly and not (abs(grown) > DRAWN[0] * largest and uneven <= DRAWN[1] * largest):
        return Observation("batch_audit", {"summed": []})
    losses_seen = {"once": once, "twice": twice, "thrice": thrice}
    fact = {
        "line": _line(lab, samples, SAME if exactly else DRAWN[1]),
        "samples": samples.count,
        **losses_seen,
    }
    return Observation("batch_audit", {"summed": [fact]})


def _repeated(lab: Lab, samples: Samples, times: int) -> Wiring:
    """The wiring with every sample and its label several times over, under the names that they have."""
    rows = f"np.tile(np.arange({samples.count}), {times})"
    inputs, labels = samples.taking(rows)
    more = f"{samples.inputs}, {samples.labels} = {inputs}, {labels}"
    return replace(lab.wiring, setup=f"{lab.wiring.setup}\n{more}")


def _loss(lab: Lab, samples: Samples, times: int) -> float | None:
    if not (samples.inputs.isidentifier() and samples.labels.isidentifier()):
        return None
    try:
        loss = lab.variant(_repeated(lab, samples, times)).start().loss()
    except GradcheckError:
        return None
    return loss if np.isfinite(loss) else None


def _line(lab: Lab, samples: Samples, off: float) -> int:
    plain = _numbers(lab, "")
    doubled = _numbers(lab, _repeated(lab, samples, 2).setup.removeprefix(lab.wiring.setup))
    for number, value in plain.items():
        if value and number in doubled and abs(doubled[number] - 2.0 * value) <= off * abs(value):
            return lab.tracer.source.sites[number].line
    return 0


def _numbers(lab: Lab, more: str) -> dict[int, float]:
    """The floating-point numbers that expressions of the loss give, in the order of their ends."""

    def ask(live: Any) -> object:
        live.execute(more)
        return live.loss()

    seen = lab.tracer.recording(ask).seen
    values = {number: record.values[0] for number, record in seen.items()}
    return {n: float(v) for n, v in values.items() if isinstance(v, float | np.floating)}
