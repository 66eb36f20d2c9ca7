"""What the author's own code hints at: names nothing reads, numbers computed elsewhere, sums begun before a loop."""

import ast
import re
from textwrap import dedent

import pytest

from gradcheck.diagnosis.tasks import gradient
from gradcheck.experiments.lab import Lab
from gradcheck.repair.context import Context
from gradcheck.repair.gather import WHOLE, candidates_of
from gradcheck.repair.search import Budget, Search
from gradcheck.subject.wiring import Grads, Step, Wiring

HINGE = """
import numpy as np

rng = np.random.default_rng(4)
X = rng.normal(size=(12, 5))
y = rng.integers(0, 4, 12)
W = rng.normal(0, 0.05, (5, 4))


def gaps():
    scores = X @ W
    return np.maximum(0, scores - scores[np.arange(len(y)), y][:, None] + 1)


def loss():
    return (gaps().sum() - len(y)) / len(y)


def slope():
    open_ = (gaps() > 0).astype(float)
    open_[np.arange(len(y)), y] = 0
    counts = open_.sum(axis=1)
    open_[np.arange(len(y)), y] = -counts
    return X.T @ open_ / len(y)
"""
SCALED = """
import numpy as np

rng = np.random.default_rng(5)
WIDTH = 9
X = rng.normal(size=(7, 3))
A, B = rng.normal(size=(3, WIDTH)), rng.normal(size=(3, WIDTH))


def similar():
    return (X @ A) @ (X @ B).T / np.sqrt(WIDTH)


def loss():
    return float(np.sum(np.tanh(similar())))


def slope():
    d = 1 - np.tanh(similar()) ** 2
    back_a = d @ (X @ B) / np.sqrt(WIDTH)
    back_b = d.T @ (X @ A) / np.sqrt(WIDTH)
    return X.T @ back_a, X.T @ back_b
"""
CELLS = """
from math import exp

lower = [[0.4, -0.2], [0.1, 0.6], [-0.5, 0.3]]
upper = [[0.7, -0.4, 0.2], [-0.3, 0.5, 0.9]]
x, t = [0.8, -1.2], [1.0, 0.0]


def squash(z):
    return 1 / (1 + exp(-z))


def layer(weights, values):
    return [squash(sum(w * v for w, v in zip(row, values))) for row in weights]


def loss():
    out = layer(upper, layer(lower, x))
    return sum((o - k) ** 2 for o, k in zip(out, t))


def learn(rate):
    hidden = layer(lower, x)
    out = layer(upper, hidden)
    deltas = []
    for o, k in zip(out, t):
        deltas.append(2 * (o - k) * tilt(o))
    below = []
    for j in range(len(hidden)):
        error = 0.0
        for i in range(len(out)):
            error += upper[i][j] * deltas[i]
        below.append(error * tilt(hidden[j]))
    for i in range(len(out)):
        for j in range(len(hidden)):
            upper[i][j] -= rate * deltas[i] * hidden[j]
    for j in range(len(hidden)):
        for k in range(len(x)):
            lower[j][k] -= rate * below[j] * x[k]


def tilt(h):
    return h * (1 - h)
"""
DEEP = """
import numpy as np

rng = np.random.default_rng(6)
weights = [rng.normal(0, 0.7, (4, 4)) for _ in range(3)]
x, y = rng.normal(size=(4, 1)), rng.normal(size=(4, 1))


def forward():
    hs = [x]
    for w in weights:
        hs.append(np.tanh(w @ hs[-1]))
    return hs


def loss():
    return float(np.sum((forward()[-1] - y) ** 2)) / 2


def slope():
    hs = forward()
    grads = [None] * len(weights)
    delta = (hs[-1] - y) * (1 - hs[-1] ** 2)
    grads[-1] = delta @ hs[-2].T
    for l in range(2, len(weights) + 1):
        delta = weights[-l + 1].T @ delta * (1 - hs[-l] ** 2)
        grads[-l] = delta @ hs[-l - 1].T
    return grads
"""
GATED = """
import numpy as np

rng = np.random.default_rng(9)
U, V = rng.normal(size=(3, 2)), rng.normal(size=(3, 3))
xs = rng.normal(size=(5, 2))


def steps():
    h, kept = np.zeros(3), []
    for x in xs:
        gate = 1 / (1 + np.exp(-h))
        new = np.tanh(U @ x + V @ (gate * h))
        kept.append((x, h, gate, new))
        h = 0.5 * h + new
    return h, kept


def loss():
    return float(np.sum(steps()[0] ** 2)) / 2


def slope():
    h, kept = steps()
    dU, dV, dh = np.zeros_like(U), np.zeros_like(V), h
    for x, before, gate, new in reversed(kept):
        d = dh * (1 - new**2)
        dU += np.outer(d, x)
        dV += np.outer(d, gate * before)
        back = V.T @ d
        through = back * gate + back * before * gate * (1 - gate)
        dh = 0.5 * dh + through
    return dU, dV
"""
LEAKY = """
import numpy as np

rng = np.random.default_rng(10)
LEAK = 0.07
A, B = rng.normal(size=(4, 6)), rng.normal(size=(6, 2))
X, Y = rng.normal(size=(9, 4)), rng.normal(size=(9, 2))


def loss():
    z = X @ A
    return float(np.sum((np.where(z > 0, z, LEAK * z) @ B - Y) ** 2)) / 2


def slope():
    z = X @ A
    h = np.where(z > 0, z, LEAK * z)
    d = h @ B - Y
    dh = d @ B.T
    dz = np.where(z > 0, dh, LEAK * dh)
    return X.T @ dz, h.T @ d
"""


