"""The right networks that faults are put into, in as many styles, each with how it is driven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import GradcheckError
from gradcheck.faults import CATALOGUE
from gradcheck.subject import Wiring, discover_wiring, resolve_target

FOLDER = Path(__file__).parents[1] / "subject" / "networks"


@dataclass(frozen=True, slots=True)
class Network:
    """A right network.

    Attributes:
        name: unique.
        path: where it believes it is.
        source: its text.
        wiring: how it is driven.
    """

    name: str
    path: str
    source: str
    wiring: Wiring


def networks(only: str = "") -> Iterator[Network]:
    """The bases of the catalogue with their own wirings, and the networks of discovery with what it finds out.

    Args:
        only: part of a name; all where empty.
    """
    bases = {fault.specimen.base.name: fault.specimen.base for fault in CATALOGUE.values()}
    for name, base in sorted(bases.items()):
        if only in name:
            path = Path(__file__).with_name(f"{name}.py")  # a name for messages: nothing is there
            yield Network(name, str(path), base.source(), base.wiring)
    for file in sorted(FOLDER.glob("*.py")):
        if only in file.stem:
            target = resolve_target(file)
            try:
                wiring = discover_wiring(target)
            except GradcheckError:
                continue  # some are there to be asked about
            yield Network(file.stem, str(file), target.source, wiring)
