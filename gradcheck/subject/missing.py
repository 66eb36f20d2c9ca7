"""The question that discovery ends with where only the author knows the answer."""

from __future__ import annotations

from gradcheck.errors import DiscoveryError
from gradcheck.subject.wiring import Wiring
from gradcheck.subject.wiring_toml import to_toml


class MissingExpressionError(DiscoveryError):
    """One expression is missing; the rest of the wiring is there.

    Args:
        message: what was found and what was not.
        hint: what to write.
        wiring: what was found, with nothing where the missing expression belongs.
    """

    def __init__(self, message: str, *, hint: str = "", wiring: Wiring | None = None) -> None:
        super().__init__(message, hint=hint)
        self.wiring = wiring or Wiring(loss="", params={})

    @property
    def toml(self) -> str:
        """The wiring as a file to complete."""
        return to_toml(self.wiring)
