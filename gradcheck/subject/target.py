"""The file that a user points at: found, decoded as Python itself would, and known to be valid Python."""

from __future__ import annotations

import ast
import difflib
import io
import os
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path

from gradcheck.cells import NO_CELLS, Cells
from gradcheck.errors import SubjectError, UsageError
from gradcheck.subject.ipython import Notebook


@dataclass(frozen=True, slots=True)
class Target:
    """One source file.

    Attributes:
        path: where it is, absolute.
        display: its name as the user typed it, for messages and diffs.
        source: its text. Lines end in a line feed, unless the file mixes endings: then as they are.
        encoding: what decoded it, by its byte order mark or coding cookie, as Python reads it.
        newline: how every line of the file ends.
        notebook: where the source is its code; None for a plain file.
        cells: where its cells stand in the source; none in a plain file.
        object: the qualified name of the one object in it that is meant; empty for whatever trains.
    """

    path: Path
    display: str
    source: str
    encoding: str = "utf-8"
    newline: str = "\n"
    notebook: Notebook | None = None
    cells: Cells = NO_CELLS
    object: str = ""

    def place(self, line: int) -> str:
        """A line of it, for a sentence.

        Example:
            >>> Target(Path("/net.py"), "net.py", "a = 1").place(1)
            'net.py:1'
        """
        return f"{self.display}, {self.cells.said(line)}" if self.cells.starts else f"{self.display}:{line}"

    def encode(self, source: str) -> bytes:
        r"""The bytes that hold `source` in the manner of this file: its encoding and its line endings.

        Example:
            >>> Target(Path("/net.py"), "net.py", "a = 1\n", newline="\r\n").encode("a = 2\n")
            b'a = 2\r\n'
        """
        text = source if self.notebook is None else self.notebook.text_with(source)
        return text.replace("\n", self.newline).encode(self.encoding)


def resolve_target(text: str | Path) -> Target:
    """The file that `text` names.

    Args:
        text: a path, relative to the working directory or absolute, of a Python file or a notebook; or the name of
            a module, such as ``package.module``. Either may name one object: ``net.py:Net``.

    Raises:
        UsageError: when it is no file, is empty, is not Python text, or has no such object.
        SubjectError: when it has a syntax error.
    """
    display, name = _split(str(text))
    text = display
    path = Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 -- `resolve` would follow the user's links
    if not path.exists() and (module := _module_file(display)) is not None:
        path, display = module, os.path.relpath(module)
    elif (main := path / "__main__.py").is_file():
        path, display = main, os.path.join(display, main.name)  # noqa: PTH118 -- Path would drop a leading "./"
    _require_file(path, display)
    source, encoding = _decode(path.read_bytes(), display)
    source, newline = _with_line_feeds(source)
    notebook = Notebook.of(source, display) if path.suffix == ".ipynb" else None
    if notebook is not None:
        source = notebook.source
    _require_syntax(source, path, display)
    if name:
        _require_object(source, name, display)
    cells = Cells.of(source) if notebook is not None else NO_CELLS
    return Target(path, display, source, encoding, newline, notebook, cells, name)


def _split(text: str) -> tuple[str, str]:
    """A file or a module, and the object in it that is named behind a colon."""
    place, _, name = text.rpartition(":")
    if not place or Path(text).exists() or not all(part.isidentifier() for part in name.split(".")):
        return text, ""
    return place, name


def _require_object(source: str, name: str, display: str) -> None:
    known: dict[str, ast.AST] = {}
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            known[statement.name] = statement
        elif isinstance(statement, ast.Name) and isinstance(statement.ctx, ast.Store):
            known.setdefault(statement.id, statement)
    *outer, last = name.split(".")
    held = [
        n.name for o in outer for n in ast.walk(known.get(o, ast.Pass())) if isinstance(n, ast.FunctionDef)
    ]
    names = held if outer else list(known)
    if last not in names:
        near = difflib.get_close_matches(last, names, n=1, cutoff=0.6)
        meant = f"did you mean {'.'.join([*outer, near[0]])}?" if near else ""
        raise UsageError(
            f"expected {display} to define {name}, but it does not",
            hint=meant or f"name {display} alone: what trains in it is found by watching it run",
        )


def _module_file(name: str) -> Path | None:
    """The file of a module below the working directory, as ``python -m`` would find it; None where there is none."""
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    base = Path.cwd().joinpath(*name.split("."))
    candidates = (base.with_suffix(".py"), base / "__main__.py", base / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def _require_file(path: Path, display: str) -> None:
    if path.is_dir():
        raise UsageError(
            f"expected a Python file, but {display} is a folder",
            hint=_among(path) or "name the file that holds the network",
        )
    if not path.exists():
        raise UsageError(f"expected a Python file, but there is no {display}", hint=_nearest(path))


def _nearest(path: Path) -> str:
    """A hint of what the user may have meant by a path where nothing is."""
    if not path.parent.is_dir():
        return f"check the spelling: there is no folder {path.parent} either"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    close = difflib.get_close_matches(path.name, names, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return _among(path.parent) or f"check the spelling: {path.parent} holds no Python file"


def _among(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.glob("*.py") if entry.is_file())
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"name one of its files: {', '.join(names[:5])}{more}" if names else ""


def _decode(data: bytes, display: str) -> tuple[str, str]:
    if not data.strip():
        raise UsageError(
            f"expected a network in {display}, but the file is empty", hint="save it in your editor first"
        )
    if b"\0" in data:
        raise UsageError(
            f"expected Python text in {display}, but it is a binary file", hint="name the .py file itself"
        )
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except (UnicodeDecodeError, SyntaxError) as problem:  # SyntaxError: an unknown or contradicted cookie
        raise UsageError(
            f"expected text that Python can decode in {display}, but {problem}",
            hint="save it as UTF-8, or name its encoding on the first line: # -*- coding: latin-1 -*-",
        ) from problem


def _with_line_feeds(source: str) -> tuple[str, str]:
    plain = source.replace("\r\n", "\n")
    if "\r" not in plain and plain.count("\n") == source.count("\r\n") > 0:
        return plain, "\r\n"
    if "\n" not in source and "\r" in source:
        return source.replace("\r", "\n"), "\r"
    return source, "\n"


def _require_syntax(source: str, path: Path, display: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # an odd escape such as "\d" is valid Python, and none of our business
            compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as problem:
        line = f": {problem.text.strip()}" if problem.text else ""
        python2 = "Missing parentheses in call to 'print'" in str(problem.msg)
        raise SubjectError(
            f"expected valid Python, but {display}:{problem.lineno}: {problem.msg}{line}",
            hint="this is Python 2: convert it, for example with 2to3 from Python 3.12 or earlier"
            if python2
            else f"python {display} stops at the same line",
        ) from problem
