"""A layer on given inputs: run on copies of them, pulled back through, measured, and watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.differences import NumericalGradient, numerical_gradient
from gradcheck.numerics.parameters import Structure

Forward = Callable[..., Any]
Inputs = Mapping[str, Any] | tuple[Any, ...]
Arrays = list[NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Layer:
    """A forward pass and the inputs it is looked at on.

    Attributes:
        forward: takes the inputs by position, or by name where they are a mapping.
        by_name: whether they are.
        inputs: by name; "input 0" and so on for those by position. Never written to.
    """

    forward: Forward
    by_name: bool
    inputs: Mapping[str, Any]

    @classmethod
    def of(cls, forward: Forward, inputs: Inputs) -> Layer:
        """Name the inputs.

        Raises:
            InputError: they are neither a tuple nor a mapping, or none holds floating-point numbers.
        """
        if isinstance(inputs, Mapping):
            layer = cls(forward, by_name=True, inputs=dict(inputs))
        elif isinstance(inputs, tuple):
            layer = cls(forward, by_name=False, inputs={f"input {i}": v for i, v in enumerate(inputs)})
        else:
            raise InputError("inputs must be a tuple or a mapping", hint="write (x,) for a single input")
        if not layer.moving:
            raise InputError(
                "no input of the layer holds floating-point numbers", hint="pass x.astype(float)"
            )
        return layer

    @property
    def moving(self) -> dict[str, NDArray[Any]]:
        """The inputs that have a gradient; labels and indices have none."""
        arrays = {name: np.asarray(value) for name, value in self.inputs.items()}
        return {name: array for name, array in arrays.items() if array.dtype.kind in "fc"}

    def copies(self) -> dict[str, Any]:
        """The inputs, for a function that may write to them."""
        return {n: v.copy() if isinstance(v, np.ndarray) else v for n, v in self.inputs.items()}

    def like(self, named: Mapping[str, Any]) -> Structure:
        """Values by name in the form of the inputs."""
        return dict(named) if self.by_name else tuple(named.values())

    def call(self, named: Mapping[str, Any]) -> Structure:
        """What forward returns."""
        return self.forward(**named) if self.by_name else self.forward(*named.values())

    def run(self, moved: Mapping[str, Any] | None = None) -> Arrays:
        """Forward's results on the inputs, some of them moved."""
        return as_arrays(self.call({**self.copies(), **(moved or {})}))

    def pull_back(self, backward: Forward, upstream: Arrays) -> dict[str, Any]:
        """Gradient of every input by name; forward is run first, since layers cache what backward needs.

        Raises:
            InputError: backward returns the wrong number of gradients.
        """
        result = self.call(self.copies())
        given = backward(tuple(upstream) if isinstance(result, tuple | list) else upstream[0])
        if self.by_name and isinstance(given, Mapping):
            return {**dict.fromkeys(self.inputs), **given}
        parts = given if isinstance(given, tuple | list) else (given,)
        if len(parts) != len(self.inputs):
            raise InputError(
                f"backward returned {len(parts)} gradients for {len(self.inputs)} inputs",
                hint="return one for every input, None where there is none",
            )
        return dict(zip(self.inputs, parts, strict=True))

    def measure(self, upstream: Arrays) -> NumericalGradient:
        """The gradients of the moving inputs by differences."""

        def weighted(point: Mapping[str, Any]) -> Structure:
            return sum(np.sum(u * r) for u, r in zip(upstream, self.run(point), strict=True))

        return numerical_gradient(weighted, self.moving)

    def written(self) -> list[str]:
        """The inputs that forward writes to."""
        given = self.copies()
        self.call(given)
        return [name for name, value in self.inputs.items() if not same([np.asarray(value)], [given[name]])]


def as_arrays(result: Structure) -> Arrays:
    """Copies of one array, or of several."""
    parts = result if isinstance(result, tuple | list) else (result,)
    return [np.array(part) for part in parts]


def same(first: Arrays, second: Arrays) -> bool:
    """Whether all numbers are the same, NaN being the same as NaN."""
    return all(
        np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc")
        for a, b in zip(first, second, strict=True)
    )
