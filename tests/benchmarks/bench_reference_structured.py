"""How much faster the structured numerical gradient is than the textbook double loop, in one table.

Run with one BLAS thread: OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bench_reference_structured.py

The loop evaluates two full forward passes for each parameter. Its time is a median over forward passes, times
their number, for it would take a minute on the largest network; loop and structure are timed in turn, so that
whatever else the machine does slows both. The answers are compared entry by entry with the loop's where the
loop is run in full (up to `FULL` parameters), and on a sample of entries elsewhere.
"""

import os
import time
import tracemalloc

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from gradcheck import reference as ref

SHAPES = [((4, 4, 3), 150), ((64, 32, 10), 128), ((784, 30, 10), 64), ((784, 100, 100, 10), 64)]
STEP = 1e-5
FULL = 3_000
SAMPLE = 400
ROUNDS = 15


def network_and_batch(widths, samples):
    rng = np.random.default_rng(0)
    hidden = [ref.Dense(a, b, ref.Tanh()) for a, b in zip(widths[:-2], widths[1:-1], strict=True)]
    layers = [*hidden, ref.Dense(widths[-2], widths[-1])]
    network = ref.Network.create(layers, ref.SoftmaxCrossEntropy(), seed=0, penalty=ref.l2(1e-3, halved=True))
    x, y = rng.normal(size=(samples, widths[0])), rng.integers(0, widths[-1], samples)
    return network, ref.Batch(x, y)


def textbook_loss(network, batch):
    """The loss as a student writes it, without any of the reference's machinery, and the arrays it reads."""
    depth = len(network.layers)
    weights = [network.parameters[f"W{n}"].copy() for n in range(1, depth + 1)]
    biases = [network.parameters[f"b{n}"].copy() for n in range(1, depth + 1)]
    rows, half = np.arange(batch.size), network.penalty.scale(batch.size) * network.penalty.l2

    def loss():
        h = batch.x
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            h = np.tanh(h @ W + b)
        z = h @ weights[-1] + biases[-1]
        z = z - z.max(axis=1, keepdims=True)
        data = (np.log(np.exp(z).sum(axis=1)) - z[rows, batch.y]).mean()
        return data + half * sum((W * W).sum() for W in weights)

    named = {f"W{n}": W for n, W in enumerate(weights, 1)} | {f"b{n}": b for n, b in enumerate(biases, 1)}
    return loss, named


def double_loop(loss, arrays, entries):
    """Central differences, entry by entry: {name: {flat index: slope}}."""
    slopes = {}
    for name, index in entries:
        flat = arrays[name].reshape(-1)
        kept = flat[index]
        flat[index] = kept + STEP
        up = loss()
        flat[index] = kept - STEP
        down = loss()
        flat[index] = kept
        slopes[name, index] = (up - down) / (2 * STEP)
    return slopes


def seconds(call, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def compared(network, batch, loss, arrays, values):
    """The largest difference from the loop, relative to the norm of the loop's answers for each parameter."""
    rng = np.random.default_rng(1)
    entries = [(name, i) for name, array in arrays.items() for i in range(array.size)]
    if len(entries) > FULL:
        entries = [entries[i] for i in rng.choice(len(entries), SAMPLE, replace=False)]
    slopes = double_loop(loss, arrays, entries)
    worst = 0.0
    for name in arrays:
        ours, theirs = zip(
            *[(values[name].flat[i], s) for (n, i), s in slopes.items() if n == name] or [(0.0, 0.0)]
        )
        norm = np.linalg.norm(theirs)
        if norm:
            worst = max(worst, np.linalg.norm(np.subtract(ours, theirs)) / norm)
    del network, batch
    return worst


def row(widths, samples):
    network, batch = network_and_batch(widths, samples)
    loss, arrays = textbook_loss(network, batch)
    count = sum(array.size for array in arrays.values())
    forwards = max(20, min(2000, 100_000 // count))
    cells = []
    for method in ("inputs", "parameters"):
        for bars in (False, True):

            def measure(method=method, bars=bars):
                return network.numerical_gradient(batch, method=method, bars=bars)

            slow = seconds(measure) > 1.0
            ratios, times, loops = [], [], []
            for _ in range(1 if slow and bars else 3 if slow else ROUNDS):
                before = seconds(loss, forwards)
                times.append(seconds(measure))
                loops.append(2 * count * (before + seconds(loss, forwards)) / 2)
                ratios.append(loops[-1] / times[-1])
            values = measure().values if not slow else None
            difference = compared(network, batch, loss, arrays, values) if values else float("nan")
            cells.append((method, bars, np.median(loops), np.median(times), np.median(ratios), difference))
    tracemalloc.start()
    network.numerical_gradient(batch, method="inputs")
    if count < 30_000:
        network.numerical_gradient(batch, method="parameters")
    else:  # the peak is a chunk's, so two layers of it show it
        small = ref.Network.create(network.layers, network.loss, seed=0)
        from gradcheck.reference.structured import by_parameters
        from gradcheck.reference.structured.slopes import Slopes
        from gradcheck.reference.structured.tail import Tail

        by_parameters.measure(Tail(small, batch), 1, Slopes(bars=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, cells, peak


def main():
    print(
        f"{'network':>16} {'parameters':>10} {'way':>10} {'bars':>4} {'loop':>9} {'ours':>9} {'faster':>8} {'differs':>8}"
    )
    for widths, samples in SHAPES:
        count, cells, peak = row(widths, samples)
        name = "-".join(map(str, widths))
        for method, bars, loop, ours, ratio, difference in cells:
            flags = f"{method:>10} {'yes' if bars else 'no':>4}"
            print(
                f"{name:>16} {count:>10} {flags} {loop:8.3g}s {ours:8.3g}s {ratio:7.1f}x {difference:8.1e}",
                flush=True,
            )
        print(f"{name:>16} peak memory {peak / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
