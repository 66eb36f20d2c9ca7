"""How much faster the structured numerical gradient is than the textbook double loop, in one table.

Run with one BLAS thread: OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bench_reference_structured.py

The loop evaluates two full forward passes for each parameter. A part of it is timed, as many entries as make
about `FORWARDS` passes, and its time scaled to all parameters, for the whole would take a minute on the largest
network. Loop and structure are timed in turn, and "faster" is the median over such pairs of their ratio, so that
whatever else the machine does slows both. The answers are compared entry by entry with the loop's where the
loop is run in full (up to `FULL` parameters), and on a sample of entries elsewhere.
"""

import functools
import itertools
import os
import resource
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from gradcheck import reference as ref

SHAPES = [((4, 4, 3), 150), ((64, 32, 10), 128), ((784, 30, 10), 64), ((784, 100, 100, 10), 64)]
STEP = 1e-5
FULL = 3_000
SAMPLE = 400
FORWARDS = 100
ROUNDS = 25
PATIENCE = 8  # seconds a row


def network_and_batch(widths, samples):
    rng = np.random.default_rng(0)
    hidden = [ref.Dense(a, b, ref.Tanh()) for a, b in itertools.pairwise(widths[:-1])]
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


def double_loop(loss, array, entries):
    """Central differences of some entries of an array that the loss reads, one after another."""
    flat, slopes = array.reshape(-1), []
    for index in entries:
        kept = flat[index]
        flat[index] = kept + STEP
        up = loss()
        flat[index] = kept - STEP
        down = loss()
        flat[index] = kept
        slopes.append((up - down) / (2 * STEP))
    return slopes


def seconds(call, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def timed_loop(arrays, loss, count):
    """A call of the double loop on evenly spread entries, and the factor from its time to that of all entries."""
    share = min(1.0, FORWARDS / (2 * count))
    some = {
        name: np.linspace(0, a.size - 1, max(1, round(share * a.size)), dtype=int).tolist()
        for name, a in arrays.items()
    }

    def call():
        for name, entries in some.items():
            double_loop(loss, arrays[name], entries)

    return call, count / sum(map(len, some.values()))


def difference(arrays, loss, values):
    """The norm of the difference from the loop, relative to the norm of the loop's answers; the worst parameter's."""
    rng = np.random.default_rng(1)
    worst = 0.0
    for name, array in arrays.items():
        entries = range(array.size) if array.size <= FULL else rng.choice(array.size, SAMPLE, replace=False)
        theirs = np.array(double_loop(loss, array, entries))
        ours = values[name].ravel()[list(entries)]
        worst = max(worst, float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)))
    return worst


def rows(widths, samples):
    """One row for each way, with and without error bars."""
    network, batch = network_and_batch(widths, samples)
    loss, arrays = textbook_loss(network, batch)
    count = sum(array.size for array in arrays.values())
    loop, factor = timed_loop(arrays, loss, count)
    again = 1 + int(0.02 / seconds(loop))
    for method in ("inputs", "parameters"):
        for bars in (False, True):
            start = time.perf_counter()
            values = network.numerical_gradient(batch, method=method, bars=bars).values
            # As the loop's forward passes are: averaged over some time, for one call of a fraction of a
            # millisecond measures what the caches held before it.
            repeats = 1 + int(0.02 / (time.perf_counter() - start))
            measure = functools.partial(network.numerical_gradient, batch, method=method, bars=bars)
            loops, ours = [], []
            started = time.perf_counter()
            while len(ours) < ROUNDS and time.perf_counter() - started < PATIENCE:
                loops.append(factor * seconds(loop, again))
                ours.append(seconds(measure, repeats))
            ratio = np.median(np.divide(loops, ours))
            differs = difference(arrays, loss, values)
            yield count, method, bars, np.median(loops), np.median(ours), ratio, differs, peak_megabytes()


def peak_megabytes():
    """The most that this process ever held, Python and numpy included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    heads = ("network", "parameters", "way", "bars", "loop", "ours", "faster", "differs", "peak")
    write = sys.stdout.write
    write("{:>14} {:>10} {:>10} {:>4} {:>9} {:>9} {:>8} {:>8} {:>7}\n".format(*heads))
    for widths, samples in SHAPES:
        name = "-".join(map(str, widths))
        for count, method, bars, loop, ours, ratio, differs, peak in rows(widths, samples):
            write(
                f"{name:>14} {count:>10} {method:>10} {'yes' if bars else 'no':>4} {loop:8.3g}s {ours:8.3g}s "
            )
            write(f"{ratio:7.1f}x {differs:8.1e} {peak:5.0f}MB\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
