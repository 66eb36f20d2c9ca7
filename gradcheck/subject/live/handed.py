"""What was handed over: a live network and its data, beside the source of its class."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.subject.live.given import Given
from gradcheck.subject.target import Target


@dataclass(frozen=True, slots=True)
class Handed:
    """A live network and its data.

    Attributes:
        target: the source of the network's class.
        given: the objects.
        net: what the network is called in them.
        data: what the samples, and their labels where there are any, are called.
    """

    target: Target
    given: Given
    net: str
    data: tuple[str, ...]
