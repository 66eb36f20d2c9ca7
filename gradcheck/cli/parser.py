"""An argument parser whose errors are ours, and whose help fills its lines."""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from collections.abc import Iterable
from typing import NoReturn

from gradcheck.errors import UsageError


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty string.

    Example:
        >>> nearest("diagnos", ["check", "diagnose"])
        'diagnose'
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


class Help(argparse.HelpFormatter):
    """Fills paragraphs and keeps indented lines as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        rows: list[str] = []
        for paragraph in text.split("\n\n"):
            kept = "\n  " in paragraph
            rows.append(
                textwrap.indent(paragraph, indent) if kept else super()._fill_text(paragraph, width, indent)
            )
        return "\n\n".join(rows)


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError`, with the nearest option or choice as the hint."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting.

        Raises:
            UsageError: always.
        """
        choice = _CHOICE.match(message)
        if choice is None:
            raise UsageError(message, hint=f"{self.prog} --help")
        known = re.findall(r"[\w-]+", choice["known"])
        raise UsageError(
            f"unknown {choice['what'].lower()}: {choice['word']}",
            hint=nearest(choice["word"], known) or f"one of {', '.join(known)}",
        )

    def refuse(self, unknown: str) -> NoReturn:
        """Say that an argument is not among this parser's.

        Raises:
            UsageError: always.
        """
        like = nearest(unknown.partition("=")[0], self._option_string_actions)
        raise UsageError(f"unknown argument: {unknown}", hint=like or f"{self.prog} --help")


_CHOICE = re.compile(r"argument (?P<what>.*): invalid choice: '(?P<word>.*)' \(choose from (?P<known>.*)\)")
