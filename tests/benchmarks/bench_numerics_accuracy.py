"""Accuracy of the measured derivative: 11 hard scalar functions, 400 network-loss directions, 10,000 random functions.

Run: python tests/benchmarks/bench_numerics_accuracy.py [number of random functions [seeds]].
Peers need the extra `peers`.
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "numerics"))
from random_functions import sweep

from gradcheck.numerics import numerical_gradient

BUDGET = 32
TARGETS = {"hard functions": 4.6e-15, "network directions": 9.5e-14}

HARD: list[tuple[str, Callable, float]] = [
    ("Squire-Trapp", lambda x: np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3), 1.5),
    ("sin 50x", lambda x: np.sin(50 * x), 0.3),
    ("sin at 1000", np.sin, 1000.0),
    ("100 + tanh", lambda x: 100 + np.tanh(x), 0.4),
    ("log at 0.3", np.log, 0.3),
    ("exp(-x^2)", lambda x: np.exp(-x * x), 2.0),
    ("Runge", lambda x: 1 / (1 + 25 * x * x), 0.2),
    ("sqrt at 1e-3", np.sqrt, 1e-3),
    ("log-sum-exp", lambda x: np.log(np.exp(x) + np.exp(2 * x) + 1), 1.0),
    ("x^7", lambda x: x**7, 1.3),
    ("sigmoid at 8", lambda x: 1 / (1 + np.exp(-x)), 8.0),
]


def truth(f: Callable, x: float) -> float:
    """By complex step: every function here is analytic."""
    return (f(x + 1e-30j)).imag / 1e-30


def network_direction(number: int) -> Callable:
    """The loss of a random small network along a random direction of length 1 through its parameters."""
    rng = np.random.default_rng(number)
    sizes = [int(v) for v in rng.integers(2, 21, size=rng.integers(3, 6))]
    batch = int(rng.integers(1, 33))
    X, labels = rng.normal(size=(batch, sizes[0])), rng.integers(sizes[-1], size=batch)
    targets = rng.normal(size=(batch, sizes[-1]))
    weights = [
        rng.normal(size=s) * rng.choice([0.5, 1, 2]) / np.sqrt(s[0]) for s in itertools.pairwise(sizes)
    ]
    biases = [0.1 * rng.normal(size=size) for size in sizes[1:]]
    moves = [rng.normal(size=part.shape) for part in weights + biases]
    length = np.sqrt(sum(float((move**2).sum()) for move in moves))
    loss, sigmoid, penalty = rng.integers(3), rng.integers(2), rng.choice([0, 1e-3, 1e-1])

    def f(t: complex):
        moved = [part + t * move / length for part, move in zip(weights + biases, moves, strict=True)]
        a = X
        for i, (W, b) in enumerate(zip(moved[: len(weights)], moved[len(weights) :], strict=True)):
            z = a @ W + b
            a = z if i == len(weights) - 1 else 1 / (1 + np.exp(-z)) if sigmoid else np.tanh(z)
        if loss == 0:
            shifted = z - z.real.max(axis=1, keepdims=True)
            data = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(batch), labels])
        elif loss == 1:
            data = np.mean((z - targets) ** 2) / 2
        else:
            p = 1 / (1 + np.exp(-z))
            data = -np.mean(np.where(targets > 0, np.log(p), np.log(1 - p)))
        return data + penalty / 2 * sum((W * W).sum() for W in moved[: len(weights)])

    return f


def ours(f: Callable, x: float) -> tuple[float, float, int]:
    measured = numerical_gradient(f, x, method="central", budget=BUDGET)
    return float(measured.gradient), float(measured.bars["x"]), measured.evaluations


def central(step: float) -> Callable:
    return lambda f, x: ((f(x + step) - f(x - step)) / (2 * step), np.nan, 2)


def peers() -> dict[str, Callable]:
    """Other ways to the same number: value, claimed error, evaluations (nan where it makes no claim)."""
    found: dict[str, Callable] = {"central 1e-6": central(1e-6), "central 1e-4": central(1e-4)}
    try:
        import jacobi
        import numdifftools
        from scipy.differentiate import derivative
    except ImportError as error:
        print(f"without {error.name}: pip install 'gradcheck[peers]'")
        return found

    def by_numdifftools(f, x):
        result = numdifftools.Derivative(f, full_output=True)(x)
        return float(result[0]), float(result[1]), np.nan

    def by_scipy(f, x):
        result = derivative(np.vectorize(f), x)
        return float(result.df), float(result.error), int(result.nfev)

    def by_jacobi(f, x):
        value, error = jacobi.jacobi(lambda v: float(f(v[0])), [x])
        return float(np.ravel(value)[0]), float(np.ravel(error)[0]), np.nan

    return {**found, "numdifftools": by_numdifftools, "scipy derivative": by_scipy, "jacobi": by_jacobi}


def table(title: str, cases: list[tuple[str, Callable, float]]) -> None:
    print(
        f"\n{title}: {len(cases)} cases"
        + (f"; target for gradcheck {TARGETS[title]:.1e}" if title in TARGETS else "")
    )
    print(f"{'method':18} {'geomean':>9} {'worst':>9} {'bar exceeded':>13} {'evaluations':>12}")
    for name, method in {"gradcheck": ours, **peers()}.items():
        errors, exceeded, spent = [], 0, []
        for _, f, x in cases:
            exact = truth(f, x)
            value, bar, evaluations = method(f, x)
            error = abs(value - exact)
            errors.append(max(error / abs(exact), 1e-17))
            exceeded += not np.isnan(bar) and not error <= bar + 2e-16 * abs(exact)
            spent.append(evaluations)
        geomean = float(np.exp(np.mean(np.log(errors))))
        print(f"{name:18} {geomean:9.1e} {max(errors):9.1e} {exceeded:>13} {np.max(spent):>12}")


def random_functions(count: int, number: int) -> None:
    """How often the bar misses the truth over functions drawn by hypothesis, at the default budget."""
    swept = sweep(number, count)
    print(
        f"\nrandom functions, seed {number}: {swept.tried} tried, the bar misses the truth in {len(swept.missed)}; "
        f"wider than 1e-3 in {swept.wide}"
    )
    print("\n".join(f"  {line}" for line in swept.missed[:20]))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    table("hard functions", HARD)
    table("network directions", [(str(i), network_direction(i), 0.0) for i in range(400)])
    count, *numbers = map(int, sys.argv[1:] or ["10000"])
    for number in numbers or [1]:
        random_functions(count, number)
