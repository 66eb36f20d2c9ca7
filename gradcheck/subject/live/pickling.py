"""Live objects as bytes, and back: the user's own classes and functions by their place in the source.

Pickle refuses functions without a name of their own and whatever it cannot import. Of such functions those that stand
in the source are kept by their place, so that they come back from an edited source too; others take their code along.
"""

from __future__ import annotations

import builtins
import importlib
import io
import marshal
import pickle
import sys
import types
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.subject.live.codes import Codes, Place
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.live.home import Home


def to_bytes(value: Any, home: Home) -> bytes:
    """Pickle live objects.

    Args:
        value: what to pickle.
        home: the source whose definitions will be there when it is read.

    Raises:
        TypeError, AttributeError, pickle.PicklingError: when something in it cannot be copied.
    """
    buffer = io.BytesIO()
    _Pickler(buffer, home).dump(value)
    return buffer.getvalue()


def from_bytes(data: bytes, namespace: dict[str, Any], codes: Codes) -> Any:
    """Read live objects back where the definitions of their source are.

    Args:
        data: of `to_bytes`.
        namespace: the globals of the module with the definitions.
        codes: its code.
    """
    return _Unpickler(io.BytesIO(data), namespace, codes).load()


class _There:
    """The module with the definitions, wherever the bytes are read."""

    def __init__(self, namespace: dict[str, Any], codes: Codes) -> None:
        self.namespace = namespace
        self.codes = codes


_THERE = _There({}, Codes((lambda: None).__code__))


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, home: Home) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._home = home

    @cached_property
    def _codes(self) -> Codes:
        source = definitions_alone(self._home.target.source)
        return Codes(compile(source, str(self._home.target.path), "exec", dont_inherit=True))

    def persistent_id(self, obj: Any) -> tuple[str, str] | None:
        if obj is _THERE:
            return ("there", "")
        if isinstance(obj, types.ModuleType):
            return ("module", obj.__name__)
        if isinstance(obj, type | types.FunctionType) and self._is_own(obj):
            return ("own", obj.__qualname__)
        return None

    def _is_own(self, obj: Any) -> bool:
        found = self._home.resolve(obj.__qualname__)
        again = obj.__module__ == "__main__" and isinstance(found, type)  # a cell that was run once more
        return found is not None and (found is obj or again) and self._is_defined(found)

    def _is_defined(self, found: Any) -> bool:
        """Whether it is defined in the source, not imported there."""
        functions = [found] if isinstance(found, types.FunctionType) else vars(found).values()
        codes = [f.__code__ for f in functions if isinstance(f, types.FunctionType)]
        named = bool(self._home.namespace.get("__name__") == found.__module__)
        return any(self._home.owns(code) for code in codes) if codes else named

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, types.FunctionType):
            return self._function(obj)
        if type(obj) is np.ndarray and (owner := _memory(obj)) is not None:
            start = obj.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
            return _view, (owner, obj.shape, obj.dtype, start, obj.strides)
        return NotImplemented

    def _function(self, function: types.FunctionType) -> Any:
        code = function.__code__
        offset = self._home.offsets.get(code.co_filename)
        own = function.__globals__ is self._home.namespace
        place = self._codes.place_of(code, offset) if own and offset is not None else None
        if place is None and _is_importable(function):
            return NotImplemented
        space = (
            {} if own else {n: function.__globals__[n] for n in names_of(code) if n in function.__globals__}
        )
        what = place or marshal.dumps(code)
        made = (_THERE, what, own, function.__name__, function.__defaults__, len(code.co_freevars))
        cells = [_contents(cell) for cell in function.__closure__ or ()]
        return _make, made, (cells, space, function.__kwdefaults__, vars(function)), None, None, _fill


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, namespace: dict[str, Any], codes: Codes) -> None:
        super().__init__(file)
        self._there = _There(namespace, codes)

    def persistent_load(self, pid: tuple[str, str]) -> Any:
        kind, name = pid
        if kind == "there":
            return self._there
        if kind == "module":
            return sys.modules.get(name) or importlib.import_module(name)
        found: Any = self._there.namespace[name.partition(".")[0]]
        for part in name.split(".")[1:]:
            found = getattr(found, part)
        return found


def _make(
    there: _There, what: Place | bytes, own: bool, name: str, defaults: tuple[Any, ...] | None, free: int
) -> types.FunctionType:
    """A function whose closure is still empty."""
    code = there.codes.at(what) if isinstance(what, Place) else marshal.loads(what)  # noqa: S302 -- the parent's
    if code is None:
        raise AttributeError(f"the source has no {name} any more")
    space = there.namespace if own else {"__builtins__": builtins, "__name__": "__main__"}
    closure = tuple(types.CellType() for _ in range(free))
    return types.FunctionType(code, space, name, defaults, closure)


def _fill(function: types.FunctionType, state: tuple[Any, ...]) -> None:
    """Give a function what it closes over; only now, since that may be the function itself."""
    cells, space, keywords, attributes = state
    for cell, contents in zip(function.__closure__ or (), cells, strict=True):
        if contents:
            cell.cell_contents = contents[0]
    function.__globals__.update(space)
    function.__kwdefaults__ = keywords
    vars(function).update(attributes)


def _contents(cell: types.CellType) -> tuple[Any, ...]:
    """What a cell holds, as a tuple of one; an empty one for an empty cell."""
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def names_of(code: types.CodeType) -> set[str]:
    """Names that code and the functions inside it may read as globals."""
    return set(code.co_names).union(*(names_of(inner) for inner in _inner(code)))


def _inner(code: types.CodeType) -> Iterator[types.CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, types.CodeType))


def _is_importable(function: types.FunctionType) -> bool:
    module = sys.modules.get(function.__module__ or "")
    found: Any = module if function.__module__ != "__main__" else None
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


def _memory(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """The array that owns the memory of a view; None for no view, and where that is more than an array."""
    owner: Any = array
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    plain = type(owner) is np.ndarray and owner is not array and owner.dtype.kind != "O"
    return owner if plain and (owner.flags.c_contiguous or owner.flags.f_contiguous) else None


def _view(
    owner: np.ndarray[Any, Any],
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    start: int,
    strides: tuple[int, ...],
) -> np.ndarray[Any, Any]:
    return np.ndarray(shape, dtype, owner.ravel("K"), start, strides)
