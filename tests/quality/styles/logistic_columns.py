"""Samples are columns; tanh and one sigmoid output, cross-entropy, with the sizes in the shapes alone."""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


def init(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "w1": rng.normal(0, 0.7, (5, 3)),
        "b1": rng.normal(0, 0.3, (5, 1)),
        "w2": rng.normal(0, 0.7, (5, 5)),
        "b2": rng.normal(0, 0.3, (5, 1)),
        "w3": rng.normal(0, 0.7, (1, 5)),
        "b3": rng.normal(0, 0.3, (1, 1)),
    }


def run(x, p):
    z1 = np.dot(p["w1"], x) + p["b1"]
    a1 = np.tanh(z1)
    z2 = np.dot(p["w2"], a1) + p["b2"]
    a2 = np.tanh(z2)
    z3 = np.dot(p["w3"], a2) + p["b3"]
    return z1, a1, z2, a2, z3, sigma(z3)


def cost(x, t, p):
    out = run(x, p)[-1]
    return -np.mean(t * np.log(out) + (1 - t) * np.log(1 - out))


def grad(x, t, p):
    m = x.shape[1]
    z1, a1, z2, a2, z3, out = run(x, p)  # noqa: RUF059 - faults put them to use
    dz3 = out - t
    dw3 = np.dot(dz3, a2.T) / m
    db3 = np.mean(dz3, axis=1, keepdims=True)
    dz2 = np.dot(p["w3"].T, dz3) * (1 - np.power(a2, 2))
    dw2 = np.dot(dz2, a1.T) / m
    db2 = np.mean(dz2, axis=1, keepdims=True)
    dz1 = np.dot(p["w2"].T, dz2) * (1 - np.power(a1, 2))
    dw1 = np.dot(dz1, x.T) / m
    db1 = np.mean(dz1, axis=1, keepdims=True)
    return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2, "w3": dw3, "b3": db3}


def data(m, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (3, m))
    return x, (x[:1] * x[1:2] > 0).astype(float)
