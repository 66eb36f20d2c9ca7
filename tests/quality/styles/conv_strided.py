"""A padded convolution in steps of two over sliding windows, softplus, means over cells, one logistic output."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

STEP = 2


def windows(x):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    return sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::STEP, ::STEP]


def forward(x, net):
    views = windows(x)
    z = np.einsum("nijuv,fuv->nfij", views, net["K"][:, ::-1, ::-1]) + net["k"][:, None, None]
    a = np.log1p(np.exp(z))
    mean = a.mean(axis=(2, 3))
    z2 = mean @ net["W"] + net["b"]
    h = np.tanh(z2)
    logit = h @ net["v"] + net["c"]
    return views, z, a, mean, z2, h, logit, 1 / (1 + np.exp(-logit))


def cost(x, y, net):
    q = forward(x, net)[-1]
    return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))


def backward(x, y, net):
    views, z, a, mean, z2, h, logit, q = forward(x, net)  # noqa: RUF059 - faults put them to use
    m = x.shape[0]
    dlogit = (q - y) / m
    dv = np.dot(h.T, dlogit)
    dc = np.sum(dlogit, axis=0)
    dz2 = np.dot(dlogit, net["v"].T) * (1 - np.tanh(z2) ** 2)
    dW = np.dot(mean.T, dz2)
    db = np.sum(dz2, axis=0)
    dmean = np.dot(dz2, net["W"].T)
    cells = a.shape[2] * a.shape[3]
    da = np.ones_like(a) * dmean[:, :, None, None] / cells
    dz = da / (1 + np.exp(-z))
    dk = np.sum(dz, axis=(0, 2, 3))
    dK = np.einsum("nijuv,nfij->fuv", views, dz)[:, ::-1, ::-1]
    return {"K": dK, "k": dk, "W": dW, "b": db, "v": dv, "c": dc}


def start(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"K": (3, 3, 3), "k": (3,), "W": (3, 4), "b": (4,), "v": (4, 1), "c": (1,)}
    return {name: rng.normal(0, 0.6, shape) for name, shape in shapes.items()}


def data(m, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (m, 5, 5))
    return x, (x[:, 2:3, 2] * x[:, 0:1, 0] > 0).astype(float)
