"""What experiments see of a forward pass and of a loss, and what they take for no fault."""

import pytest
from labs import lab_of, specimen_lab

from gradcheck.experiments.batches import batch_audit
from gradcheck.experiments.bypasses import bypass_audit
from gradcheck.experiments.dropout import dropout_audit
from gradcheck.experiments.lab import open_lab
from gradcheck.experiments.linearity import linearity_audit
from gradcheck.experiments.reshapes import reshape_audit
from gradcheck.experiments.specification import loss_at_fault
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.targets import target_audit
from gradcheck.subject.wiring import Grads
from tests.quality.styles import STYLES


def lab(forward, loss, *, labels="np.array([0, 2, 1, 1, 0])", more="", params=("W", "V"), run="pass"):
    """A network of two matrices: a line of its forward pass, and one of its loss."""
    return lab_of(
        f"""
import numpy as np
W, V = np.random.normal(0, 0.6, (3, 4)), np.random.normal(0, 0.6, (4, 3))
b = np.zeros(4)
X, y = np.random.normal(0, 1, (5, 3)), {labels}
{more}
def forward(x):
{forward}
def cost(x, y):
    p = forward(x)
    n = np.arange(len(y))
    return {loss}
""",
        loss="cost(m.X, m.y)",
        params={name: f"m.{name}" for name in params},
        grads=Grads(run, {name: f"0 * m.{name}" for name in params}),
        inputs="m.X",
        labels="m.y",
        outputs="forward(m.X)",
    )


SOFTMAX = """
    e = np.exp(np.tanh(x @ W + b) @ V)
    return e / e.sum(axis=1, keepdims=True)
"""
SCORES = """
    return np.exp(np.tanh(x @ W + b) @ V)
"""


@pytest.mark.parametrize(
    ("forward", "loss", "form"),
    [
        (SOFTMAX, "-np.mean(np.log(p[n, y]))", "cross-entropy"),
        (SOFTMAX, "-np.sum(np.log(p[n, y] + 1e-9)) + np.sum(W**2)", "cross-entropy"),
        (SOFTMAX, "-np.sum(np.eye(3)[y] * np.log(p) + (1 - np.eye(3)[y]) * np.log(1 - p))", "binary"),
        (SOFTMAX, "0.5 * np.sum((p - np.eye(3)[y]) ** 2)", "squared"),
        (SOFTMAX, "np.abs(p - np.eye(3)[y]).sum()", ""),
        (SCORES, "-np.mean(np.log(p[n, y] / p.sum(axis=1)))", ""),
        (SCORES, "-np.mean(np.log(p[n, y]))", "cross-entropy"),
    ],
    ids=["mean", "a sum, a penalty", "binary", "squared", "absolute", "normalised inside", "not normalised"],
)
def test_the_form_of_a_loss(forward, loss, form):
    found = target_audit(lab(forward, loss)).facts
    assert found["form"] == form
    assert [key for key in ("unnormalised", "binary", "unreachable") if found[key]] == (
        ["binary"] if form == "binary" else ["unnormalised"] if forward == SCORES and form else []
    )


def test_scores_that_are_no_probabilities():
    scores = lab(SCORES, "-np.mean(np.log(p[n, y]))")
    fact = target_audit(scores).facts["unnormalised"][0]
    assert abs(fact["sum"] - 1.0) > 0.1
    assert (fact["axis"], scores.source.splitlines()[fact["line"] - 1].strip()) == (
        1,
        "return np.exp(np.tanh(x @ W + b) @ V)",
    )
    assert loss_at_fault(scores)
    assert not loss_at_fault(lab(SOFTMAX, "-np.mean(np.log(p[n, y]))"))


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ("(1 - T) * np.log(1 - p)", "1 - p"),
        ("(1 - T) * np.log1p(-p)", "np.log1p(-p)"),
        ("np.log((1 - p) ** (1 - T))", "1 - p"),
        ("(np.log(np.prod(np.where(T, 1.0, 2 - 2 * p), axis=1)) / 3)[:, None]", ""),
    ],
)
def test_where_the_other_half_of_a_binary_cross_entropy_is(second, text):
    hot = "np.eye(3)[y]"
    loss = f"-np.sum(T * np.log(p) + {second})".replace("T", hot)
    fact = target_audit(lab(SOFTMAX, loss)).facts["binary"][0]
    assert fact["text"] == text.replace("T", hot)
    assert (fact["line"] > 0) == bool(text)


