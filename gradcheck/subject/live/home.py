"""Where live code comes from: the file, or the cells, that its definitions stand in."""

from __future__ import annotations

import linecache
import os
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcheck.cells import Cells
from gradcheck.errors import UsageError
from gradcheck.subject.ipython import joined
from gradcheck.subject.target import Target, resolve_target

CELLS = "cells"


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """The source of live code, and the namespace it lives in.

    Attributes:
        target: the source.
        namespace: the globals of its functions.
        offsets: file name, as its code objects bear it -> how many lines of the source come before that part.
    """

    target: Target
    namespace: Mapping[str, Any]
    offsets: Mapping[str, int]

    def resolve(self, qualified: str) -> Any:
        """What a qualified name stands for in the namespace; None for nothing."""
        found: Any = self.namespace.get(qualified.partition(".")[0])
        for name in qualified.split(".")[1:]:
            found = getattr(found, name, None)
        return found

    def owns(self, code: types.CodeType) -> bool:
        """Whether a code object was compiled from this source."""
        return code.co_filename in self.offsets


def home_of_class(kind: type) -> Home:
    """The home of an object's class.

    Raises:
        UsageError: when its source is not to be found.
    """
    for owner in kind.__mro__:
        for value in vars(owner).values():
            function = _function(value)
            if function is not None and function.__qualname__.startswith(f"{owner.__qualname__}."):
                return home_of_function(function)
    raise _no_source(kind.__name__)


def home_of_function(function: types.FunctionType) -> Home:
    """The home of a function.

    Raises:
        UsageError: when its source is not to be found.
    """
    name, namespace = function.__code__.co_filename, function.__globals__
    if Path(name).is_file() and not _in_memory(name):
        return Home(resolve_target(_short(name)), namespace, {name: 0})
    return _cells(function.__name__, namespace)


def _cells(name: str, namespace: Mapping[str, Any]) -> Home:
    """The cells, or other texts that only memory holds, whose definitions a namespace holds."""
    files = dict.fromkeys(code.co_filename for code in _codes(namespace) if _has_text(code, namespace))
    texts = {file: "".join(linecache.getlines(file, dict(namespace))) for file in files}
    if not texts:
        raise _no_source(name)
    numbers = _numbers(texts, namespace)
    ordered = sorted(texts, key=lambda file: numbers[file])
    source, starts = joined([(numbers[file], texts[file]) for file in ordered])
    offsets = dict(zip(ordered, starts, strict=True))
    return Home(Target(Path.cwd() / CELLS, CELLS, source, cells=Cells.of(source)), namespace, offsets)


def _numbers(texts: Mapping[str, str], namespace: Mapping[str, Any]) -> dict[str, int]:
    """The number of every cell: that of its execution where IPython keeps the inputs, else in order."""
    inputs = namespace.get("In")
    known = {text.strip(): n for n, text in enumerate(inputs)} if isinstance(inputs, list) else {}
    found = [known.get(text.strip()) for text in texts.values()]
    if None in found or len(set(found)) < len(found):
        found = list(range(1, len(texts) + 1))
    return {file: number or 0 for file, number in zip(texts, found, strict=True)}


def _codes(namespace: Mapping[str, Any]) -> Iterator[types.CodeType]:
    """The code of the functions and methods that a namespace defines."""
    for value in list(namespace.values()):
        for item in [value, *vars(value).values()] if isinstance(value, type) else [value]:
            function = _function(item)
            if function is not None and function.__globals__ is namespace:
                yield function.__code__


def _function(value: Any) -> types.FunctionType | None:
    value = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    value = getattr(value, "__wrapped__", value)
    return value if isinstance(value, types.FunctionType) else None


def _has_text(code: types.CodeType, namespace: Mapping[str, Any]) -> bool:
    return not Path(code.co_filename).is_file() and bool(
        linecache.getlines(code.co_filename, dict(namespace))
    )


def _in_memory(name: str) -> bool:
    """Whether a name that is a file's too was put into the cache of lines by whoever ran the text."""
    entry = linecache.cache.get(name)
    return entry is not None and len(entry) == 4 and entry[1] is None


def _short(name: str) -> str:
    """A path as a person would type it here."""
    relative = os.path.relpath(name)
    return name if relative.startswith(os.pardir) else relative


def _no_source(name: str) -> UsageError:
    return UsageError(
        f"the source of {name} is not to be found: it was typed where Python keeps no text",
        hint="put it into a file or a notebook cell, or hand over gradcheck.subject(loss=..., params=..., grads=...)",
    )
