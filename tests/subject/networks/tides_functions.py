# ruff: noqa: T201 -- written as people write such scripts
"""Tides fitted by free functions; the parameters live in a list that only `fit` ever holds."""

import numpy as np


def start(n_hidden):
    rng = np.random.RandomState(2)
    return [rng.randn(1, n_hidden), rng.randn(1, n_hidden) * 0.1, rng.randn(n_hidden, 1), np.zeros((1, 1))]


def predict(t, weights):
    inner = np.tanh(t.dot(weights[0]) + weights[1])
    return inner, inner.dot(weights[2]) + weights[3]


def half_square(t, level, weights):
    return 0.5 * np.mean((predict(t, weights)[1] - level) ** 2)


def slopes(t, level, weights):
    inner, out = predict(t, weights)
    delta = (out - level) / len(t)
    below = delta.dot(weights[2].T) * (1 - inner**2)
    into_upper = inner.T.dot(delta), delta.sum(axis=0, keepdims=True)
    return [t.T.dot(below), below.sum(axis=0, keepdims=True), *into_upper]


def fit(t, level, weights, rate=0.1, rounds=3000):
    weights = list(weights)
    for _ in range(rounds):
        for i, slope in enumerate(slopes(t, level, weights)):
            weights[i] = weights[i] - rate * slope
    return weights


if __name__ == "__main__":
    hours = np.linspace(-1, 1, 60)[:, None]
    level = np.sin(3 * hours)
    weights = fit(hours, level, start(6))
    print(half_square(hours, level, weights))
