"""Functions over a tuple of arrays: two leaky ReLU layers, softmax over one-hot rows, half squared weights."""

import numpy as np


def start(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5, 5), (5,), (5, 3), (3,)]
    return [rng.normal(0, 0.5, shape) for shape in shapes]


def leaky(z):
    return np.where(z > 0, z, 0.1 * z)


def leaky_slope(z):
    return np.where(z > 0, 1.0, 0.1)


def forward(X, theta):
    W1, b1, W2, b2, W3, b3 = theta
    z1 = X @ W1 + b1
    a1 = leaky(z1)
    z2 = a1 @ W2 + b2
    a2 = leaky(z2)
    z3 = a2 @ W3 + b3
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    return z1, a1, z2, a2, z3, e / e.sum(axis=1, keepdims=True)


def objective(X, T, theta, lam):
    p = forward(X, theta)[-1]
    squares = sum(np.sum(w**2) for w in theta[::2])
    return -np.sum(T * np.log(p)) / X.shape[0] + 0.5 * lam * squares


def slopes(X, T, theta, lam):
    W1, W2, W3 = theta[::2]
    n = X.shape[0]
    z1, a1, z2, a2, z3, p = forward(X, theta)  # noqa: RUF059 - a fault puts it to use
    d3 = (p - T) / n
    gW3 = a2.T @ d3 + lam * W3
    gb3 = d3.sum(axis=0)
    d2 = (d3 @ W3.T) * leaky_slope(z2)
    gW2 = a1.T @ d2 + lam * W2
    gb2 = d2.sum(axis=0)
    d1 = (d2 @ W2.T) * leaky_slope(z1)
    gW1 = X.T @ d1 + lam * W1
    gb1 = d1.sum(axis=0)
    return gW1, gb1, gW2, gb2, gW3, gb3


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (n, 4))
    return X, np.eye(3)[np.digitize(X[:, 0] + X[:, 1] ** 2, [0.0, 1.5])]
