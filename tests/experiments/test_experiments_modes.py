"""Training and evaluation without a flag: masks and running averages; decay beside a penalty, outputs in logarithms."""

import pytest
from labs import lab_of

from gradcheck.experiments.decays import decay_audit
from gradcheck.experiments.dropout import dropout_audit
from gradcheck.experiments.samples import calls_of
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.targets import target_audit
from gradcheck.subject.wiring import Grads

DATA = """
import numpy as np
draws = np.random.RandomState(0)
W, V = draws.normal(0, 0.6, (3, 4)), draws.normal(0, 0.6, (4, 3))
X, y = draws.normal(0, 1, (6, 3)), np.array([0, 2, 1, 1, 0, 2])
"""


def lab(more, **wired):
    """Two matrices, six samples, and functions on them."""
    given = {
        "loss": "cost(m.X, m.y)",
        "params": {"W": "m.W", "V": "m.V"},
        "grads": Grads(
            "g = slopes(m.X, m.y)" if "def slopes" in more else "g = 0 * m.W, 0 * m.V",
            {"W": "g[0]", "V": "g[1]"},
        ),
        "inputs": "m.X",
        "labels": "m.y",
        "outputs": "forward(m.X)",
    }
    return lab_of(DATA + more, **given | wired)


def masked(scale="/ 0.5", other="h", predicted="forward(x)"):
    return lab(f"""
def draw(x):
    return np.random.RandomState(1).rand(len(x), 4) < 0.5
def forward(x, mask=None):
    h = np.tanh(x @ W)
    if mask is not None:
        h = h * mask {scale}
    else:
        h = {other}
    return h @ V
def cost(x, y):
    return np.mean((forward(x, draw(x)) - np.eye(3)[y]) ** 2)
def predict(x):
    return {predicted}.argmax(axis=1)
""")


@pytest.mark.parametrize(
    ("given", "ratios", "predicting"),
    [
        ({}, [], []),
        ({"scale": ""}, [0.5], []),
        ({"scale": "/ 0.4"}, [1.25], []),
        ({"scale": "", "other": "0.5 * h"}, [], []),
        ({"predicted": "forward(x, draw(x))"}, [], ["predict"]),
        ({"predicted": "np.mean([forward(x, draw(x)) for _ in range(8)], axis=0)"}, [], []),
    ],
    ids=["right", "unscaled", "another share", "the older form", "predicts with a mask", "Monte Carlo"],
)
def test_masks_that_are_handed_in(given, ratios, predicting):
    found = dropout_audit(masked(**given)).facts
    assert [fact["ratio"] for fact in found["masks"]] == pytest.approx(ratios)
    assert [fact["function"] for fact in found["predicting"]] == predicting


def test_a_mask_in_a_prediction_is_told_where_it_is_asked_for():
    program = masked(predicted="forward(x, draw(x))")
    [fact] = dropout_audit(program).facts["predicting"]
    assert program.source.split("\n")[fact["line"] - 1] == "    return forward(x, draw(x)).argmax(axis=1)"
    assert (fact["kept"], fact["guard"]) == (0.5, "mask is not None")


def normed(used, speed="0.9"):
    return lab(f"""
kept = {{"mean": np.zeros(4)}}
def forward(x, training=None):
    z = x @ W
    mean = z.mean(axis=0)
    if training is not None:
        kept["mean"] = {speed} * kept["mean"] + (1 - {speed}) * mean
    h = np.tanh(z - {used})
    return h @ V
def cost(x, y):
    return np.mean((forward(x, training="yes") - np.eye(3)[y]) ** 2)
""")


def test_averages_that_training_reads():
    program = normed('kept["mean"]')
    [fact] = statistics_audit(program).facts["averaged"]
    assert program.source.split("\n")[fact["line"] - 1] == '    h = np.tanh(z - kept["mean"])'
    assert fact["kept"] == ["mean"]
    assert fact["instead"] == [['kept["mean"]', "mean"]]


@pytest.mark.parametrize(
    ("used", "speed"), [("mean", "0.9"), ('kept["mean"]', "0.0")], ids=["own", "its own again"]
)
def test_averages_that_training_does_not_depend_on(used, speed):
    assert statistics_audit(normed(used, speed)).facts["averaged"] == []


STEPS = {
    "plain": ("w -= 0.1 * s", []),
    "a term": ("w -= 0.1 * (s + 0.02 * w)", ["0.02 * w"]),
    "in place": ("w *= 0.998; w -= 0.1 * s", ["0.998"]),
    "a factor": ("w[...] = 0.998 * w - 0.1 * s", ["0.998 * w"]),
    "after a step": ("w -= 0.1 * s; w -= 0.002 * w", ["0.002 * w"]),
    "an average of weights": ("w -= 0.1 * s; shadow[...] = 0.9 * shadow + 0.1 * w.sum()", []),
    "a bound on the norm": ("w -= 0.1 * s; w *= min(1.0, 0.9 / np.linalg.norm(w))", []),
}


@pytest.mark.parametrize(("step", "terms"), STEPS.values(), ids=STEPS)
def test_decay_beside_a_penalty(step, terms):
    program = lab(
        f"""
lam = 0.01
shadow = np.zeros(1)
def forward(x):
    return np.tanh(x @ W) @ V
def cost(x, y):
    return np.mean((forward(x) - np.eye(3)[y]) ** 2) + lam * (np.sum(W**2) + np.sum(V**2))
def slopes(x, y):
    h = np.tanh(x @ W)
    d = 2 * (h @ V - np.eye(3)[y]) / y.size / 3
    return x.T @ (d @ V.T * (1 - h**2)) + 2 * lam * W, h.T @ d + 2 * lam * V
def train(x, y):
    for _ in range(3):
        for w, s in zip((W, V), slopes(x, y)):
            {step}
""",
        train="train(m.X, m.y)",
    )
    assert [fact["text"] for fact in decay_audit(program).facts["decayed"]] == terms


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("np.tanh(z)", [[4, "np.tanh(z)"]]),
        ("1 / (1 + np.exp(-z))", []),
        ("0.5 + 0.5 * np.tanh(z)", []),
    ],
)
def test_logarithms_of_outputs_that_are_no_probabilities(output, found):
    program = lab(
        f"""
t = np.array([[0.0], [1], [1], [0], [1], [0]])
def forward(x):
    z = np.tanh(x @ W) @ V[:, :1]
    p = {output}
    return p
def cost(x, t):
    p = np.clip(forward(x), 1e-9, 1 - 1e-9)
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
""",
        loss="cost(m.X, m.t)",
        labels="m.t",
        grads=Grads("pass", {"W": "0 * m.W", "V": "0 * m.V"}),
    )
    first = program.source.split("\n").index("def forward(x):") - 1
    assert [[f["line"] - first, f["text"]] for f in target_audit(program).facts["improper"]] == found


def test_a_function_is_given_what_the_wiring_has_under_its_names():
    program = lab(
        """
def forward(x):
    return np.tanh(x @ W) @ V
def cost(x, y):
    return np.mean((forward(x) - np.eye(3)[y]) ** 2)
def tags(p, scale, x):
    return forward(x / scale).argmax(axis=1)
""",
        setup="scale = 2.0; p = m.W",
        params={"W": "p", "V": "m.V"},
    )
    assert calls_of(program, "tags", ("m.X",)) == ["tags(p, scale, m.X)"]
