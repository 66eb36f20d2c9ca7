"""Two texts through one tower of word vectors, softplus, and the logistic of their product: closures over arrays."""

import numpy as np


def make(p):
    E, W, b, s, c = p["E"], p["W"], p["b"], p["s"], p["c"]

    def tower(words):
        mean = E[words].mean(axis=1)
        z = mean @ W + b
        return mean, z, np.log1p(np.exp(z))

    def scores(left, right):
        u, v = tower(left)[-1], tower(right)[-1]
        return (u * v) @ s + c

    def loss(left, right, y):
        q = 1 / (1 + np.exp(-scores(left, right)))
        return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))

    def gradient(left, right, y):
        g = {name: np.zeros_like(value) for name, value in p.items()}
        (mean_l, z_l, u), (mean_r, z_r, v) = tower(left), tower(right)
        logit = scores(left, right)
        q = 1 / (1 + np.exp(-logit))
        d = (q - y) / len(y)
        g["s"] = (u * v).T @ d
        g["c"] = d.sum(axis=0)
        up = d @ s.T
        du = up * v * (1 / (1 + np.exp(-z_l)))
        dv = up * u * (1 / (1 + np.exp(-z_r)))
        g["W"] += mean_l.T @ du
        g["W"] += mean_r.T @ dv
        g["b"] += du.sum(axis=0) + dv.sum(axis=0)
        np.add.at(g["E"], left, (du @ W.T)[:, None] / left.shape[1])
        np.add.at(g["E"], right, (dv @ W.T)[:, None] / right.shape[1])
        return g

    return loss, gradient, scores


def start(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"E": (8, 3), "W": (3, 4), "b": (4,), "s": (4, 1), "c": (1,)}
    return {name: rng.normal(0, 0.7, shape) for name, shape in shapes.items()}


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, 8, (2, n, 3))
    return left, right, np.any(left == right, axis=1).astype(float)[:, None]
