"""Where parameters start as zeros, what is multiplied with them is checked beside the start."""

from textwrap import dedent

import numpy as np
import pytest
from catalogued import diagnosed

from gradcheck.diagnosis.tasks import audits, gradient
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.labels import permute_labels
from gradcheck.subject.wiring import Grads, Wiring

SHIFTED = dedent(
    """
    import numpy as np

    rng = np.random.default_rng(12)
    X, T = rng.normal(size=(10, 3)), np.sign(rng.normal(size=(10, 4)))
    W, b = rng.normal(size=(3, 4)), np.zeros(4)
    reg = 0.3


    def loss(T):
        return np.sum((X @ W + b - T) ** 2) / 2 + reg * (np.sum(W**2) + np.sum(b**2))


    def slopes(T):
        d = X @ W + b - T
        return X.T @ d + 2 * reg * W, d.sum(axis=0) + 2 * reg * b
    """
)
WRONG = SHIFTED.replace("+ 2 * reg * b", "+ reg * b")
WIRING = Wiring(
    loss="loss(T)",
    params={"W": "m.W", "b": "m.b"},
    setup="T = m.T",
    grads=Grads("g = slopes(T)", {"W": "g[0]", "b": "g[1]"}),
    labels="T",
)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    for tasks in (audits, gradient):
        monkeypatch.setattr(tasks, "report_progress", lambda *_: None)


def test_a_penalty_on_zeros_is_checked_where_they_are_not():
    lab = Lab("net.py", WRONG, WIRING)
    assert lab.wrong == {"b"}
    assert np.all(lab.truth.values["b"] != 0.0)


def test_a_right_gradient_is_checked_where_the_code_starts():
    lab = Lab("net.py", SHIFTED, WIRING)
    assert not lab.wrong
    assert not np.any(lab.truth.values["b"])


def test_the_measurement_says_so():
    said = gradient.measure_subject("net.py", WRONG, WIRING, 0).beside
    assert (
        said
        == "the gradient was checked beside the start: where parameters are all zeros, that of b cannot be told wrong"
    )
    assert gradient.measure_subject("net.py", SHIFTED, WIRING, 0).beside == ""


def test_the_fault_is_named_and_mended():
    findings, text, checks = diagnosed(WRONG, WIRING)
    assert [finding.code for finding in findings] == ["GC303"]
    assert "2 * reg * b" in text.split("def slopes")[1].split("d.sum")[1]
    assert checks


def test_what_is_compared_with_the_truth_is_measured_at_the_same_point():
    """The labels move the true gradient and the code's alike, though neither is at the start."""
    facts = permute_labels(Lab("net.py", WRONG, WIRING)).facts
    assert facts["true_moves"] == pytest.approx(facts["code_moves"], rel=1e-6)
