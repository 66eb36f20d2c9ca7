"""Bugs caught and false alarms: seven rows, loss x 1, x 1e-8, x 1e8, tanh and ReLU; and a single entry off by 1e-4.

Run: python tests/benchmarks/bench_numerics_trust.py [seeds]. Peers need the extra `peers`.
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "numerics"))
from small_networks import BUGS, broken, network

from gradcheck.numerics import Verdict, compare, numerical_gradient

SCALES = (1.0, 1e-8, 1e8)


def ours(net, grads) -> bool:
    """Whether gradcheck flags a gradient."""
    found = compare(grads, numerical_gradient(net.loss, net.params))
    return any(c.verdict is Verdict.FAIL for c in found.values())


def cs231n(net, grads, rng) -> bool:
    """Ten entries a parameter at step 1e-5, wrong above a relative error of 1e-2."""
    for name, value in net.params.items():
        for i in rng.choice(value.size, size=min(10, value.size), replace=False):
            moved = []
            for step in (1e-5, -1e-5):
                params = {n: v.copy() for n, v in net.params.items()}
                params[name].flat[i] += step
                moved.append(net.loss(params))
            numerical, analytic = (moved[0] - moved[1]) / 2e-5, grads[name].flat[i]
            if abs(numerical - analytic) > 1e-2 * max(abs(numerical) + abs(analytic), 1e-300):
                return True
    return False


def allclose_1e3(net, grads) -> bool:
    """torch's rule (central 1e-6, rtol 1e-3, atol 1e-5), on the same numpy loss."""
    for name, value in net.params.items():
        numerical = np.empty(value.size)
        for i in range(value.size):
            params = {n: v.copy() for n, v in net.params.items()}
            params[name].flat[i] += 1e-6
            plus = net.loss(params)
            params[name].flat[i] -= 2e-6
            numerical[i] = (plus - net.loss(params)) / 2e-6
        if not np.allclose(grads[name].reshape(-1), numerical, rtol=1e-3, atol=1e-5):
            return True
    return False


def bugs(seeds: int) -> None:
    print(
        f"{'bug':22} {'activation':10} {'loss x':>7} {'gradcheck':>10} {'torch rule':>11} {'CS231n':>7}   % flagged"
    )
    for activation in ("tanh", "relu"):
        for scale in SCALES:
            for bug in ("", *BUGS):
                flagged = np.zeros(3)
                for seed in range(seeds):
                    net = network(seed, activation=activation, scale=scale)
                    grads = broken(net, bug, seed)
                    rng = np.random.default_rng(seed)
                    flagged += [ours(net, grads), allclose_1e3(net, grads), cs231n(net, grads, rng)]
                shares = 100 * flagged / seeds
                print(
                    "{:22} {:10} {:7.0e} {:9.0f} {:11.0f} {:7.0f}".format(
                        bug or "none", activation, scale, *shares
                    )
                )


def single_entry(seeds: int) -> None:
    """One entry of 10,000 off by 1e-4 of its own value."""
    caught = alarms = 0
    for seed in range(seeds):
        net = network(seed, (100, 100, 5))
        numerical = numerical_gradient(net.loss, net.params)
        grads = net.gradient(net.params)
        alarms += compare(grads, numerical)["W0"].verdict is Verdict.FAIL
        grads["W0"].flat[np.random.default_rng(seed).integers(10_000)] *= 1 + 1e-4
        caught += compare(grads, numerical)["W0"].wrong_count == 1
    print(
        f"\none entry of 10,000 off by 1e-4 of itself: caught {caught} of {seeds}, false alarms {alarms} of {seeds}"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    bugs(count)
    single_entry(max(3, count // 4))
