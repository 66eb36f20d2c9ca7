"""Functions of x called on copies of it, and what they were seen to do to those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.objective import Function, raised
from gradcheck.numerics.parameters import Parameters, Structure


@dataclass(slots=True)
class Watch:
    """Calls functions of x on fresh copies and notes what they do to them."""

    function: Function
    parameters: Parameters
    evaluations: int = 0
    written: tuple[str, ...] = ()
    aliased: tuple[str, ...] = ()

    def call(self, function: Function) -> Structure:
        """What the function returns at a copy of x, copied.

        Raises:
            InputError: it raised.
        """
        vector = self.parameters.vector.copy()
        point = self.parameters.build(vector)
        if function is self.function:
            self.evaluations += 1
        try:
            with np.errstate(all="ignore"):
                result = function(point)
        except Exception as error:
            raise raised("f" if function is self.function else "the gradient", error) from error
        self.written = self._written(point) or self.written
        self.aliased = self._aliased(result, point) or self.aliased
        return frozen(result)

    def _written(self, point: Structure) -> tuple[str, ...]:
        try:
            after = self.parameters.split(self.parameters.flatten(point))
        except InputError:
            return self.parameters.names
        before = self.parameters.split(self.parameters.vector)
        return tuple(n for n in before if not np.array_equal(before[n], after[n], equal_nan=True))

    def _aliased(self, result: object, point: Structure) -> tuple[str, ...]:
        arrays = list(_arrays(result))
        inputs = zip(self.parameters.names, _arrays(point), strict=False)
        return tuple(name for name, given in inputs if any(np.shares_memory(given, out) for out in arrays))


def _arrays(value: object) -> Iterator[NDArray[Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _arrays(item)


def frozen(value: Structure) -> Structure:
    """A copy, so that a second call cannot change the result of the first."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(item) for item in value]
    return value