def test_a_start_at_which_every_form_fits_is_left():
    """At zero weights all outputs are 1/3: the loss is no binary one for that."""
    zero = lab(SOFTMAX, "-np.mean(np.log(p[n, y]))", more="W, V = 0 * W, 0 * V")
    assert target_audit(zero).facts["form"] == "cross-entropy"


@pytest.mark.parametrize(
    ("last", "targets", "bounds"),
    [
        ("np.maximum({}, 0)", "np.random.normal(0, 1, (5, 3))", (0.0, None)),
        ("np.maximum({}, 0)", "np.random.uniform(0, 1, (5, 3))", None),
        ("np.tanh({})", "10.0 * np.random.normal(0, 1, (5, 3))", (-1.0, 1.0)),
        ("np.tanh({})", "np.sign(np.random.normal(0, 1, (5, 3)))", None),
        ("{}", "10.0 * np.random.normal(0, 1, (5, 3))", None),
    ],
    ids=["below a ReLU", "above a ReLU", "prices under tanh", "signs under tanh", "linear"],
)
def test_targets_that_outputs_cannot_reach(last, targets, bounds):
    forward = f"    return {last.format('(np.tanh(x @ W + b) @ V)')}"
    found = target_audit(lab(forward, "np.mean((p - y) ** 2)", labels=targets)).facts["unreachable"]
    if bounds is None:
        assert found == []
    else:
        low, high = bounds
        assert found[0]["low"] == pytest.approx(low, abs=1e-6)
        assert high is None or found[0]["high"] == pytest.approx(high)
        assert found[0]["least"] < found[0]["low"]


@pytest.mark.parametrize(
    ("hidden", "linear"),
    [
        ("x @ W + b", True),
        ("3.0 * (x @ W) - 1.0", True),
        ("np.maximum(x @ W, 0.1 * (x @ W))", False),
        ("np.tanh(x @ W + b)", False),
        ("x @ W + np.tanh(x @ W)", False),
    ],
)
def test_two_linear_layers_in_a_row(hidden, linear):
    forward = f"    h = {hidden}\n    return h @ V"
    found = linearity_audit(lab(forward, "np.mean((p - y) ** 2)", labels="np.ones((5, 3))")).facts["linear"]
    assert [fact["parameters"] for fact in found] == ([["W", "V"]] if linear else [])
    assert [fact["text"] for fact in found] == (["h @ V"] if linear else [])


def test_linear_layers_in_a_loop():
    forward = "    for w in (W, V):\n        x = x @ w\n    return x"
    found = linearity_audit(lab(forward, "np.mean((p - y) ** 2)", labels="np.ones((5, 3))")).facts["linear"]
    assert found[0]["parameters"] == ["W", "V"]
    nonlinear = forward.replace("x = x @ w", "x = np.tanh(x @ w)")
    assert not linearity_audit(lab(nonlinear, "np.mean((p - y) ** 2)", labels="np.ones((5, 3))")).facts[
        "linear"
    ]


def test_the_largest_entry_is_no_second_layer():
    """Its place in z - max(z) moves with the weights below, and so does the slope."""
    network = next(style.network for style in STYLES if style.network.name == "letters_recurrent")
    assert linearity_audit(open_lab(network.path, network.source, network.wiring, 0)).facts["linear"] == []


DEEP = {
    "a layer above": ("h = np.tanh(x @ W)\n    k = h @ U\n    return k @ V", [("k @ V", ["U", "V"])]),
    "none": ("h = np.tanh(x @ W)\n    k = np.tanh(h @ U)\n    return k @ V", []),
    "attention": (
        "h = np.tanh(x @ W)\n    k = h @ U\n    a = np.exp(k @ k.T)\n    return (a / a.sum(axis=1)) @ k @ V",
        [],
    ),
    "no part of the loss": (
        "h = np.tanh(x @ W)\n    k = np.tanh(h @ U)\n    back = (k @ V) @ V.T @ U.T\n    return k @ V",
        [],
    ),
}


@pytest.mark.parametrize(("forward", "expected"), DEEP.values(), ids=DEEP)
def test_linear_layers_above_one_that_is_not(forward, expected):
    more = "U = np.random.normal(0, 0.6, (4, 4))"
    network = lab(
        f"    {forward}", "np.mean((p - y) ** 2)", labels="np.ones((5, 3))", more=more, params=("W", "U", "V")
    )
    found = linearity_audit(network).facts["linear"]
    assert [(fact["text"], fact["parameters"]) for fact in found] == expected


