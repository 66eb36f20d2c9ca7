"""NumericalGradient: value, error bar and kink flag of every entry, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics import ladder
from gradcheck.numerics.objective import Lines, Objective, precision, real
from gradcheck.numerics.samples import Samples
from gradcheck.numerics.parameters import SINGLE, Parameters, Vector

Method: TypeAlias = Literal["auto", "central", "complex", "forward"]
Entries: TypeAlias = Mapping[str, Iterable[int]] | Iterable[int]


@dataclass(frozen=True, slots=True)
class NumericalGradient:
    """The measured gradient of a scalar function, an error bar beside every number.

    Every mapping goes from a parameter's name to an array of its shape. What was not measured is NaN.

    Attributes:
        parameters: where it was measured.
        values: the derivatives.
        bars: the truth lies within values +- bars; infinite where nothing can be said.
        kinks: true where the one-sided slopes differ.
        left: slope from the left where there is a kink, NaN elsewhere.
        right: slope from the right where there is a kink, NaN elsewhere.
        steps: the step behind each value.
        methods: the method behind each value: "central", "complex" or "forward"; "" where not measured.
        base: f at x.
        noise: how much repeated values of f scatter around the exact one, in units of f.
        evaluations: how often f was called.
    """

    parameters: Parameters
    values: Mapping[str, NDArray[Any]]
    bars: Mapping[str, Vector]
    kinks: Mapping[str, NDArray[np.bool_]]
    left: Mapping[str, NDArray[Any]]
    right: Mapping[str, NDArray[Any]]
    steps: Mapping[str, Vector]
    methods: Mapping[str, NDArray[np.str_]]
    base: float
    noise: float
    evaluations: int

    @property
    def gradient(self) -> Any:
        """The values in the structure of x."""
        return self.parameters.build(self.parameters.flatten(self.values))


def numerical_gradient(
    f: Callable[[Any], Any],
    x: Any,
    *,
    method: Method = "auto",
    order: int | None = None,
    budget: int | None = None,
    entries: Entries | None = None,
    batched: bool = False,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    seed: int = 0,
) -> NumericalGradient:
    """Measure the gradient of f at x."""
    parameters = Parameters.of(x)
    objective = Objective(f, parameters)
    result = objective.base()
    base, eps = real(result), precision(result)
    slots = _slots(entries, parameters)
    lines = Lines(entries=slots)
    slopes = ladder.climb(Samples(objective, lines, base, eps=eps), searches=12)
    n = parameters.size
    full = {name: np.full(n, np.nan) for name in ("values", "bars", "left", "right", "steps")}
    kinks = np.zeros(n, dtype=bool)
    for name, part in (("values", slopes.value), ("bars", slopes.bar), ("steps", slopes.step)):
        full[name][slots] = part
    kinks[slots] = slopes.kink
    full["left"][slots] = np.where(slopes.kink, slopes.left, np.nan)
    full["right"][slots] = np.where(slopes.kink, slopes.right, np.nan)
    methods = np.full(n, "", dtype="<U8")
    methods[slots] = "central"
    split = parameters.split
    return NumericalGradient(
        parameters,
        values=split(full["values"]),
        bars=split(full["bars"]),
        kinks=split(kinks),
        left=split(full["left"]),
        right=split(full["right"]),
        steps=split(full["steps"]),
        methods=split(methods),
        base=base,
        noise=float(np.median(slopes.noise)),
        evaluations=objective.evaluations,
    )


def _slots(entries: Entries | None, parameters: Parameters) -> NDArray[np.intp]:
    if entries is None:
        return np.arange(parameters.size)
    if not isinstance(entries, Mapping):
        entries = {SINGLE: entries}
    parts = []
    for name, wanted in entries.items():
        leaf = parameters.leaf(name)
        flat = np.asarray(list(wanted), dtype=np.intp)
        if flat.size and (flat.min() < 0 or flat.max() >= leaf.size):
            raise InputError(f"entries of {name!r} must be flat indices from 0 to {leaf.size - 1}")
        parts.append(leaf.start + flat)
    return np.concatenate(parts)
