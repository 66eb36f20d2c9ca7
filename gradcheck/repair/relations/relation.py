"""A relation: what a wrong quantity was to the right one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """What a wrong quantity was to the right one.

    Attributes:
        name: such as "missing-derivative"; empty where it is nothing simple.
        factor: the constant between them, where there is one.
        of_batch: whether that constant is the number of samples, or its square, or one over either.
    """

    name: str = ""
    factor: float | None = None
    of_batch: bool = False

    def __bool__(self) -> bool:
        """Whether it is anything."""
        return bool(self.name)
