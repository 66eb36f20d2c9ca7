# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""Parameters and gradients as dataclasses of the same fields."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass
class Weights:
    hidden: np.ndarray
    hidden_bias: np.ndarray
    out: np.ndarray
    out_bias: np.ndarray


def make(n_in, n_hidden, seed=0):
    rng = np.random.default_rng(seed)
    return Weights(
        rng.normal(size=(n_in, n_hidden)), np.zeros(n_hidden), rng.normal(size=n_hidden), np.zeros(1)
    )


def forward(w: Weights, x):
    h = np.tanh(x @ w.hidden + w.hidden_bias)
    return h, 1 / (1 + np.exp(-(h @ w.out + w.out_bias)))


def cross_entropy(w: Weights, x, y):
    _, p = forward(w, x)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def backward(w: Weights, x, y) -> Weights:
    h, p = forward(w, x)
    d = (p - y) / len(y)
    dh = np.outer(d, w.out) * (1 - h**2)
    return Weights(x.T @ dh, dh.sum(axis=0), h.T @ d, np.array([d.sum()]))


def train(w: Weights, x, y, epochs, lr):
    for _ in range(epochs):
        g = backward(w, x, y)
        for f in fields(w):
            setattr(w, f.name, getattr(w, f.name) - lr * getattr(g, f.name))


if __name__ == "__main__":
    rng = np.random.default_rng(2)
    x = rng.normal(size=(90, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    w = make(2, 6)
    train(w, x, y, 2000, 0.5)
    print(cross_entropy(w, x, y))
