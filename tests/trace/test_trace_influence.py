"""What passes through a statement is found by disturbing it."""

import pytest
from labs import lab_of

from gradcheck.experiments.lab import Lab
from gradcheck.faults.bases import SIGMOID_SGD, SOFTMAX_ROWS
from gradcheck.subject.wiring import Grads
from gradcheck.trace import value_sites

EVERY = frozenset({"W1", "b1", "W2", "b2"})


@pytest.fixture(scope="module")
def rows():
    return Lab("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring)


def statement(lab, text):
    """The number of the one statement with a text."""
    source = lab.tracer.source
    (number,) = (s.number for s in source.sites if s.is_statement and source.text(s) == text)
    return number


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("delta2 = p.copy()", EVERY),
        ("dW2 = self.h1.T @ delta2", {"W2"}),
        ("db2 = delta2.sum(axis=0)", {"b2"}),
        ("delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)", {"W1", "b1"}),
        ("dW1 = X.T @ delta1", {"W1"}),
        ("db1 = delta1.sum(axis=0)", {"b1"}),
        ("dW2 += 2 * self.reg * self.W2", {"W2"}),
        ('return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}', EVERY),
    ],
)
def test_a_statement_moves_what_comes_after_it(rows, text, moved):
    assert rows.influence.of[statement(rows, text)] == moved
    assert statement(rows, text) not in rows.influence.specification


@pytest.mark.parametrize(
    "text",
    [
        "self.z1 = X @ self.W1 + self.b1",
        "self.h1 = np.tanh(self.z1)",
        "self.z2 = self.h1 @ self.W2 + self.b2",
        "return softmax(self.z2)",
        "e = np.exp(z - z.max(axis=1, keepdims=True))",
    ],
)
def test_what_the_loss_runs_is_the_specification(rows, text):
    assert statement(rows, text) in rows.influence.specification


def test_functions_that_the_loss_runs_are_specified(rows):
    assert rows.influence.specified >= {"Classifier.loss", "Classifier.forward", "softmax"}
    assert rows.influence.specified.isdisjoint({"Classifier.backward", "Classifier.step", "Classifier.fit"})


def test_gradients_seen_through_an_update():
    lab = Lab("net.py", SIGMOID_SGD.source(), SIGMOID_SGD.wiring)
    source = lab.tracer.source
    reached = {source.text(source.sites[n]): moved for n, moved in lab.influence.of.items()}
    every = frozenset(SIGMOID_SGD.wiring.params)
    assert any(moved == every for text, moved in reached.items() if "delta" in text)
    assert all(moved <= every for moved in reached.values())


def test_a_statement_whose_disturbance_raises_moves_everything():
    lab = lab_of(
        """
        import numpy as np
        w = np.array([1.0, 2.0])
        def loss():
            return w @ w
        def slope():
            key = 1.0
            table = {1.0: 2.0}
            return table[key] * w
        """,
        loss="loss()",
        params={"w": "m.w"},
        grads=Grads("g = slope()", {"w": "g"}),
    )
    assert lab.influence.of[statement(lab, "key = 1.0")] == {"w"}


def test_the_values_that_a_statement_passes_on(rows):
    source = rows.tracer.source
    texts = {}
    for site in source.sites:
        if site.is_statement:
            texts[source.text(site)] = [source.text(value) for value in value_sites(source, site)]
    assert texts["delta2 /= n"] == ["n"]
    assert texts["self.W1, self.b1, self.W2, self.b2 = self.best"] == ["self.best"]
    assert texts["history.append(self.loss(X, y))"] == ["self.loss(X, y)"]
    assert texts["import numpy as np"] == []
