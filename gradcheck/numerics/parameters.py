"""Named arrays, floats and nested lists as one flat vector, and back."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError

Vector: TypeAlias = NDArray[np.float64]
Structure: TypeAlias = Any
"""An array, a number, nested lists, or a mapping or sequence of them: whatever x came in."""

SINGLE = "x"
"""The name of a parameter that came without one."""


class Form(enum.Enum):
    """What a parameter was before it became a slice of the vector, so that it can be given back the same."""

    ARRAY = "array"
    NUMBER = "number"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter's place in the vector.

    Attributes:
        name: such as ``"W1"``, ``"layers[1].b"``; ``"x"`` for a single one.
        shape: its shape.
        dtype: the dtype it came with.
        form: array, plain number or nested lists.
        start: first slot in the vector.
        stop: slot after the last; a complex number takes two slots, its real and its imaginary part.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    form: Form
    start: int
    stop: int

    @property
    def is_complex(self) -> bool:
        """Whether every entry takes two slots."""
        return self.dtype.kind == "c"

    @property
    def size(self) -> int:
        """How many entries it has."""
        return (self.stop - self.start) // (2 if self.is_complex else 1)

    def cut(self, vector: NDArray[Any]) -> NDArray[Any]:
        """Its part of `vector` ``(..., n)`` as ``(..., *shape)``; real and imaginary parts joined."""
        part = vector[..., self.start : self.stop]
        if self.is_complex:
            part = part[..., 0::2] + 1j * part[..., 1::2]
        return part.reshape(vector.shape[:-1] + self.shape)

    def norm(self, vector: Vector) -> Vector:
        """Its part of real vectors ``(..., n)``; for a complex parameter the root of the squares of both real parts."""
        part = vector[..., self.start : self.stop]
        if self.is_complex:
            part = np.hypot(part[..., 0::2], part[..., 1::2])
        return part.reshape(vector.shape[:-1] + self.shape)

    def first(self, vector: NDArray[Any]) -> NDArray[Any]:
        """Its part of a vector of labels; for a complex parameter those of the real parts."""
        part = vector[self.start : self.stop]
        return (part[0::2] if self.is_complex else part).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Named parameters and the flat vector that holds their numbers, always float64.

    Attributes:
        leaves: the parameters in order.
        template: the structure they came in, with a `Leaf` in the place of every parameter.
        vector: a private copy of their numbers, shape ``(n,)``, read-only.

    Example:
        >>> p = Parameters.of({"W": [[1, 2], [3, 4]], "b": 0.5})
        >>> p.names, p.size
        (('W', 'b'), 5)
        >>> p.build(p.vector * 2)
        {'W': [[2.0, 4.0], [6.0, 8.0]], 'b': 1.0}
    """

    leaves: tuple[Leaf, ...]
    template: Structure
    vector: Vector

    @classmethod
    def of(cls, x: Structure) -> Parameters:
        """Read the parameters out of an array, a number, nested lists, or a mapping of them.

        Args:
            x: never kept and never written to.

        Raises:
            InputError: there are no parameters, or one of them does not hold numbers.
        """
        leaves: list[Leaf] = []
        parts: list[Vector] = []

        def add(value: Structure, name: str) -> Leaf:
            array, form = _as_numbers(value, name)
            part = _real_slots(array)
            start = leaves[-1].stop if leaves else 0
            leaf = Leaf(name, array.shape, array.dtype, form, start, start + part.size)
            leaves.append(leaf)
            parts.append(part)
            return leaf

        template = _map_leaves(x, "", add)
        if not leaves:
            raise InputError(
                f"x holds no parameters: {x!r}", hint="pass an array, or a mapping of names to arrays"
            )
        repeated = _first_repeated(leaf.name for leaf in leaves)
        if repeated is not None:
            raise InputError(
                f"two parameters have the name {repeated!r}", hint="give every parameter its own key"
            )
        vector = np.concatenate(parts)
        vector.flags.writeable = False
        return cls(tuple(leaves), template, vector)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names in order."""
        return tuple(leaf.name for leaf in self.leaves)

    @property
    def size(self) -> int:
        """Length of the vector."""
        return int(self.vector.size)

    @property
    def is_viewed(self) -> bool:
        """Whether `build` hands out nothing but views of the vector."""
        return all(leaf.form is Form.ARRAY and not leaf.is_complex for leaf in self.leaves)

    def leaf(self, name: str) -> Leaf:
        """The parameter of that name.

        Raises:
            InputError: there is none.
        """
        for leaf in self.leaves:
            if leaf.name == name:
                return leaf
        raise InputError(f"there is no parameter {name!r}; there are {', '.join(self.names)}")

    def split(self, vector: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Cut ``(..., n)`` into one ``(..., *shape)`` array per name; views where the numbers are real."""
        return {leaf.name: leaf.cut(vector) for leaf in self.leaves}

    def build(self, vector: NDArray[Any]) -> Structure:
        """The structure x came in, filled from `vector`.

        Args:
            vector: ``(n,)`` or, for many copies on a leading axis, ``(copies, n)``. Arrays are views of it, so
                hand in a vector that may be written to.
        """
        return _rebuild(self.template, lambda leaf: _restore(leaf, vector))

    def builder(self, vector: NDArray[Any]) -> Callable[[], Structure]:
        """`build` for a vector that changes between calls: where all parameters are views, they are made once.

        Every call gives a structure of its own, whose arrays are the same: f may put others in their places.
        """
        if not self.is_viewed:
            return lambda: self.build(vector)
        built = self.build(vector)
        if isinstance(built, dict | list) and all(isinstance(item, np.ndarray) for item in _items(built)):
            return built.copy  # the usual case, and much the fastest
        views = self.split(vector)
        return lambda: _rebuild(self.template, lambda leaf: views[leaf.name])

    def flatten(self, gradient: Structure, *, what: str = "the gradient") -> Vector:
        """The numbers of a structure that must match x leaf by leaf, such as a gradient, as ``(n,)``.

        Args:
            gradient: the same structure, or a mapping from the parameters' names; None stands for zeros.
            what: what to call it in an error.

        Raises:
            InputError: a key is missing or unknown, a shape differs, or it does not hold numbers.
        """
        given = _leaf_values(gradient, self, what)
        vector = np.zeros(self.size)
        for leaf in self.leaves:
            value = given[leaf.name]
            if value is None:
                continue
            array, _ = _as_numbers(value, leaf.name, what=f"{what} of")
            if array.shape != leaf.shape:
                raise InputError(
                    f"{what} of {leaf.name!r} has shape {array.shape}, the parameter has {leaf.shape}",
                    hint="a gradient has one number for every number of its parameter",
                )
            if leaf.is_complex:
                array = array.astype(np.complex128)
            elif array.dtype.kind == "c":
                raise InputError(f"{what} of {leaf.name!r} is complex, the parameter is real")
            vector[leaf.start : leaf.stop] = _real_slots(array)
        return vector

    def precision_of(self, gradient: Structure) -> dict[str, float]:
        """Relative spacing of the numbers each parameter's part of a gradient is made of, by name."""
        given = _leaf_values(gradient, self, "the gradient")
        return {name: _spacing(np.asarray(value).dtype) for name, value in given.items()}

    def whereabouts(self, slot: int) -> tuple[str, tuple[int, ...]]:
        """Name and index of the entry that a slot of the vector belongs to."""
        for leaf in self.leaves:
            if leaf.start <= slot < leaf.stop:
                flat = (slot - leaf.start) // (2 if leaf.is_complex else 1)
                return leaf.name, tuple(int(i) for i in np.unravel_index(flat, leaf.shape))
        raise InputError(f"slot {slot} is outside the vector of {self.size} numbers")


