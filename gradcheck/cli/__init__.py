"""The command line: one file a command, parsing and printing only."""

from gradcheck.cli.application import main

__all__ = ["main"]
