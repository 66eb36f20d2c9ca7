"""Batch norm, dropout, a skip and a pooling of pairs in one regression: functions over a dict, half squared weights."""

import numpy as np

EPS, KEEP, LAM = 1e-5, 0.75, 0.1


def build(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(0, 0.6, (4, 6)),
        "gamma": rng.normal(1, 0.2, 6),
        "beta": rng.normal(0, 0.2, 6),
        "W2": rng.normal(0, 0.5, (6, 6)),
        "b2": rng.normal(0, 0.2, 6),
        "W3": rng.normal(0, 0.6, (3, 2)),
        "b3": rng.normal(0, 0.2, 2),
    }


def forward(net, X, seed=0):
    rng = np.random.default_rng(seed)
    z1 = X @ net["W1"]
    mean, var = z1.mean(axis=0), z1.var(axis=0)
    std = np.sqrt(var + EPS)
    unit = (z1 - mean) / std
    a1 = np.tanh(net["gamma"] * unit + net["beta"])
    mask = (rng.random(a1.shape) < KEEP) / KEEP
    h1 = a1 * mask
    z2 = h1 @ net["W2"] + net["b2"]
    h2 = np.maximum(z2, 0.0) + h1
    pairs = h2.reshape(len(X), 3, 2)
    h3 = pairs.max(axis=2)
    return std, unit, a1, mask, h1, z2, pairs, h3, h3 @ net["W3"] + net["b3"]


def loss(net, X, T):
    out = forward(net, X)[-1]
    squares = sum(np.sum(net[name] ** 2) for name in ("W1", "W2", "W3"))
    return 0.5 * np.sum((out - T) ** 2) / len(X) + 0.5 * LAM * squares


def gradient(net, X, T):
    std, unit, a1, mask, h1, z2, pairs, h3, out = forward(net, X)
    n = len(X)
    d3 = (out - T) / n
    g = {}
    g["W3"] = h3.T @ d3 + LAM * net["W3"]
    g["b3"] = d3.sum(axis=0)
    best = np.eye(2)[pairs.argmax(axis=2)]
    dpairs = best * (d3 @ net["W3"].T)[:, :, np.newaxis]
    dh2 = dpairs.reshape(h1.shape)
    d2 = dh2 * (z2 > 0)
    g["W2"] = h1.T @ d2 + LAM * net["W2"]
    g["b2"] = d2.sum(axis=0)
    dh1 = d2 @ net["W2"].T + dh2
    da1 = dh1 * mask
    dy = da1 * (1 - a1**2)
    g["gamma"] = (dy * unit).sum(axis=0)
    g["beta"] = dy.sum(axis=0)
    du = dy * net["gamma"]
    d1 = (du - du.mean(axis=0) - unit * (du * unit).mean(axis=0)) / std
    g["W1"] = X.T @ d1 + LAM * net["W1"]
    return g


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (n, 4))
    return X, np.stack([X[:, 0] * X[:, 1], np.sin(X[:, 2])], axis=1)
