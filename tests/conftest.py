"""Settings of every test: hypothesis repeats itself, snapshots are whole files, nothing touches the terminal."""

from __future__ import annotations

import os

import hypothesis
import pytest

# The same examples every time; `pytest --hypothesis-seed=random --hypothesis-profile=explore` looks for new ones
# and prints the seed of what it finds.
hypothesis.settings.register_profile("repeat", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "explore", derandomize=False, deadline=None, print_blob=True, max_examples=500
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

pytest_plugins = ["pytester"]

_COLOURS_AND_WIDTHS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch):
    """Whoever runs the tests may prefer colours; the tests say themselves what they look at."""
    for name in _COLOURS_AND_WIDTHS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
