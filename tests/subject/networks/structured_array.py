# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""All weights in one structured array."""

import numpy as np

LAYOUT = np.dtype([("w", float, (2, 5)), ("b", float, (5,)), ("v", float, (5,)), ("c", float)])


def start():
    rng = np.random.default_rng(6)
    theta = np.zeros((), LAYOUT)
    theta["w"] = rng.normal(size=(2, 5))
    theta["v"] = rng.normal(size=5)
    return theta


def output(theta, x):
    return np.tanh(x @ theta["w"] + theta["b"]) @ theta["v"] + theta["c"]


def loss(theta, x, y):
    return np.mean((output(theta, x) - y) ** 2)


def gradient(theta, x, y):
    g = np.zeros((), LAYOUT)
    a = np.tanh(x @ theta["w"] + theta["b"])
    d = 2 * (a @ theta["v"] + theta["c"] - y) / len(y)
    back = np.outer(d, theta["v"]) * (1 - a**2)
    g["w"], g["b"], g["v"], g["c"] = x.T @ back, back.sum(axis=0), a.T @ d, d.sum()
    return g


def fit(theta, x, y, rounds=500, rate=0.05):
    for _ in range(rounds):
        g = gradient(theta, x, y)
        for name in LAYOUT.names:
            theta[name] -= rate * g[name]


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    x = rng.uniform(-1, 1, size=(60, 2))
    y = x[:, 0] * x[:, 1]
    theta = start()
    fit(theta, x, y)
    print(loss(theta, x, y))
