"""Notebooks as source: the code cells one after another, and an edited source back into its cells."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.cells import HEADER
from gradcheck.errors import UsageError

_MARK = "pass  # ipython: "
_MAGIC = re.compile(r"^(\s*)([%!?].*|.*\?)$")
_HIDDEN = re.compile(rf"^(\s*){re.escape(_MARK)}(.*)$")
_PYTHON_CELLS = frozenset({"%%time", "%%timeit", "%%capture", "%%prun", "%%python", "%%python3"})
_FORMAT = 4  # since 2014; older ones keep their cells in worksheets


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as parsed.

    Attributes:
        document: the JSON, whole.
        indent: by which its text is indented.
    """

    document: dict[str, Any]
    indent: int

    @classmethod
    def of(cls, text: str, display: str) -> Notebook:
        """Parse a notebook.

        Args:
            text: of the file.
            display: its name, for messages.

        Raises:
            UsageError: it is no notebook, of an old format, in another language, or holds no code.
        """
        try:
            document = json.loads(text)
        except json.JSONDecodeError as problem:
            raise UsageError(
                f"expected a notebook in {display}, but its JSON breaks off: {problem}",
                hint="open and save it in Jupyter once",
            ) from problem
        if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
            raise UsageError(
                f"expected a notebook of format {_FORMAT} in {display}, but it has no list of cells",
                hint=f"jupyter nbconvert --to notebook --nbformat {_FORMAT} {display}",
            )
        language = document.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        if language.lower() != "python":
            raise UsageError(f"expected a notebook in Python, but {display} is in {language}")
        indent = re.match(r"\{\n( +)", text)
        notebook = cls(document, len(indent[1]) if indent else 1)
        if not any(text.strip() for _, text in notebook._code()):
            raise UsageError(f"expected a network in {display}, but no cell of it holds code")
        return notebook

    @property
    def source(self) -> str:
        """Its code as one Python source; a comment before each cell names it, counting all cells from 1.

        What only IPython understands stands in it as a comment.
        """
        return joined(self._code())[0]

    def text_with(self, source: str) -> str:
        """The notebook's text with its code taken from `source`, which is an edited form of its own.

        Outputs stay as they are: running the notebook again is its author's to do.
        """
        parts = HEADER.split(source)
        edited = dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))
        document = copy.deepcopy(self.document)
        for number, text in self._code():
            new = _ipython(edited[number].removeprefix("\n").rstrip("\n"))
            if new != text.rstrip("\n"):
                cell = document["cells"][number - 1]
                cell["source"] = new.splitlines(keepends=True) if isinstance(cell["source"], list) else new
        return json.dumps(document, indent=self.indent, ensure_ascii=False) + "\n"

    def _code(self) -> list[tuple[int, str]]:
        """Number and text of every code cell."""
        return [
            (number, "".join(cell.get("source", "")))
            for number, cell in enumerate(self.document["cells"], 1)
            if cell.get("cell_type") == "code"
        ]


def joined(cells: Sequence[tuple[int, str]]) -> tuple[str, list[int]]:
    r"""Numbered cells as one Python source, and how many lines of it come before each of them.

    Example:
        >>> joined([(2, "a = 1"), (5, "b = 2")])
        ('# %% cell 2\na = 1\n\n# %% cell 5\nb = 2\n', [1, 4])
    """
    parts = [f"# %% cell {number}\n{_python(text)}\n" for number, text in cells]
    starts = [1 + sum(part.count("\n") + 1 for part in parts[:nth]) for nth in range(len(parts))]
    return "\n".join(parts), starts


def _python(text: str) -> str:
    """A cell with what only IPython understands made comments, line by line."""
    text = text.rstrip("\n")
    lines = text.split("\n")
    first = lines[0].split(" ")[0]
    if first.startswith("%%") and first not in _PYTHON_CELLS:
        return "\n".join(f"{_MARK}{line}" for line in lines)  # another language, or a file to write
    if _compiles(text):
        return text
    return "\n".join(_MAGIC.sub(rf"\1{_MARK}\2", line) for line in lines)


def _ipython(text: str) -> str:
    """The inverse of `_python`."""
    return "\n".join(_HIDDEN.sub(r"\1\2", line) for line in text.split("\n"))


def _compiles(text: str) -> bool:
    try:
        compile(text, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
