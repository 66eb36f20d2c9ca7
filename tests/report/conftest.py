"""Consoles as users have them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console


class Stream(io.StringIO):
    """A stream with an encoding."""

    def __init__(self, encoding):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding


@pytest.fixture(scope="session")
def show():
    """Renders on a console of 80 columns, and gives what a user would see."""

    def show(render, subject, *, width=80, encoding="utf-8", color=False):
        console = Console(
            file=Stream(encoding),
            width=width,
            force_terminal=color,
            color_system="standard" if color else None,
            highlight=False,
        )
        render(subject, console)
        return console.file.getvalue()

    return show
