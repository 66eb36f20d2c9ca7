"""What a search may spend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

PATIENCE = 2.5


@dataclass(slots=True)
class Budget:
    """How much the search may spend, and has spent.

    Attributes:
        seconds: of this process's own time, so that a busy machine finds what an idle one does; never more than
            `PATIENCE` times as much by the clock.
        candidates: gradient runs.
        started: when the search began, by the clock and by this process's own time.
        tried: candidates tried so far.

    Example:
        >>> Budget(seconds=0.0).spent
        True
    """

    seconds: float = 30.0
    candidates: int = 20_000
    started: tuple[float, float] = field(default_factory=lambda: (time.monotonic(), time.process_time()))
    tried: int = 0

    @property
    def spent(self) -> bool:
        """Whether either limit is reached."""
        return self.tried >= self.candidates or self.left <= 0.0

    @property
    def left(self) -> float:
        """Seconds that are left."""
        clock, own = self.started
        by_clock = PATIENCE * self.seconds - (time.monotonic() - clock)
        return min(by_clock, self.seconds - (time.process_time() - own))
