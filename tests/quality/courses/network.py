"""The networks of a course: a file of its own, and how it is driven."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gradcheck.subject.wiring import Wiring
from tests.quality.networks import Network

FOLDER = Path(__file__).parent / "networks"


def network(name: str, wiring: Wiring) -> Network:
    """A network of the folder beside this file."""
    path = FOLDER / f"{name}.py"
    return Network(name, str(path), path.read_text(encoding="utf-8"), wiring)


def items(names: Iterable[str], of: str) -> dict[str, str]:
    """Name -> expression, by a pattern."""
    return {name: of.format(name) for name in names}
