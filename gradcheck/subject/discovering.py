"""The door to discovery: a file's wiring is found out inside a sandbox, by what is in `gradcheck.subject.discover`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradcheck.subject.faraway import Faraway
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target

if TYPE_CHECKING:
    from gradcheck.subject.discover import discovery
    from gradcheck.subject.live.handed import Handed
    from gradcheck.subject.wiring import Wiring
else:
    discovery = Faraway("gradcheck.subject.discover.discovery")

GRACE = 15.0
# Seconds beyond the limit in which what was seen so far is turned into a wiring or a question.


def discover_wiring(
    target: Target,
    *,
    seed: int = 0,
    time_limit: float = 60.0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Wiring:
    """Find out how to drive the user's file by running it and watching, in a worker of its own.

    Args:
        target: the user's file.
        seed: what generators start from that the file leaves unseeded.
        time_limit: seconds to watch and to try.
        progress: told `(what, done, total)`.

    Returns:
        A wiring whose every text is Python that a person can correct.

    Raises:
        DiscoveryError: when an expression is missing that only the author knows; its `wiring` holds the rest.
        SubjectError: when the file cannot be run.
    """
    with Sandbox(target, seed=seed, time_limit=time_limit + GRACE, progress=progress) as sandbox:
        return discover_in(sandbox, target, seed=seed, time_limit=time_limit, progress=progress)


def discover_in(
    sandbox: Sandbox,
    target: Target,
    *,
    seed: int = 0,
    time_limit: float = 60.0,
    progress: Callable[[str, int, int], None] | None = None,
    handed: Handed | None = None,
) -> Wiring:
    """The same in a sandbox that is already open.

    Args:
        sandbox: where to run the code.
        target: the user's file.
        seed: as for `discover_wiring`.
        time_limit: as for `discover_wiring`.
        progress: told `(what, done, total)` once at the start; the sandbox has its own for what follows.
        handed: a live network and its data, in place of what the file runs.

    Raises:
        DiscoveryError: as for `discover_wiring`.
        SubjectError: as for `discover_wiring`.
    """
    if progress is not None:
        progress("running the script and watching", 0, 1)
    if handed is not None:
        return sandbox.call(
            discovery.discover_handed, handed, seed, time_limit, time_limit=time_limit + GRACE
        )
    return sandbox.call(discovery.discover, target, seed, time_limit, time_limit=time_limit + GRACE)