def bypassed(forward, start="np.zeros(4)"):
    more = f"U, b = np.random.normal(0, 0.6, (4, 4)), {start}\n"
    wrong = "wrong = {name: np.ones_like(getattr(m, name)) for name in ('W', 'U', 'V', 'b')}"
    found = lab(
        forward,
        "np.mean((p - y) ** 2)",
        labels="np.ones((5, 3))",
        more=more,
        params=("W", "U", "V", "b"),
        run=wrong,
    )
    wired = found.wiring.grads.of
    wired.update({name: f"wrong['{name}']" for name in wired})
    return bypass_audit(found).facts["bypassed"]


def test_a_layer_that_is_passed_by():
    fact = bypassed("    h = np.tanh(x @ W)\n    k = np.tanh(h @ U + b)\n    return h @ V")[0]
    assert (fact["parameters"], fact["text"], fact["instead"]) == (["U", "b"], "h", "k")


@pytest.mark.parametrize("start", ["np.zeros(4)", "np.full(4, -100.0)"], ids=["alive", "dead at the start"])
def test_a_layer_that_is_there_is_not_passed_by(start):
    assert (
        bypassed("    h = np.tanh(x @ W)\n    k = np.maximum(h @ U + b, 0)\n    return (h + k) @ V", start)
        == []
    )


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ("x.reshape(3, -1)", [1, 0]),
        ("np.reshape(x, (3, -1))", [1, 0]),
        ("x.T", None),
        ("x.reshape(1, -1)", None),
        ("x.reshape(5, 3)", None),
        ("np.ones((5, 3)).reshape(3, 5)", None),
    ],
)
def test_a_reshape_to_the_shape_of_the_transpose(change, order):
    found = reshape_audit(lab(f"    z = {change}\n    return x @ W @ V + z.sum()", "p.sum()")).facts["mixed"]
    assert [fact["order"] for fact in found] == ([order] if order else [])
    assert [fact["columns"] for fact in found] == ([3] if order else [])


MASKS = {
    "scaled": ("return x * (np.random.rand(*x.shape) < 0.5) / 0.5 if on else x", [], []),
    "unscaled": ("return x * (np.random.rand(*x.shape) < 0.5) if on else x", [0.5], []),
    "the older form": ("return x * (np.random.rand(*x.shape) < 0.5) if on else 0.5 * x", [], []),
    "always on": ("return x * (np.random.rand(*x.shape) < 0.5) / 0.5", [], [0.5]),
    "no mask": ("return 2.0 * x if on else x", [], []),
}


@pytest.mark.parametrize(("body", "ratios", "stuck"), MASKS.values(), ids=MASKS)
def test_masks_of_a_function_with_a_flag(body, ratios, stuck):
    more = f"def drop(x, on):\n    {body}\n"
    found = dropout_audit(lab("    return drop(np.tanh(x @ W), False) @ V", "p.sum()", more=more)).facts
    assert [fact["ratio"] for fact in found["masks"]] == pytest.approx(ratios, abs=0.02)
    assert [fact["kept"] for fact in found["stuck"]] == pytest.approx(stuck, abs=0.02)
    assert {fact["was"] for fact in found["stuck"]} <= {False}


def test_nothing_is_called_that_no_forward_pass_calls():
    more = "calls = []\ndef spoil(x, on):\n    calls.append(on)\n    return x * (np.random.rand(*x.shape) < 0.5)\n"
    spoiled = lab("    return np.tanh(x @ W) @ V", "p.sum()", more=more)
    assert dropout_audit(spoiled).facts == {"masks": [], "stuck": [], "predicting": [], "answering": []}
    assert spoiled.program.module.calls == []


def test_a_batch_given_twice():
    summed = batch_audit(specimen_lab("summed-loss")).facts["summed"][0]
    data = summed["twice"] - summed["once"]
    assert summed["thrice"] - summed["twice"] == pytest.approx(data)
    assert 0 < data < summed["once"]  # the penalty counts once
    assert batch_audit(specimen_lab("summed-loss", bad=False)).facts["summed"] == []


def test_running_averages_are_named_with_the_flag_that_should_keep_them_out():
    fact = statistics_audit(specimen_lab("running-statistics-in-training")).facts["running"][0]
    assert (fact["function"], fact["flag"], fact["training"]) == ("BatchNorm.forward", "training", True)
    assert fact["kept"] == ["running_mean", "running_var"]
    assert statistics_audit(specimen_lab("running-statistics-in-training", bad=False)).facts["running"] == []
