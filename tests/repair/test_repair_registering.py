"""Parameters that training leaves out: whatever leaves them out, an edit lets every one of them move."""

import pytest

from gradcheck.experiments.lab import open_lab
from gradcheck.experiments.trained import moved_by_training
from gradcheck.experiments.updates import update_watch
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.recipe import Recipe
from gradcheck.repair.mending.registering import registrations
from gradcheck.repair.mending.search import mend_audits
from gradcheck.subject.wiring import Grads, Wiring

NAMES = ("W1", "b1", "W2", "b2")
HEAD = """\
import numpy as np


class Layer:
    def __init__(self, rows, columns, rng):
        self.w, self.b = rng.normal(size=(rows, columns)), rng.normal(size=columns)

    def both(self):
        return BOTH


class Net:
    def __init__(self):
        rng = np.random.default_rng(0)
        self.layers = [Layer(3, 4, rng), Layer(4, 2, rng)]

    @property
    def theta(self):
        return [a for layer in self.layers for a in (layer.w, layer.b)]

    def all(self):
        return [a for layer in LAYERS for a in layer.both()]


def cost(net, x, y):
    W1, b1, W2, b2 = net.theta
    return 0.5 * np.mean(np.sum((np.tanh(x @ W1 + b1) @ W2 + b2 - y) ** 2, axis=1))


def slopes(net, x, y):
    W1, b1, W2, b2 = net.theta
    h = np.tanh(x @ W1 + b1)
    d = (h @ W2 + b2 - y) / len(x)
    dh = d @ W2.T * (1 - h**2)
    return {"W1": x.T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ d, "b2": d.sum(axis=0)}


def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])


def train(net, x, y):
    W1, b1, W2, b2 = net.theta
    for _ in range(12):
        g = slopes(net, x, y)
        dW1, db1, dW2, db2 = g["W1"], g["b1"], g["W2"], g["b2"]
"""
ALONE = "        W1 -= 0.1 * dW1\n        b1 -= 0.1 * db1\n        W2 -= 0.1 * dW2\n        b2 -= 0.1 * db2\n"
TOGETHER = """\
        of = {id(a): d for a, d in zip(net.theta, g.values())}
        for a in net.all():
            a -= 0.1 * of[id(a)]
"""


def network(update, both="[self.w, self.b]", layers="self.layers"):
    """The text of a network that trains with some updates."""
    return HEAD.replace("BOTH", both).replace("LAYERS", layers) + update


WIRING = Wiring(
    setup="x, y = make(); net = Net()",
    loss="cost(net, x, y)",
    params={name: f"net.layers[{i // 2}].{'wb'[i % 2]}" for i, name in enumerate(NAMES)},
    grads=Grads("g = slopes(net, x, y)", {name: f"g[{name!r}]" for name in NAMES}),
    train="train(net, x, y)",
)


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        (network(ALONE.replace("        b1 -= 0.1 * db1\n", "")), "b1 -= 0.1 * db1"),
        (network(ALONE.replace("        W2 -= 0.1 * dW2\n", "")), "W2 -= 0.1 * dW2"),
        (network(TOGETHER, both="[self.w]"), "return [self.w, self.b]"),
        (network(TOGETHER.replace("net.all()", "net.all()[:3]")), "for a in net.all():"),
        (network(TOGETHER, layers="self.layers[1:]"), "in self.layers for"),
    ],
)
def test_parameters_that_are_left_out_are_registered(source, mended):
    lab = open_lab("net.py", source, WIRING, 0)
    assert update_watch(lab).facts["unregistered"]
    steps = mend_audits("net.py", source, [Recipe(update_watch, "unregistered", registrations)], WIRING, 0)
    assert mended in steps[-1].after
    assert moved_by_training(open_lab("net.py", steps[-1].after, WIRING, 0)) >= set(NAMES)


@pytest.mark.parametrize("source", [network(ALONE), network(TOGETHER)])
def test_where_all_move_nothing_is_registered(source):
    assert update_watch(open_lab("net.py", source, WIRING, 0)).facts["unregistered"] == []


def test_an_edit_after_which_another_stands_still_is_none():
    """Where nothing moves, nothing is left out."""
    source = network(TOGETHER, both="[self.w]")
    for step in mend_audits(
        "net.py", source, [Recipe(update_watch, "unregistered", _nothing_at_all)], WIRING, 0
    ):
        raise AssertionError(step.after)


def _nothing_at_all(lab, _fact):
    start = lab.source.index("net.all()")
    yield [Splice(start, start + len("net.all()"), "()")]
