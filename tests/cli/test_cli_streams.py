"""The program as a process: pipes that close, encodings that lack, terminals that are there or not."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
import time

import pytest

from gradcheck.cli.progress import Waiting
from gradcheck.cli.streams import Streams

PROGRAM = [sys.executable, "-m", "gradcheck"]


def test_a_reader_that_leaves_early_is_no_error():
    process = subprocess.Popen(
        [*PROGRAM, "explain", "GC101"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    process.stdout.close()  # before a byte was read, as `| head -0` does
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), error) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_any_encoding_of_standard_output_is_served(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([*PROGRAM, "explain", "GC101"], capture_output=True, env=environment, check=True)
    text = done.stdout.decode(encoding)
    assert "delta = (p - onehot(y)) / N" in text
    assert done.stderr == b""


def on_a_terminal(*arguments, **environment):
    """What a person sees: standard output is a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=theirs, env={**os.environ, "COLUMNS": "80", **environment}
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    assert done.wait() == 0
    return seen.decode()


def test_colour_is_for_terminals_and_can_be_had_without():
    assert "\x1b[1;31m" in on_a_terminal("explain", "GC101")
    assert "\x1b[1;31m" not in on_a_terminal("explain", "GC101", NO_COLOR="1")
    assert "\x1b[1;31m" not in on_a_terminal("explain", "GC101", "--no-color")


class Terminal(io.StringIO):
    """Standard error of a person who sits there."""

    def isatty(self):
        return True


def seen_while_waiting(stream, *, patience, **options):
    """What appears on `stream` until the bar does, or for as long as none could be missed."""
    with contextlib.redirect_stderr(stream), Waiting(Streams(), patience=patience, **options) as progress:
        progress("measuring gradients", 3, 10)
        deadline = time.monotonic() + 0.5
        while "3/10" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    return stream.getvalue()


def test_a_long_wait_on_a_terminal_shows_a_bar():
    assert "measuring gradients" in seen_while_waiting(Terminal(), patience=0.0)


def test_a_short_wait_shows_none():
    assert "measuring gradients" not in seen_while_waiting(Terminal(), patience=60.0)


def test_quiet_shows_none():
    assert seen_while_waiting(Terminal(), patience=0.0, quiet=True) == ""


def test_a_log_shows_none_though_colour_is_forced(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert seen_while_waiting(io.StringIO(), patience=0.0) == ""
