"""The right networks, each with the faults that can be put into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from gradcheck.experiments.lab import open_lab
from tests.quality.courses import COURSES
from tests.quality.courses.injections import course_injections
from tests.quality.injections import injections
from tests.quality.mutants import mutants
from tests.quality.networks import Network, networks
from tests.quality.planted import Planted
from tests.quality.styles import STYLES

Kind: TypeAlias = Literal["catalogue", "training", "mutants"]


def soils(kind: Kind, only: str = "") -> Iterator[tuple[Network, list[tuple[Planted, ...]]]]:
    """Networks with their faults.

    Args:
        kind: "catalogue" for its faults by the roles that statements play in networks taken apart for it;
            "training" for those that a gradient check passes, in networks that train; "mutants" for splices of every
            kind in the statements that compute the gradient of any network.
        only: part of a network's name; all where empty.
    """
    if kind == "catalogue":
        for style in STYLES:
            if only in style.network.name:
                yield style.network, [(fault,) for fault in injections(style.network.source, style.roles)]
        return
    if kind == "training":
        for course in COURSES:
            if only in course.network.name:
                yield course.network, course_injections(course)
        return
    for network in networks(only):
        yield network, [(fault,) for fault in places(network)]


def places(network: Network) -> list[Planted]:
    """The mutants of what computes a network's gradient, and is no part of its loss."""
    lab = open_lab(network.path, network.source, network.wiring, 0)
    statements = {n for n, reach in lab.influence.of.items() if reach} - lab.influence.specification
    return mutants(lab.tracer, frozenset(statements))
