"""Data and evaluation in other styles than the specimens': each fault is seen, what only looks like it is not."""

from textwrap import indent

import pytest
from labs import lab_of

from gradcheck.experiments.averages import average_audit
from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.norms import norm_audit
from gradcheck.experiments.orders import order_audit
from gradcheck.experiments.pairing import pairing_audit
from gradcheck.experiments.predictions import prediction_audit
from gradcheck.experiments.reports import report_audit
from gradcheck.experiments.samples import Samples, samples_of
from gradcheck.experiments.shifts import shift_audit
from gradcheck.experiments.splits import split_audit
from gradcheck.subject.wiring import Grads

LINEAR = """\
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(x, p):
    return softmax(x @ p["W"] + p["b"])


def cost(x, y, p, lam=0.0):
    return -np.mean(np.log(forward(x, p)[np.arange(len(y)), y])) + lam * np.sum(p["W"] ** 2)


def slopes(x, y, p):
    d = forward(x, p)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    return {"W": x.T @ d, "b": d.sum(axis=0)}


def step(x, y, p, lr=0.5):
    g = slopes(x, y, p)
    for k in p:
        p[k] -= lr * g[k]


def start():
    return {"W": np.random.default_rng(0).normal(size=(4, 3)), "b": np.zeros(3)}


def make(n=30, seed=1):
    r = np.random.default_rng(seed)
    y = r.integers(0, 3, n)
    return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y


"""
TRAIN = "def train(x, y, p):\n    for _ in range(40):\n        step(x, y, p)\n"


def linear(more="", train=TRAIN, setup="", **changes):
    """A lab of the classifier, with more functions."""
    text = LINEAR + train + "\n\n" + more
    for old, new in changes.items():
        assert text.count(REPLACED[old]) == 1
        text = text.replace(REPLACED[old], new)
    return lab_of(
        text,
        setup=f"x, y = make(); p = start(){setup}",
        loss="cost(x, y, p)",
        params={"W": "p['W']", "b": "p['b']"},
        grads=Grads("g = slopes(x, y, p)", {"W": "g['W']", "b": "g['b']"}),
        inputs="x",
        labels="y",
        outputs="forward(x, p)",
        train="train(x, y, p)",
    )


REPLACED = {
    "loss_index": "np.log(forward(x, p)[np.arange(len(y)), y])",
    "delta_index": "d[np.arange(len(y)), y] -= 1",
    "data": "return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y",
}


def lines_of(lab, text):
    return [number for number, row in enumerate(lab.source.split("\n"), 1) if text in row]


@pytest.mark.parametrize(
    ("body", "across"),
    [
        ("return np.mean(np.argmax(forward(x, p), axis=1) == y)", False),
        ("return np.mean(np.argmax(forward(x, p).T, axis=0) == y)", False),
        ("return np.argmax(forward(x, p), axis=0)", True),
        ("return np.argmax(forward(x, p), 0)", True),
        ("return forward(x, p).T.argmax(axis=1)", True),
        ("return np.argmax(forward(x, p).mean(axis=0))", False),
    ],
)
def test_an_argmax_over_samples_is_told_from_one_over_classes(body, across):
    lab = linear(f"def score(x, y, p):\n    {body}\n")
    found = prediction_audit(lab).facts["across"]
    assert [fact["line"] for fact in found] == (lines_of(lab, body) if across else [])
    assert all((fact["samples"], fact["classes"]) == (30, 3) for fact in found)


@pytest.mark.parametrize(
    ("right", "crossed"),
    [("y", False), ("y[:, None]", True), ("y.reshape(-1, 1)", True), ("y.ravel()", False)],
)
def test_a_comparison_of_all_with_all_is_told(right, crossed):
    lab = linear(f"def hits(p, x, y):\n    return (forward(x, p).argmax(1) == {right}).mean()\n")
    assert len(prediction_audit(lab).facts["crossed"]) == crossed


SUMMED = """\
def score(x, y, p, size=7):
    total = 0.0
    count = 0
    for s in range(0, len(y), size):
        total += {term}
        count += {one}
    return total / count
"""
LOSSES = "cost(x[s : s + size], y[s : s + size], p)"


