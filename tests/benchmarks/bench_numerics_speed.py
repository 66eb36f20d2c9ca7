"""Time of a full numerical gradient against the textbook double loop and the peers; batched copies; a pool of two.

Run with one BLAS thread: OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bench_numerics_speed.py [share of entries].
The share (default 0.05) of each weight matrix's entries is measured by both, so that a run takes minutes.
The peers of the extra `peers` are timed where all entries are measured and there are few enough of them.
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "numerics"))
from numerics_peers import as_params, as_vector
from small_networks import network

from gradcheck.numerics import numerical_gradient

STEP = 1e-5
FEW = 4096  # weights up to which the peers are timed
ENOUGH = 0.5  # seconds of runs after which the best is taken
SIZES = {
    "iris, a sample": ((4, 4, 3), 1),  # as its author trains it
    "iris, 150 samples": ((4, 4, 3), 150),
    "64-32-10": ((64, 32, 10), 128),
    "784-30-10": ((784, 30, 10), 64),
    "784-100-100-10": ((784, 100, 100, 10), 64),
}


def scipy_three_points(f, x):
    from scipy.optimize._numdiff import approx_derivative

    return approx_derivative(f, x, method="3-point")


def numdifftools_gradient(f, x):
    import numdifftools

    return numdifftools.Gradient(f)(x)


def jacobi_gradient(f, x):
    from jacobi import jacobi

    return jacobi(f, x)[0]


MEASURES = {
    "scipy 3-point": scipy_three_points,
    "numdifftools": numdifftools_gradient,
    "jacobi": jacobi_gradient,
}


class BroadcastLoss:
    """The loss of a network for parameters with or without a leading axis of copies; picklable."""

    def __init__(self, net):
        self.X, self.y, self.depth, self.penalty = net.X, net.y, net.depth, net.penalty

    def __call__(self, p):
        a = self.X
        for layer in range(self.depth):
            z = a @ p[f"W{layer}"] + p[f"b{layer}"][..., None, :]
            a = np.tanh(z)
        z = z - z.real.max(axis=-1, keepdims=True)
        data = np.log(np.exp(z).sum(axis=-1)) - z[..., np.arange(len(self.y)), self.y]
        weights = sum((p[f"W{layer}"] ** 2).sum(axis=(-2, -1)) for layer in range(self.depth))
        return data.mean(axis=-1) + self.penalty * weights


def double_loop(loss, params, entries):
    """The textbook: two forward passes an entry, in place."""
    params = {name: value.copy() for name, value in params.items()}
    grads = {}
    for name, indices in entries.items():
        value = params[name].reshape(-1)
        grads[name] = np.full(value.size, np.nan)
        for i in indices:
            kept = value[i]
            value[i] = kept + STEP
            plus = loss(params)
            value[i] = kept - STEP
            minus = loss(params)
            value[i] = kept
            grads[name][i] = (plus - minus) / (2 * STEP)
    return grads


def timed(call):
    """The best of several runs, for as long as they are short, and the result."""
    best, spent = np.inf, 0.0
    while spent < ENOUGH:
        began = time.perf_counter()
        result = call()
        took = time.perf_counter() - began
        best, spent = min(best, took), spent + took
    return best, result


def worst_error(values, truth, entries) -> float:
    return max(
        float(np.abs(np.ravel(values[n])[i] - truth[n].reshape(-1)[i]).max() / np.abs(truth[n]).max())
        for n, i in entries.items()
    )


def compare_with_loop(name: str, share: float) -> None:
    sizes, batch = SIZES[name]
    net = network(0, sizes, batch=batch)
    loss, truth = BroadcastLoss(net), net.gradient(net.params)
    rng = np.random.default_rng(0)
    entries = {
        n: np.sort(rng.choice(v.size, max(min(v.size, 40), int(share * v.size)), replace=False))
        for n, v in net.params.items()
    }
    loop_time, loop = timed(lambda: double_loop(loss, net.params, entries))
    rows = {"double loop": (loop_time, loop, 2 * sum(map(len, entries.values())))}
    kinds = {
        "gradcheck": {},
        "gradcheck, order 2": {"method": "central", "order": 2},
        "batched, order 2": {"method": "central", "order": 2, "batched": True},
    }
    whole = all(len(entries[n]) == v.size for n, v in net.params.items())
    for label, options in kinds.items():
        chosen = options if whole else {"entries": entries, **options}
        spent, measured = timed(lambda o=chosen: numerical_gradient(loss, net.params, **o))
        rows[label] = (spent, measured.values, measured.evaluations)
    if whole and truth["W0"].size < FEW:
        rows |= peers(net, loss)
    print(f"\n{name}: {sum(map(len, entries.values()))} entries")
    for label, (spent, values, evaluations) in rows.items():
        error = worst_error(values, truth, entries)
        print(
            f"  {label:20} {spent:8.3f} s {loop_time / spent:6.2f}x  {evaluations:7} evaluations  error {error:.1e}"
        )


def peers(net, loss) -> dict:
    """Peers that measure a whole gradient, with their own defaults; accuracy differs, see the errors."""
    calls = [0]

    def counted(params):
        calls[0] += 1
        return float(loss(params))

    flat, x = (lambda vector: counted(as_params(net, vector))), as_vector(net.params)
    rows = {}
    for name, measure in MEASURES.items():
        try:
            measure(np.sum, np.ones(2))
        except ImportError as error:
            print(f"{name} is left out ({error}): pip install 'gradcheck[peers]'")
            continue
        calls[0] = 0
        began = time.perf_counter()
        values = measure(flat, x)
        rows[name] = (time.perf_counter() - began, as_params(net, np.ravel(values)), calls[0])
    return rows


def pool_of_two(share: float) -> None:
    sizes, batch = SIZES["784-30-10"]
    net = network(0, sizes, batch=batch)
    loss = BroadcastLoss(net)
    entries = {"W0": range(int(net.params["W0"].size * share)), "W1": range(net.params["W1"].size)}
    options = {"method": "central", "order": 2, "entries": entries}
    alone, one = timed(lambda: numerical_gradient(loss, net.params, **options))
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(abs, range(4)))
        together, two = timed(lambda: numerical_gradient(loss, net.params, executor=pool, **options))
    same = all(np.array_equal(one.values[n], two.values[n], equal_nan=True) for n in one.values)
    print(
        f"\npool of 2 on 784-30-10: {alone:.2f} s alone, {together:.2f} s: {alone / together:.2f}x; same bits: {same}"
    )


if __name__ == "__main__":
    part = float(sys.argv[1]) if len(sys.argv) > 1 else 0.05
    for network_name in SIZES:
        compare_with_loop(network_name, part)
    pool_of_two(max(part, 0.2))
