"""Named arrays, floats and nested lists as one flat vector, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics import structures
from gradcheck.numerics.leaves import Form, Leaf, Vector, as_numbers, real_slots, spacing
from gradcheck.numerics.structures import SINGLE, Structure

__all__ = ["SINGLE", "Form", "Leaf", "Parameters", "Structure", "Vector"]


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
            array, form = as_numbers(value, name)
            part = real_slots(array)
            start = leaves[-1].stop if leaves else 0
            leaf = Leaf(name, array.shape, array.dtype, form, start, start + part.size)
            leaves.append(leaf)
            parts.append(part)
            return leaf

        template = structures.map_leaves(x, "", add)
        if not leaves:
            raise InputError(
                f"x holds no parameters: {x!r}", hint="pass an array, or a mapping of names to arrays"
            )
        repeated = [name for name, count in Counter(leaf.name for leaf in leaves).items() if count > 1]
        if repeated:
            raise InputError(
                f"two parameters have the name {repeated[0]!r}", hint="give every parameter its own key"
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
        return structures.rebuild(self.template, lambda leaf: leaf.restore(vector))

    def builder(self, vector: NDArray[Any]) -> tuple[Callable[[], Structure], list[NDArray[Any]]]:
        """`build` where all parameters are views, for a vector that changes between calls: the views are made once.

        Returns:
            A function that gives a structure of its own every time, whose arrays are the same ones, so that f may put
            others in their places; and those arrays, the vector first.
        """
        views = self.split(vector)
        arrays = [vector, *views.values()]
        built = self.build(vector)
        if isinstance(built, dict) and built.keys() == views.keys():
            return views.copy, arrays  # the usual case, and much the fastest
        return lambda: structures.rebuild(self.template, lambda leaf: views[leaf.name]), arrays

    def flatten(self, gradient: Structure, *, what: str = "the gradient") -> Vector:
        """The numbers of a structure that must match x leaf by leaf, such as a gradient, as ``(n,)``.

        Args:
            gradient: the same structure, or a mapping from the parameters' names; None stands for zeros.
            what: what to call it in an error.

        Raises:
            InputError: a key is missing or unknown, a shape differs, or it does not hold numbers.
        """
        given = structures.parts(self.template, self.names, gradient, what)
        vector = np.zeros(self.size)
        for leaf in self.leaves:
            value = given[leaf.name]
            if value is None:
                continue
            array, _ = as_numbers(value, leaf.name, what=f"{what} of")
            if array.shape != leaf.shape:
                raise InputError(
                    f"{what} of {leaf.name!r} has shape {array.shape}, the parameter has {leaf.shape}",
                    hint="a gradient has one number for every number of its parameter",
                )
            if leaf.is_complex:
                array = array.astype(np.complex128)
            elif array.dtype.kind == "c":
                raise InputError(f"{what} of {leaf.name!r} is complex, the parameter is real")
            vector[leaf.start : leaf.stop] = real_slots(array)
        return vector

    def precision_of(self, gradient: Structure) -> dict[str, float]:
        """Relative spacing of the numbers each parameter's part of a gradient is made of, by name."""
        given = structures.parts(self.template, self.names, gradient, "the gradient")
        return {name: spacing(np.asarray(value).dtype) for name, value in given.items()}

    def whereabouts(self, slot: int) -> tuple[str, tuple[int, ...]]:
        """Name and index of the entry that a slot of the vector belongs to."""
        for leaf in self.leaves:
            if leaf.start <= slot < leaf.stop:
                flat = (slot - leaf.start) // (2 if leaf.is_complex else 1)
                return leaf.name, tuple(int(i) for i in np.unravel_index(flat, leaf.shape))
        raise InputError(f"slot {slot} is outside the vector of {self.size} numbers")

    def label(self, slot: int) -> str:
        """The entry that a slot belongs to, such as ``"W1[0, 2]"``; the name alone for a single number."""
        name, index = self.whereabouts(slot)
        return f"{name}{list(index)}" if index else name

    def first_not_finite(self) -> str:
        """The label of the first entry that is NaN or infinite; "" if all are finite."""
        lost = np.flatnonzero(~np.isfinite(self.vector))
        return self.label(int(lost[0])) if lost.size else ""
