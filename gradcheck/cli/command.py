"""What a command is."""

from __future__ import annotations

import argparse
from typing import Protocol

from gradcheck.cli.streams import Streams


class Command(Protocol):
    """One command; the docstring of its class is its help, and the first line of that its summary."""

    name: str

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Do it; the answer is the exit code."""