def wired(params, run="g = slope()", **of):
    return Wiring(loss="loss()", params=params, grads=Grads(run, of))


ONE = wired({"W": "m.W"}, W="g")
TWO = wired({"A": "m.A", "B": "m.B"}, A="g[0]", B="g[1]")
STACK = wired({f"w{i}": f"m.weights[{i}]" for i in range(3)}, **{f"w{i}": f"g[{i}]" for i in range(3)})
LEARNT = Wiring(
    loss="loss()",
    params={"lower": "m.lower", "upper": "m.upper"},
    step=Step("learn(0.5)", "0.5"),
    setup="pass",
)

GATES = wired({"U": "m.U", "V": "m.V"}, U="g[0]", V="g[1]")

CASES = {
    "a gate before a product": (GATED, GATES, [("np.outer(d, gate * before)", "np.outer(d, before)")]),
    "a branch that lets nothing through": (LEAKY, TWO, [("LEAK * dh)", "0)")]),
    "a count that nothing reads": (HINGE, ONE, [("= -counts", "= -1")]),
    "a root that stands on the next line": (SCALED, TWO, [("d @ (X @ B) / np.sqrt(WIDTH)", "d @ (X @ B)")]),
    "a sum that starts before its loop": (CELLS, LEARNT, [("error += upper", "error = upper")]),
    "an index from the end": (DEEP, STACK, [("weights[-l + 1].T", "weights[-l].T")]),
    "a first fault whose likeliest mend would double what the second spoils": (
        CELLS,
        LEARNT,
        [("2 * (o - k)", "(o - k)"), ("error += upper", "error = upper")],
    ),
}


def broken(good, changes):
    bad = good
    for right, wrong in changes:
        assert good.count(right) == 1
        bad = bad.replace(right, wrong)
    return Lab("net.py", dedent(bad), None)


@pytest.mark.parametrize(("good", "wiring", "changes"), CASES.values(), ids=CASES)
def test_the_authors_own_line_comes_back(good, wiring, changes):
    source = broken(good, changes).source
    lab = Lab("net.py", source, wiring)
    steps = Search("net.py", [lab.truth, *lab.proving], Budget(seconds=300.0)).run(source)
    assert len(steps) == len(changes)
    assert ast.dump(ast.parse(steps[-1].after)) == ast.dump(ast.parse(dedent(good))), steps[-1].after


def test_what_holds_for_small_weights_alone_is_no_repair():
    """With every hinge open, each row counts three: a literal would pass wherever weights are small."""
    source = HINGE.replace("    counts = open_.sum(axis=1)\n", "").replace("= -counts", "= -1")
    lab = Lab("net.py", source, ONE)
    steps = Search("net.py", [lab.truth, *lab.proving], Budget(seconds=300.0)).run(source)
    assert not any("= -3" in step.after for step in steps)
    near = Search("net.py", [lab.truth], Budget(seconds=300.0)).run(source)
    assert "= -3" in near[-1].after


def test_the_rate_of_an_update_is_no_part_of_its_gradient():
    """Half the gradient, at a rate of a half: leaving the rate out, or its sign in its place, would come out right."""
    lab = Lab("net.py", CELLS.replace("2 * (o - k)", "(o - k)"), LEARNT)
    found = candidates_of(Context(lab.tracer, lab.influence, lab.wrong))
    kept = [c.apply(lab.source) for c in found if c.operator not in WHOLE]
    updates = [line for text in kept for line in text.split("\n") if re.match(r" +(upper|lower)\[", line)]
    assert len(updates) > len(kept) > 100
    assert all(re.search(r"= .*\brate\b", line) for line in updates)


BLOCKS = """
import numpy as np

rng = np.random.default_rng(7)
pairs = [(rng.normal(size=3), 1.0), (rng.normal(size=3), -1.0), (rng.normal(size=3), 2.0)]
w, v = rng.normal(size=3), 0.4


def loss(batch):
    return sum((v * np.tanh(w @ x) - y) ** 2 / 2 for x, y in batch) / len(batch)


def slope(x, y):
    h = np.tanh(w @ x)
    d = v * h - y
    return d * (1 - h * h) * x, d * h
"""


def test_points_whose_samples_the_gradient_does_not_see_prove_nothing():
    """The loss sees all of the batch, the gradient its first: what is right for one sample is wrong for two."""
    wiring = Wiring(
        loss="loss(batch)",
        setup="batch = pairs[1:2]",
        params={"w": "m.w", "v": "m.v"},
        grads=Grads("g = slope(*batch[0])", {"w": "g[0]", "v": "g[1]"}),
    )
    lab = Lab("net.py", BLOCKS, wiring)
    doubtful = [gradient._contradicts(lab, truth) for truth in lab.proving]
    seen = [len(lab.variant(truth.point.wiring).start().scope["batch"]) for truth in lab.proving]
    assert doubtful == [count > 1 for count in seen]
    assert {True, False} <= set(doubtful)
