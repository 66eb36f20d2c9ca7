"""Words are looked up, convolved in windows of three, pooled over the line: loops over the offsets of a window."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Weights:
    E: np.ndarray
    K: np.ndarray
    k: np.ndarray
    V: np.ndarray
    v: np.ndarray


def fresh(seed=0):
    rng = np.random.default_rng(seed)
    shapes = (7, 3), (3, 3, 4), (4,), (4, 3), (3,)
    return Weights(*(rng.normal(0, 0.7, shape) for shape in shapes))


def pad(x):
    return np.pad(x, ((0, 0), (1, 1), (0, 0)))


def read(w, words):
    length = words.shape[1]
    x = pad(w.E[words])
    z = w.k + sum(x[:, o : o + length] @ w.K[o] for o in range(3))
    a = np.tanh(z)
    top = a.max(axis=1)
    scores = top @ w.V + w.v
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return x, z, a, top, scores, e / e.sum(axis=1, keepdims=True)


def loss(w, words, T):
    return -np.sum(T * np.log(read(w, words)[-1])) / len(words)


def gradient(w, words, T):
    x, z, a, top, scores, p = read(w, words)  # noqa: RUF059 - faults put them to use
    n, length = words.shape
    d = (p - T) / n
    gV = top.T @ d
    gv = d.sum(axis=0)
    dtop = d @ w.V.T
    best = a.argmax(axis=1)
    da = np.zeros_like(a)
    for i in range(n):
        da[i, best[i], np.arange(4)] = dtop[i]
    dz = da * (1 - np.tanh(z) ** 2)
    gk = dz.sum(axis=(0, 1))
    gK = np.zeros_like(w.K)
    dx = np.zeros_like(x)
    for o in range(3):
        gK[o] = np.einsum("nlc,nlf->cf", x[:, o : o + length], dz)
        dx[:, o : o + length] += dz @ w.K[o].T
    gE = np.zeros_like(w.E)
    np.add.at(gE, words, dx[:, 1:-1])
    return Weights(gE, gK, gk, gV, gv)


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 7, (n, 5))
    return words, np.eye(3)[np.clip(np.sum(words == 2, axis=1), 0, 2)]
