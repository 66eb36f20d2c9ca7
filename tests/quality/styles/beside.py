"""A style whose network is a file beside this one."""

from __future__ import annotations

from pathlib import Path

from gradcheck.subject.wiring import Wiring
from tests.quality.networks import Network
from tests.quality.styles.roles import Roles, Style


def beside(name: str, wiring: Wiring, roles: Roles) -> Style:
    """The network of the file with that name."""
    path = Path(__file__).with_name(f"{name}.py")
    return Style(Network(name, str(path), path.read_text(encoding="utf-8"), wiring), roles)


def items(names: str, of: str = "g['{}']") -> dict[str, str]:
    """An expression for each name, the names apart by spaces."""
    return {name: of.format(name) for name in names.split()}
