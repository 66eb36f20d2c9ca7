"""Zero-config discovery: how to drive somebody's file, found out by running it and watching."""

from gradcheck.subject.discover.asking import MissingExpressionError
from gradcheck.subject.discover.discovery import discover_in, discover_wiring

__all__ = ["MissingExpressionError", "discover_in", "discover_wiring"]
