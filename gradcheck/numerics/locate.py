"""Which entries of a gradient are wrong, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.errors import InputError
from gradcheck.numerics.directional import Residual
from gradcheck.numerics.objective import Function, Objective
from gradcheck.numerics.parameters import Parameters, Structure
from gradcheck.numerics.search import Search

Gradient = Callable[[Structure], Structure] | Structure


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """One wrong entry of a gradient.

    Attributes:
        parameter: its name.
        index: where in it.
        analytic: what the code says.
        measured: what it is.
        bar: error bar of that.
    """

    parameter: str
    index: tuple[int, ...]
    analytic: float
    measured: float
    bar: float


@dataclass(frozen=True, slots=True)
class Located:
    """Where a gradient is wrong.

    Attributes:
        entries: the wrong entries that were singled out, largest error first.
        patterns: by parameter, what the wrong entries have in common: "one entry", "column 3", "row 0", "border",
            "all entries", "scattered entries" and the like. Parameters that are right have none.
        complete: whether nothing is wrong beyond this, as far as a last random direction tells.
        evaluations: how often f was called.
    """

    entries: tuple[WrongEntry, ...]
    patterns: dict[str, str]
    complete: bool
    evaluations: int


def locate_errors(
    f: Function,
    gradient: Gradient,
    x: Structure,
    *,
    budget: int = 2000,
    seed: int = 0,
) -> Located:
    """Find the wrong entries of a gradient without measuring all of it.

    Args:
        f: the scalar function.
        gradient: what the code says: the structure of x, or a function that returns it.
        x: where.
        budget: evaluations of f after which to stop.
        seed: of the random directions.

    Raises:
        InputError: the gradient does not match x.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(1.0, 2.0, 1000)
        >>> wrong = np.cos(x)
        >>> wrong[421] *= 1.0001
        >>> found = locate_errors(lambda v: np.sum(np.sin(v)), wrong, x)
        >>> found.entries[0].index, found.evaluations < 20
        ((421,), True)
    """
    parameters = Parameters.of(x)
    given = gradient(parameters.build(parameters.vector.copy())) if callable(gradient) else gradient
    analytic = parameters.flatten(given)
    if not np.isfinite(analytic).all():
        name, index = parameters.whereabouts(int(np.flatnonzero(~np.isfinite(analytic))[0]))
        raise InputError(f"the gradient of {name!r} is not finite at {index}", hint="look there first")
    residual = Residual(Objective(f, parameters), analytic)
    return locate(residual, np.random.default_rng(seed), budget)


def locate(residual: Residual, rng: np.random.Generator, budget: int) -> Located:
    """Find the entries that make a residual, its evaluations so far included in the budget."""
    search = Search(residual, rng, budget)
    complete = search.run()
    parameters = residual.objective.parameters
    entries = [
        WrongEntry(*parameters.whereabouts(slot), float(search.original[slot]), value, bar)
        for slot, (value, bar) in search.found.items()
    ]
    entries.sort(key=lambda entry: -abs(entry.analytic - entry.measured))
    return Located(tuple(entries), dict(search.patterns), complete, residual.objective.evaluations)
