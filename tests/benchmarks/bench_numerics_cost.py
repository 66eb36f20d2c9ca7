"""Evaluations: pass/fail on a correct network of 89,610 parameters, and finding wrong entries.

Run: python tests/benchmarks/bench_numerics_cost.py [seeds].
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "numerics"))
from small_networks import network

from gradcheck.numerics import Parameters, locate_errors
from gradcheck.numerics.directional import Residual, check_directions
from gradcheck.numerics.objective import Objective

LARGE = (784, 100, 100, 10)


def real_only(loss):
    """The same loss, refusing complex numbers."""

    def f(p):
        if any(np.iscomplexobj(v) for v in p.values()):
            raise TypeError("real numbers only")
        return loss(p)

    return f


def pass_fail(net) -> None:
    grads = net.gradient(net.params)
    parameters = Parameters.of(net.params)
    for name, loss, limit in (("complex", net.loss, 3), ("real", real_only(net.loss), 12)):
        residual = Residual(Objective(loss, parameters), parameters.flatten(grads))
        print(
            f"pass/fail, {name:8} (target {limit:2}): {check_directions(residual, np.random.default_rng(0))}"
        )


def one_wrong(net, seeds: int) -> None:
    grads = net.gradient(net.params)
    for name, loss, limit in (("complex", net.loss, 4), ("real", real_only(net.loss), 130)):
        spent, found = [], 0
        for seed in range(seeds):
            wrong = {n: g.copy() for n, g in grads.items()}
            place = int(np.random.default_rng(seed).integers(wrong["W0"].size))
            wrong["W0"].flat[place] *= 1 + 1e-4
            located = locate_errors(loss, wrong, net.params, seed=seed)
            right = [
                e.parameter == "W0" and np.ravel_multi_index(e.index, (784, 100)) == place
                for e in located.entries
            ]
            found += right == [True]
            spent.append(located.evaluations)
        print(
            f"one entry of 89,610 off by 1e-4, {name:8} (target {limit:3}): found {found} of {seeds}, "
            f"evaluations median {np.median(spent):.0f}, most {max(spent)}"
        )


def several_wrong(seeds: int) -> None:
    size = 60_000
    rng = np.random.default_rng(1)
    weights, x = rng.normal(size=size), rng.normal(size=size)

    def f(v):
        if np.iscomplexobj(v):
            raise TypeError("real numbers only")
        return float(np.sum(np.tanh(v) * weights) / 100)

    right = weights / np.cosh(x) ** 2 / 100
    for count, limit in ((1, 132), (3, 350), (10, 1020)):
        spent, found = [], 0
        for seed in range(seeds):
            wrong = right.copy()
            places = np.random.default_rng(seed).choice(size, count, replace=False)
            wrong[places] *= 1.01
            located = locate_errors(f, wrong, x, seed=seed, budget=3000)
            found += {e.index[0] for e in located.entries} == set(places.tolist())
            spent.append(located.evaluations)
        print(
            f"{count:2} of 60,000 off by 1e-2, real (target {limit:4}): all found {found} of {seeds}, "
            f"evaluations median {np.median(spent):.0f}, most {max(spent)}"
        )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    large = network(0, LARGE, batch=64)
    pass_fail(large)
    one_wrong(large, count)
    several_wrong(count)
