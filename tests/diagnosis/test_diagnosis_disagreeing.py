"""A delta of another loss than the one the code has, or prints: a finding that names both."""

from __future__ import annotations

import pytest

import gradcheck

CLASSES = """
import numpy as np


class Net:
    def __init__(self, n, h, k):
        r = np.random.default_rng(0)
        self.W1 = r.normal(size=(n, h))
        self.b1 = np.zeros(h)
        self.W2 = r.normal(size=(h, k))
        self.b2 = np.zeros(k)
        self.lam = LAM

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        z = self.h @ self.W2 + self.b2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, out, Y):
        penalty = 0.5 * self.lam * (np.sum(self.W1**2) + np.sum(self.W2**2))
        return LOSS + penalty

    def fit(self, X, Y, epochs=40, lr=0.5):
        for _ in range(epochs):
            out = self.forward(X)
            d = (out - Y) / len(X)
            dh = d @ self.W2.T * (1 - self.h**2)
            self.W2 -= lr * (self.h.T @ d + self.lam * self.W2)
            self.b2 -= lr * d.sum(0)
            self.W1 -= lr * (X.T @ dh + self.lam * self.W1)
            self.b1 -= lr * dh.sum(0)
            print(self.loss(out, Y))


if __name__ == "__main__":
    r = np.random.default_rng(1)
    X = r.normal(size=(12, 4))
    Net(4, 5, 3).fit(X, np.eye(3)[np.argmax(X[:, :3], 1)])
"""
SQUARES = "np.mean((out - Y) ** 2)"
BINARY = "-np.mean(np.sum(Y * np.log(out) + (1 - Y) * np.log(1 - out), axis=1))"
ENTROPY = "-np.mean(np.sum(Y * np.log(out), axis=1))"


@pytest.fixture
def findings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def of(source):
        (tmp_path / "net.py").write_text(source)
        return gradcheck.diagnose("net.py", repair=False).findings

    return of


def line_of(source, text):
    return next(n for n, row in enumerate(source.split("\n"), 1) if text in row)


@pytest.mark.parametrize("penalty", ["0.0", "0.02"])
def test_a_squared_error_beside_the_delta_of_a_cross_entropy(findings, penalty):
    source = CLASSES.replace("LOSS", SQUARES).replace("LAM", penalty)
    found = findings(source)[0]
    told = "squared error, per entry" if penalty == "0.0" else "net.loss(net.forward(X), Y)"
    assert (found.code, found.severity) == ("GC119", "error")
    assert found.message == f"the loss is {told}, the gradient that of cross-entropy, per sample"
    assert set(found.lines) == {line_of(source, "d = (out"), line_of(source, "return np.mean")}
    assert [label.text for label in found.labels] == ["the delta of the output", "the loss"]


def test_a_binary_cross_entropy_of_a_softmax_has_a_name_of_its_own(findings):
    source = CLASSES.replace("LOSS", BINARY).replace("LAM", "0.0")
    found = findings(source)
    assert found[0].code == "GC123"
    assert not any("the gradient that of" in f.message for f in found)


def test_a_loss_and_a_delta_that_belong_together_are_left_alone(findings):
    assert all(
        f.severity == "note" for f in findings(CLASSES.replace("LOSS", ENTROPY).replace("LAM", "0.02"))
    )


PRINTED = """
import numpy as np

np.random.seed(0)
X = np.random.randn(30, 3)
Y = (X[:, :1] * X[:, 1:2] > 0).astype(float)
W1, W2 = np.random.randn(3, 5), np.random.randn(5, 1)
b1, b2 = np.zeros((1, 5)), np.zeros((1, 1))
for i in range(200):
    h = np.tanh(X @ W1 + b1)
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    d2 = o - Y
    d1 = d2 @ W2.T * (1 - h**2)
    W2 -= 0.01 * h.T @ d2
    b2 -= 0.01 * d2.sum(0)
    W1 -= 0.01 * X.T @ d1
    b1 -= 0.01 * d1.sum(0)
    if i % 50 == 0:
        print("error", SHOWN)
"""


def test_a_number_that_is_only_printed_is_a_note(findings):
    source = PRINTED.replace("SHOWN", "np.mean((o - Y) ** 2)")
    (found,) = (f for f in findings(source) if f.code == "GC119")
    assert (found.code, found.severity) == ("GC119", "note")
    assert "the loss shown is squared error, per sample" in found.message
    assert "that of binary cross-entropy, summed" in found.message
    assert found.lines == (line_of(source, "print("),)


def test_an_accuracy_that_is_printed_is_no_loss(findings):
    assert all(f.code != "GC119" for f in findings(PRINTED.replace("SHOWN", "np.mean((o > 0.5) == Y)")))
