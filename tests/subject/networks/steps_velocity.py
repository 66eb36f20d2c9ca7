"""Plain functions and a dict, descended with a velocity that is a running mean of the gradients."""

import numpy as np

rng = np.random.default_rng(3)
points = rng.uniform(-1, 1, (10, 2))
target = np.sin(points.sum(axis=1, keepdims=True))
p = {"A": rng.normal(0, 0.5, (2, 6)), "a": np.zeros((1, 6)) + 0.1, "B": rng.normal(0, 0.5, (6, 1))}
velocity = {key: np.zeros_like(value) for key, value in p.items()}


def curve(x):
    return np.tanh(x @ p["A"] + p["a"])


def mse(x, t):
    return np.mean((curve(x) @ p["B"] - t) ** 2)


def improve(x, t, lr=0.05, mu=0.9):
    h = curve(x)
    d = 2 * (h @ p["B"] - t) / len(x)
    back = d @ p["B"].T * (1 - h * h)
    found = {"A": x.T @ back, "a": back.sum(axis=0, keepdims=True), "B": h.T @ d}
    for key in p:
        velocity[key] = mu * velocity[key] + (1 - mu) * found[key]
        p[key] = p[key] - lr * velocity[key]


if __name__ == "__main__":
    for _ in range(200):
        improve(points, target)
    mse(points, target)