@pytest.mark.parametrize(
    ("term", "one", "unequal"),
    [
        (LOSSES, "1", True),
        (f"{LOSSES} * len(y[s : s + size])", "len(y[s : s + size])", False),
        ("np.sum(forward(x[s : s + size], p).argmax(1) == y[s : s + size])", "len(y[s : s + size])", False),
    ],
)
def test_a_mean_of_means_depends_on_who_shares_the_smaller_batch(term, one, unequal):
    lab = linear(SUMMED.format(term=term, one=one))
    found = average_audit(lab).facts["unequal"]
    assert [fact["function"] for fact in found] == (["score"] if unequal else [])
    assert all(fact["batch"] == 7 and fact["even"] < 1e-9 and fact["uneven"] > 1e-3 for fact in found)
    assert all(fact["lines"] == lines_of(lab, "return total / count") for fact in found)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [("cost(x, y, p, LAM)", "cost(v, w, p)", True), ("cost(x, y, p)", "cost(v, w, p)", False)],
)
def test_two_figures_that_differ_by_the_penalty_are_told(first, second, told):
    report = f"def report(x, y, v, w, p):\n    return {{'train': {first}, 'valid': {second}}}\n"
    lab = lab_of(
        LINEAR + TRAIN + "\nLAM = 0.1\n" + report,
        setup="x, y = make(); p = start()",
        loss="cost(x, y, p, m.LAM)",
        params={"W": "p['W']", "b": "p['b']"},
        grads=Grads("g = slopes(x, y, p)", {"W": "g['W'] + 0.2 * p['W']", "b": "g['b']"}),
        inputs="x",
        labels="y",
    )
    found = report_audit(lab).facts["penalised"]
    assert len(found) == told
    assert all(fact["first"] > fact["second"] == fact["without"] for fact in found)


@pytest.mark.parametrize(
    ("body", "cleared"),
    [
        ("size = sum(np.sum(v**2) for v in g.values())\nfor k in g:\n    g[k][...] = 0", False),
        ("for k in g:\n    g[k][...] = 0\nsize = sum(np.sum(v**2) for v in g.values())", True),
    ],
)
def test_a_norm_of_cleared_gradients_is_told(body, cleared):
    inner = "g = slopes(x, y, p)\nfor k in p:\n    p[k] -= 0.1 * g[k]\n" + body + "\nlog.append(size)"
    train = "def train(x, y, p):\n    log = []\n    for _ in range(10):\n" + indent(inner, " " * 8) + "\n"
    found = norm_audit(linear(train=train)).facts["cleared"]
    assert [fact["target"] for fact in found] == (["size"] if cleared else [])
    assert all(fact["before"] > 0 for fact in found)


def epochs(order, batch="x[i], y[i]", size=5):
    return (
        "def train(x, y, p):\n    r = np.random.default_rng(0)\n    for _ in range(20):\n"
        f"        order = {order}\n        for s in range(0, len(y), {size}):\n"
        f"            i = order[s : s + {size}]\n            step({batch}, p)\n"
    )


@pytest.mark.parametrize(
    ("order", "batch", "size", "parted", "sorted_"),
    [
        ("r.permutation(len(y))", "x[i], y[i]", 5, False, False),
        ("np.arange(len(y))", "x[i], y[i]", 5, False, False),
        ("np.argsort(y)", "x[i], y[i]", 5, False, True),
        ("np.argsort(y)", "x[i], y[i]", 30, False, False),  # a full batch knows no order
        ("r.permutation(len(y))", "x[i], y[s : s + 5]", 5, True, False),
        ("r.permutation(len(y))", "x[s : s + 5], y[i]", 5, True, False),
    ],
)
def test_batches_are_followed_to_the_function_that_learns_from_them(order, batch, size, parted, sorted_):
    lab = linear(train=epochs(order, batch, size))
    pairs, classes = pairing_audit(lab).facts["parted"], order_audit(lab).facts["sorted"]
    assert (bool(pairs), bool(classes)) == (parted, sorted_)
    assert all(fact["line"] == lines_of(lab, "step(x[")[0] for fact in pairs)
    assert all(0 < fact["wrong"] <= fact["count"] for fact in pairs)
    assert all(fact["line"] == lines_of(lab, "order = ")[0] for fact in classes)


@pytest.mark.parametrize(
    "body",
    [
        "i = np.random.permutation(len(y))\nstep(x[i], y[i], p)",
        "i = np.random.permutation(len(y))\nx, y = x[i], y[i]\nstep(x, y, p)",
        "i = np.random.permutation(len(y))\nshuffled, labels = x[i], y[i]\nstep(shuffled, labels, p)",
    ],
)
def test_samples_that_take_their_labels_along_are_not_parted(body):
    train = "def train(x, y, p):\n    for _ in range(9):\n" + indent(body, " " * 8) + "\n"
    assert pairing_audit(linear(train=train)).facts["parted"] == []


