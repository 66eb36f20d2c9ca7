"""What a search may spend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Budget:
    """How much the search may spend, and has spent.

    Attributes:
        seconds: wall time.
        candidates: gradient runs.
        started: when the search began, by `time.monotonic`.
        tried: candidates tried so far.

    Example:
        >>> Budget(seconds=0.0).spent
        True
    """

    seconds: float = 30.0
    candidates: int = 20_000
    started: float = field(default_factory=time.monotonic)
    tried: int = 0

    @property
    def spent(self) -> bool:
        """Whether either limit is reached."""
        return self.tried >= self.candidates or time.monotonic() - self.started >= self.seconds
