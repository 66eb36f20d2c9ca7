"""Broken networks to try gradcheck on: small files as people write them, each with faults of its own."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import UsageError


@dataclass(frozen=True, slots=True)
class Demo:
    """A broken network.

    Attributes:
        name: what to call it.
        file: its file, beside this one.
        summary: what it is and what its author complains of; one line.
    """

    name: str
    file: str
    summary: str

    @property
    def path(self) -> Path:
        """Where its file is."""
        return Path(__file__).with_name(self.file)


DEMOS = (
    Demo("iris", "iris_net.py", "an iris classifier whose outputs all drift to 0.333"),
    Demo("xor", "xor_net.py", "exclusive or, in module globals: the loss falls to ln 2 and stays"),
    Demo("spirals", "spirals_net.py", "three spiral arms, parameters in a dict: it trains, and stops short"),
    Demo("bikes", "bikes_net.py", "a regression whose error grows until it overflows"),
)


def find(name: str) -> Demo:
    """The demo of that name.

    Raises:
        UsageError: there is none; the hint names the nearest.

    Example:
        >>> find("iris").path.name
        'iris_net.py'
    """
    for demo in DEMOS:
        if demo.name == name:
            return demo
    names = [demo.name for demo in DEMOS]
    like = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    raise UsageError(f"no such demo: {name}", hint=like[0] if like else f"one of {', '.join(names)}")
