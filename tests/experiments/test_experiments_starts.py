"""What is out of the ordinary about a start, where it was made, and which layers a network has."""

import numpy as np
import pytest
from labs import lab_of

from gradcheck.experiments.births import birth_audit
from gradcheck.experiments.layers import layers_at
from gradcheck.experiments.starts import out_of_ordinary, start_audit
from gradcheck.subject.wiring import Grads

NET = """\
import numpy as np

def make(n=20):
    r = np.random.default_rng(3)
    x = INPUTS
    return x, (x[:, :1] > x[:, 1:2]).astype(float)

class Net:
    def __init__(self):
        r = np.random.default_rng(0)
        self.w = FIRST
        self.b = BIAS
        self.v, self.c = r.normal(0, 0.5, (5, 1)), np.zeros(1)

    def hidden(self, x):
        return ACTIVATION

    def cost(self, x, t):
        s = self.hidden(x) @ self.v + self.c
        return np.mean(np.log1p(np.exp(-np.abs(s))) + np.maximum(s, 0) - s * t)

    def slopes(self, x, t):
        h = self.hidden(x)
        s = h @ self.v + self.c
        d = (1 / (1 + np.exp(-s)) - t) / len(x)
        e = d @ self.v.T * SLOPE
        return x.T @ e, e.sum(0), h.T @ d, d.sum(0)

    def fit(self, x, t, rate=1.0):
        for _ in range(200):
            gw, gb, gv, gc = self.slopes(x, t)
            self.w -= rate * gw
            self.b -= rate * gb
            self.v -= rate * gv
            self.c -= rate * gc
"""
ORDINARY = "r.normal(0, 0.6, (3, 5))"


def net(
    first=ORDINARY,
    bias="np.zeros(5)",
    inputs="r.normal(size=(n, 3))",
    activation="np.tanh(x @ self.w + self.b)",
    slope="(1 - h**2)",
    setup="",
):
    text = NET.replace("FIRST", first).replace("BIAS", bias).replace("INPUTS", inputs)
    return lab_of(
        text.replace("ACTIVATION", activation).replace("SLOPE", slope),
        setup=f"x, t = make(); net = Net(){setup}",
        loss="net.cost(x, t)",
        params={name: f"net.{name}" for name in "wbvc"},
        grads=Grads("g = net.slopes(x, t)", {name: f"g[{place}]" for place, name in enumerate("wbvc")}),
        inputs="x",
        labels="t",
        train="net.fit(x, t)",
    )


RELU = {"activation": "np.maximum(x @ self.w + self.b, 0)", "slope": "(h > 0)"}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"first": "r.normal(0, 30.0, (3, 5))"}, ["large"]),
        ({"first": "r.normal(0, 1.0, (3, 5))"}, []),
        ({"first": "0.01 * r.standard_normal((3, 5))"}, ["small"]),
        ({"first": "np.zeros((3, 5))"}, ["constant"]),  # what is above it passes a gradient down
        ({"first": "np.full((3, 5), 0.3)"}, ["constant"]),
        ({"first": "r.random((3, 5))"}, ["one-sided"]),
        ({"bias": "np.full(5, -8.0)"}, ["biases"]),
        ({"bias": "r.normal(0, 2, 5)"}, []),
        ({"inputs": "r.uniform(0, 255, (n, 3))"}, ["inputs"]),
        ({"inputs": "r.uniform(0, 1, (n, 3))"}, []),
        ({"setup": "; net.w *= 50"}, []),  # a point to check at that the wiring chose
    ],
)
def test_what_is_out_of_the_ordinary_is_told_from_what_is_usual(changes, kinds):
    assert [ordinary.kind for ordinary in out_of_ordinary(net(**changes))] == kinds


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, None),
        ({"first": "r.normal(0, 60.0, (3, 5))"}, "large"),
        ({"inputs": "r.uniform(0, 5000, (n, 3))"}, "inputs"),
        ({**RELU, "bias": "np.full(5, -9.0)"}, "biases"),
        ({**RELU, "first": "-r.random((3, 5))", "inputs": "r.random((n, 3))"}, "one-sided"),
        (
            {"bias": "np.full(5, 3.5)", "first": "r.normal(0, 3, (3, 5))"},
            None,
        ),  # odd, and learns all the same
    ],
)
def test_a_start_is_a_cause_only_where_training_does_without_it(changes, kind):
    found = start_audit(net(**changes)).facts["stuck"]
    assert [fact["kind"] for fact in found] == ([kind] if kind else [])
    assert all(fact["other"] < 0.8 * fact["own"] for fact in found)


def test_parameters_are_traced_to_the_line_that_makes_them():
    lab = net()
    rows = lab.source.split("\n")
    lines = {name: rows[line - 1].strip() for name, line in birth_audit(lab).facts["lines"].items()}
    assert lines["w"] == f"self.w = {ORDINARY}"
    assert lines["b"] == "self.b = np.zeros(5)"
    assert lines["v"] == lines["c"] == "self.v, self.c = r.normal(0, 0.5, (5, 1)), np.zeros(1)"


@pytest.mark.parametrize(
    ("activation", "kind"),
    [
        ("np.tanh(x @ self.w + self.b)", "tanh"),
        ("1 / (1 + np.exp(-(x @ self.w + self.b)))", "sigmoid"),
        ("np.exp(-np.logaddexp(0, -(x @ self.w + self.b)))", "sigmoid"),
        ("np.maximum(x @ self.w + self.b, 0)", "relu"),
        ("np.where(x @ self.w + self.b > 0, x @ self.w + self.b, 0.0)", "relu"),
        ("np.clip(x @ self.w + self.b, 0, None)", "relu"),
        ("x @ self.w + self.b", None),
        ("np.sin(x @ self.w + self.b)", None),
    ],
)
def test_a_layer_is_known_by_its_values_however_it_is_written(activation, kind):
    lab = net(activation=activation)
    layers = layers_at(lab)
    assert [layer.kind for layer in layers] == ([kind] if kind else [])
    assert all(layer.values.shape == (20, 5) for layer in layers)
    assert all(layer.dead == layer.saturated == 0.0 for layer in layers)


def test_dead_and_saturated_shares_are_of_units_and_of_values():
    (dead,) = layers_at(net(**RELU, bias="np.array([-99.0, -99.0, -99.0, 0.0, 9.0])"))
    assert (dead.dead, dead.saturated) == (0.6, 0.0)
    (flat,) = layers_at(net(bias="np.array([99.0, -99.0, 0.0, 0.0, 0.0])"))
    assert (flat.dead, flat.saturated) == (0.0, 0.4)


def test_copies_of_one_unit_are_not_apart():
    (layer,) = layers_at(net(first="np.full((3, 5), 0.3)"))
    assert layer.apart == 0.0
    (layer,) = layers_at(net())
    assert layer.apart > 0.1
    assert np.all(np.isfinite(layer.values))
