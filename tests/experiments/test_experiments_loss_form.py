"""The loss solved for: which measure, which constant and sign, which penalty of which weights."""

import numpy as np
import pytest
from labs import lab_of, specimen_lab

from gradcheck.experiments.loss_form import coded, loss_form
from gradcheck.experiments.specification import loss_at_fault
from gradcheck.subject.wiring import Grads

SOFTMAX = "np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)"
HOT = "np.eye(3)[y]"


def lab(loss, outputs=SOFTMAX, sign=1):
    return lab_of(
        f"""
import numpy as np
W, V = np.random.normal(0, 0.6, (4, 3)), np.random.normal(0, 0.6, (5, 4))
X, y = np.random.normal(0, 1, (6, 5)), np.array([0, 2, 1, 1, 0, 2])
def forward(x):
    s = np.tanh(x @ V) @ W
    return {outputs}
def cost(x, y):
    p = forward(x)
    return {loss}
""",
        loss="cost(m.X, m.y)",
        params={"W": "m.W", "V": "m.V"},
        grads=Grads("pass", {"W": f"{sign} * m.W", "V": f"{sign} * m.V"}),
        inputs="m.X",
        labels="m.y",
        outputs="forward(m.X)",
    )


@pytest.mark.parametrize(
    ("loss", "kind", "coefficient"),
    [
        (f"-np.sum({HOT} * np.log(p)) / 6", "cross-entropy", 1 / 6),
        (f"0.5 * np.sum(({HOT} - p) ** 2)", "squared", 0.5),
        (f"np.abs({HOT} - p).sum()", "absolute", 1.0),
        (f"-np.mean({HOT} * np.log(p) + (1 - {HOT}) * np.log(1 - p))", "binary", 1 / 18),
        ("3.0", "none", 0.0),
        (f"np.sum(np.sqrt(np.abs({HOT} - p)))", "", None),
    ],
)
def test_the_measure_and_its_constant(loss, kind, coefficient):
    facts = loss_form(lab(loss)).facts
    assert facts["kind"] == kind
    assert kind == "" or facts["coefficient"] == pytest.approx(coefficient)


@pytest.mark.parametrize(
    ("penalty", "kind", "coefficient"),
    [
        ("0.3 * np.sum(W**2)", "squares", 0.3),
        ("0.2 * np.abs(W).sum()", "absolute", 0.2),
        ("0.1 * np.linalg.norm(W)", "norm", 0.1),
    ],
)
def test_the_penalty_and_whose_it_is(penalty, kind, coefficient):
    facts = loss_form(lab(f"np.sum(({HOT} - p) ** 2) + {penalty}")).facts
    assert (facts["kind"], facts["penalty"]) == ("squared", kind)
    assert facts["penalties"]["W"] == pytest.approx(coefficient)
    assert facts["penalties"]["V"] == pytest.approx(0.0, abs=1e-7)


def test_a_loss_without_outputs():
    found = lab("0.3 * np.sum(W**2)")
    assert [fact["kind"] for fact in loss_form(found).facts["ignored"]] == ["none"]
    assert loss_at_fault(found)


@pytest.mark.parametrize(("code", "lines"), [("GC124", 1), ("GC102", 0), ("GC101", 0)])
def test_the_sign_of_the_loss_is_told_from_that_of_the_delta(code, lines):
    found = specimen_lab(code)
    assert len(loss_form(found).facts["reversed"]) == lines
    assert loss_at_fault(found) == bool(lines)


def test_a_likelihood_that_the_gradient_belongs_to_is_no_fault():
    from gradcheck.experiments.lab import Lab

    found = specimen_lab("GC124")
    source = found.source.replace(
        "delta2[np.arange(n), y] -= 1", "delta2[np.arange(n), y] -= 1\n        delta2 *= -1"
    )
    assert source != found.source
    assert loss_form(Lab(found.path, source, found.wiring)).facts["reversed"] == []


@pytest.mark.parametrize(
    ("labels", "shape", "expected"),
    [
        (np.array([1, 0]), (2, 2), [[0.0, 1.0], [1.0, 0.0]]),
        (np.array([1, 0, 0]), (2, 3), [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]),
        (np.array([[0.5], [2.0]]), (2,), [0.5, 2.0]),
        (np.array([5, 0]), (2, 3), None),
        (np.array([0.5, 0.1]), (2, 3), None),
        (np.array(["a", "b"]), (2, 3), None),
    ],
)
def test_labels_in_the_shape_of_the_outputs(labels, shape, expected):
    found = coded(labels, shape)
    assert (None if found is None else found.tolist()) == expected