def _spacing(dtype: np.dtype[Any]) -> float:
    single = dtype in (np.float16, np.float32, np.complex64)
    return float(np.finfo(dtype if single else np.float64).eps)


def _first_repeated(names: Iterator[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _map_leaves(value: Structure, path: str, leaf: Callable[[Structure, str], Leaf]) -> Structure:
    """Apply `leaf(value, name)` to every parameter, keeping mappings, lists and tuples around them."""
    if isinstance(value, Mapping):
        joint = f"{path}." if path else ""
        return {key: _map_leaves(item, f"{joint}{key}", leaf) for key, item in value.items()}
    if isinstance(value, list | tuple) and not _is_plain(value):
        path = path or SINGLE
        items = [_map_leaves(item, f"{path}[{i}]", leaf) for i, item in enumerate(value)]
        return _sequence_like(value, items)
    return leaf(value, path or SINGLE)


def _sequence_like(value: Structure, items: list[Any]) -> Structure:
    if isinstance(value, list):
        return items
    return type(value)(*items) if hasattr(value, "_fields") else tuple(items)


def _is_plain(value: Structure) -> bool:
    """Whether nested lists hold nothing but numbers and are as regular as an array."""
    if _holds_structure(value):
        return False
    try:
        np.array(value)
    except ValueError:  # ragged
        return False
    return True


def _holds_structure(value: Structure) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_structure(item) for item in value)
    return value is None or isinstance(value, np.ndarray | Mapping)


def _as_numbers(value: Structure, name: str, what: str = "parameter") -> tuple[NDArray[Any], Form]:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError(f"{what} {name!r} cannot be read as an array: {error}") from error
    if array.dtype.kind not in "fiuc":
        raise InputError(
            f"{what} {name!r} has dtype {array.dtype}, which does not hold numbers",
            hint="convert it with .astype(float)",
        )
    if array.size == 0:
        raise InputError(f"{what} {name!r} has shape {array.shape}, which holds no numbers at all")
    if isinstance(value, np.ndarray):
        return array, Form.ARRAY
    return array, Form.LIST if isinstance(value, list | tuple) else Form.NUMBER


def _real_slots(array: NDArray[Any]) -> Vector:
    if array.dtype.kind == "c":
        return np.ascontiguousarray(array.astype(np.complex128)).reshape(-1).view(np.float64)
    return array.astype(np.float64).reshape(-1)


def _restore(leaf: Leaf, vector: NDArray[Any]) -> Structure:
    array = leaf.cut(vector)
    if leaf.form is Form.ARRAY or vector.ndim > 1:
        return array
    return array.tolist() if leaf.form is Form.LIST else array[()].item()


def _rebuild(template: Structure, restored: Callable[[Leaf], Structure]) -> Structure:
    if isinstance(template, Leaf):
        return restored(template)
    if isinstance(template, dict):
        return {key: _rebuild(item, restored) for key, item in template.items()}
    return _sequence_like(template, [_rebuild(item, restored) for item in template])


def _items(container: dict[Any, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _leaf_values(gradient: Structure, parameters: Parameters, what: str) -> dict[str, Any]:
    """The part of `gradient` that belongs to each parameter, by name."""
    names = parameters.names
    if isinstance(parameters.template, Leaf) and not isinstance(gradient, Mapping):
        return {names[0]: gradient}
    if isinstance(gradient, Mapping) and set(gradient) == set(names):
        return dict(gradient)
    found: dict[str, Any] = {}
    _walk(parameters.template, gradient, what, found)
    return found


def _walk(template: Structure, value: Structure, what: str, found: dict[str, Any]) -> None:
    if isinstance(template, Leaf):
        found[template.name] = value
        return
    keys: Any = template.keys() if isinstance(template, dict) else range(len(template))
    given: Any
    if isinstance(template, dict):
        given = set(value) if isinstance(value, Mapping) else None
    else:
        given = set(range(len(value))) if isinstance(value, list | tuple) else None
    if given != set(keys):
        raise InputError(
            f"{what} has {_describe(value)}, the parameters have {_describe(template)}",
            hint="return one gradient for every parameter, under the same key",
        )
    for key in keys:
        _walk(template[key], value[key], what, found)


def _describe(value: Structure) -> str:
    if isinstance(value, Mapping):
        return "keys " + ", ".join(map(repr, value))
    if isinstance(value, list | tuple):
        return f"{len(value)} items"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return f"a {type(value).__name__}"
