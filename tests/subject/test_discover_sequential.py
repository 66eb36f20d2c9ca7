"""Updates one after another, and arrays that change where others still look at them."""

from __future__ import annotations

import pytest
from discovered import worst_disagreement

from gradcheck.subject import discover_wiring, resolve_target

STEP = """
import numpy as np

rng = np.random.default_rng(3)
X = rng.normal(size=(24, 4))
Y = np.tanh(X @ rng.normal(size=(4, 2)))


class Net:
    def __init__(self):
        self.W1 = rng.normal(size=(4, 6)) * 0.6
        self.W2 = rng.normal(size=(6, 2)) * 0.6

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def loss(self, X, Y):
        return 0.5 * np.mean(np.sum((self.forward(X) - Y) ** 2, axis=1))

    def train_step(self, X, Y, lr=0.1):
        d = (self.forward(X) - Y) / len(X)
        W2 = self.W2
        UPDATE
        dh = d @ W2.T * (1 - self.h**2)
        self.W1 -= lr * X.T @ dh


if __name__ == "__main__":
    net = Net()
    for i in range(60):
        net.train_step(X, Y)
        print(net.loss(X, Y))
"""
SAMPLES = """
import numpy as np

rng = np.random.default_rng(3)
X = rng.normal(size=(24, 3))
y = X @ np.array([1.0, -2.0, 0.5])
w = rng.normal(size=3)


def learn(x, t):
    global w
    w = w - 0.05 * (x @ w - t) * x


def cost():
    return 0.5 * np.mean((X @ w - y) ** 2)


for epoch in range(30):
    list(map(learn, X, y))
print(cost())
"""


@pytest.fixture
def wired(tmp_path):
    def of(source):
        path = tmp_path / "net.py"
        path.write_text(source)
        wiring = discover_wiring(resolve_target(path))
        return wiring, worst_disagreement(path, wiring)

    return of


def test_an_array_updated_in_place_is_seen_by_whoever_holds_it(wired):
    wiring, disagreement = wired(STEP.replace("UPDATE", "self.W2 -= lr * self.h.T @ d"))
    assert wiring.step is not None
    assert float(wiring.step.lr) == 0.1  # although twice the rate does not double the update of W1
    assert 1e-3 < disagreement < 0.5


def test_a_new_array_leaves_the_old_one_to_whoever_holds_it(wired):
    _, disagreement = wired(STEP.replace("UPDATE", "self.W2 = self.W2 - lr * self.h.T @ d"))
    assert disagreement < 1e-6


def test_updates_sample_by_sample_are_taken_one_at_a_time(wired):
    wiring, disagreement = wired(SAMPLES)
    assert "one sample of 24" in wiring.understood[-1]
    assert disagreement < 1e-6