SPLIT = """\
if __name__ == "__main__":
    p, accuracy = main()
"""
MAIN = """\
def main():
    x, y = make(40)
{body}
    p = start()
    train(a, s, p)
    return p, cost(b, t, p)


"""


def split(body):
    return split_audit(linear(MAIN.format(body=indent(body, "    ")) + SPLIT)).facts


@pytest.mark.parametrize(
    ("body", "shared"),
    [
        ("a, b = x[:20], x[20:]\ns, t = y[:20], y[20:]", 0),
        ("a, b = x[:25], x[20:]\ns, t = y[:25], y[20:]", 5),
        ("a, s = x[:20], y[:20]\nb, t = x[:20], y[:20]", 20),
        ("a, s = x[:20], y[:20]\nb, t = x, y", 0),  # all samples, called so
    ],
)
def test_samples_that_train_and_are_tested_are_counted(body, shared):
    leaked = split(body)["leaked"]
    assert [fact["shared"] for fact in leaked if fact["test"] == "b"] == ([shared] if shared else [])
    assert all(fact["test"] == "b" for fact in leaked)  # labels repeat by nature


OWN = "a, b = x[:20], x[20:]\ns, t = y[:20], y[20:]\nm, d = a.mean(0), a.std(0)\na = (a - m) / d\n"


@pytest.mark.parametrize(
    ("scaling", "apart"), [("b = (b - m) / d", False), ("b = (b - b.mean(0)) / b.std(0)", True)]
)
def test_a_test_set_scaled_by_its_own_figures_is_told(scaling, apart):
    scaled = split(OWN + scaling)["scaled"]
    assert [(fact["train"], fact["test"]) for fact in scaled] == ([(20, 20)] if apart else [])


@pytest.mark.parametrize(
    ("offset", "data", "shift"),
    [
        ("y", "return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y", None),
        ("y - 1", "return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y", -1),
        ("(y + 1) % 3", "return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y", 1),
        ("y - 1", "return np.eye(4)[y] + r.normal(0, 0.2, (n, 4)), y + 1", None),  # they run from 1
    ],
)
def test_labels_that_are_learned_shifted_are_told(offset, data, shift):
    lab = linear(
        loss_index=f"np.log(forward(x, p)[np.arange(len(y)), {offset}])",
        delta_index=f"d[np.arange(len(y)), {offset}] -= 1",
        data=data,
    )
    assert [fact["shift"] for fact in shift_audit(lab).facts["shifted"]] == ([shift] if shift else [])


@pytest.mark.parametrize(
    ("setup", "text"),
    [
        ("", None),
        ("; x = scaled(x)", "np.trunc(x / 10)"),
        ("; p['W'][...] = 0", None),  # a start that lets nothing through is another fault
    ],
)
def test_samples_that_have_become_alike_are_told_where(setup, text):
    lab = linear("def scaled(x):\n    return np.trunc(x / 10)\n", setup=setup)
    found = blindness_audit(lab).facts["ignored"]
    assert [fact["text"] for fact in found] == ([text] if text else [])
    assert all(fact["before"] == "x / 10" and fact["samples"] == 30 for fact in found)


def test_a_loss_that_never_reads_its_inputs_is_told():
    lab = lab_of(
        "import numpy as np\nZ = np.ones((6, 2))\ndef cost(x, y, w):\n    return np.mean((Z @ w - y) ** 2)\n"
        "def slope(x, y, w):\n    return 2 * Z.T @ (Z @ w - y) / len(y)\n",
        setup="x, y = np.random.default_rng(0).normal(size=(6, 2)), np.arange(6.0); w = np.ones(2)",
        loss="cost(x, y, w)",
        params={"w": "w"},
        grads=Grads("g = slope(x, y, w)", {"w": "g"}),
        inputs="x",
        labels="y",
    )
    assert [fact["kind"] for fact in blindness_audit(lab).facts["ignored"]] == ["unread"]


def test_samples_are_counted_along_the_axis_that_inputs_and_labels_share():
    def columns(setup):
        return lab_of(
            "import numpy as np\n",
            setup=setup + "; w = np.ones(2)",
            loss="np.sum(w**2)",
            params={"w": "w"},
            grads=Grads("g = 2 * w", {"w": "g"}),
            inputs="x",
            labels="y",
        )

    assert samples_of(columns("x, y = np.ones((3, 8)), np.ones((1, 8))")) == Samples("x", "y", (1, 1), 8)
    assert samples_of(columns("x, y = np.ones((8, 3)), np.ones(8)")) == Samples("x", "y", (0, 0), 8)
    assert samples_of(columns("x, y = np.ones((8, 3)), np.ones(7)")) is None
