"""Bugs caught and false alarms, next to the peers, at loss x 1, x 1e-8 and x 1e8, tanh and ReLU, on 20 seeds.

The rows: a right gradient, six bugs, and a slight one, a single entry off by 1e-4 of itself.

Run: python tests/benchmarks/bench_numerics_trust.py [--seeds 20] [--peers gradcheck jax ...].
The peers are in the extra `peers`; those that are not installed are left out. With all of them a seed takes about
two minutes; most of that is torch slow. A last table has a single entry of 10,000 off by 1e-4 of itself.
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "numerics"))
from numerics_peers import PEERS, installed
from small_networks import BUGS, Grads, Network, broken, network

from gradcheck.numerics import Verdict, compare, numerical_gradient

SCALES = (1.0, 1e-8, 1e8)
SLIGHT = "one W x 1.0001"
ROWS = ("", *BUGS, SLIGHT)


def spoiled(net: Network, row: str, seed: int) -> Grads:
    """The gradient of a row; for the last, one of the larger entries is off by 1e-4 of itself."""
    if row != SLIGHT:
        return broken(net, row, seed)
    grads = net.gradient(net.params)
    flat = grads["W0"].reshape(-1)
    larger = np.argsort(np.abs(flat))[flat.size // 2 :]
    flat[np.random.default_rng(seed).choice(larger)] *= 1 + 1e-4
    return grads


def rejected(peers: list[str], activation: str, scale: float, seeds: int) -> np.ndarray:
    """How many of the seeds each peer rejects for each row, ``(rows, peers)``."""
    counts = np.zeros((len(ROWS), len(peers)), dtype=int)
    for seed in range(seeds):
        net = network(seed, activation=activation, scale=scale)
        for column, peer in enumerate(peers):
            judge = PEERS[peer](net)
            counts[:, column] += [judge(spoiled(net, row, seed)) for row in ROWS]
    return counts


def table(peers: list[str], seeds: int) -> None:
    print(
        f"% of {seeds} seeds rejected\n{'bug':20} {'':5} {'loss x':>6}  "
        + " ".join(f"{p:>10}" for p in peers)
    )
    total = np.zeros((len(ROWS), len(peers)), dtype=int)
    for activation in ("tanh", "relu"):
        for scale in SCALES:
            counts = rejected(peers, activation, scale, seeds)
            total += counts
            for bug, row in zip(ROWS, counts, strict=True):
                shares = " ".join(f"{100 * count / seeds:10.0f}" for count in row)
                print(f"{bug or 'none':20} {activation:5} {scale:6.0e}  {shares}", flush=True)
    runs = 2 * len(SCALES) * seeds
    for label, row in (
        ("false alarms, %", total[0] / runs),
        ("bugs caught, %", total[1:].mean(axis=0) / runs),
    ):
        print(f"{label:34} " + " ".join(f"{100 * share:10.1f}" for share in row))


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
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    given = arguments.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # of the peers
    table(installed(network(0), given.peers), given.seeds)
    single_entry(max(3, given.seeds // 4))
