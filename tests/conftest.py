"""Settings of every test: hypothesis repeats itself, snapshots are files of text, no terminal is assumed."""

from __future__ import annotations

import os

import hypothesis
import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# "repeat" draws the same examples every time; HYPOTHESIS_PROFILE=explore looks for new ones, and prints how
# to draw again what it finds.
hypothesis.settings.register_profile("repeat", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True, max_examples=500)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

pytest_plugins = ["pytester"]

_COLOURS_AND_WIDTHS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch):
    """Whoever runs the tests may prefer colours; the tests say themselves what they look at."""
    for name in _COLOURS_AND_WIDTHS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


class _TextFile(SingleFileSnapshotExtension):
    """One text file a snapshot, so that a change of words is read in a diff as words."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def words(snapshot):
    """The snapshot of what a user reads."""
    return snapshot.use_extension(_TextFile)
