"""Layers in a list, each with forward and backward: two convolutions by columns of patches, pooling, dropout, dense."""

import numpy as np


class Conv:
    def __init__(self, rng, n_in, n_out):
        self.W, self.b = rng.normal(0, 0.5, (n_out, n_in * 9)), rng.normal(0, 0.2, n_out)

    def forward(self, x):
        n, c, rows, cols = self.shape = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        parts = [padded[:, :, i : i + rows, j : j + cols] for i in range(3) for j in range(3)]
        self.cols = np.stack(parts, axis=2).reshape(n, c * 9, rows * cols)
        self.z = (self.W @ self.cols + self.b[:, None]).reshape(n, -1, rows, cols)
        self.out = np.sin(self.z)
        return self.out

    def backward(self, dout):
        n, c, rows, cols = self.shape
        dz = dout * np.cos(self.z)
        flat = dz.reshape(n, -1, rows * cols)
        self.dW = np.sum(flat @ self.cols.transpose(0, 2, 1), axis=0)
        self.db = flat.sum(axis=(0, 2))
        parts = (self.W.T @ flat).reshape(n, c, 3, 3, rows, cols)
        dx = np.zeros((n, c, rows + 2, cols + 2))
        for i in range(3):
            for j in range(3):
                dx[:, :, i : i + rows, j : j + cols] += parts[:, :, i, j]
        return dx[:, :, 1:-1, 1:-1]


class Pool:
    def forward(self, x):
        n, c, rows, cols = self.shape = x.shape
        self.blocks = x.reshape(n, c, rows // 2, 2, cols // 2, 2)
        self.top = self.blocks.max(axis=(3, 5), keepdims=True)
        return self.top.reshape(n, c, rows // 2, cols // 2)

    def backward(self, dout):
        winner = self.blocks == self.top
        spread = winner * dout[:, :, :, None, :, None]
        return spread.reshape(self.shape)


class Dropout:
    keep = 0.75

    def forward(self, x):
        self.shape = x.shape
        self.mask = (np.random.default_rng(3).random(x.shape[1:]) < self.keep) / self.keep
        return (x * self.mask).reshape(len(x), -1)

    def backward(self, dout):
        dx = dout.reshape(self.shape)
        return dx * self.mask


class Net:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Conv(rng, 1, 2), Conv(rng, 2, 2), Pool(), Dropout()]
        self.V, self.v = rng.normal(0, 0.6, (8, 3)), rng.normal(0, 0.2, 3)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        self.features = x
        self.scores = x @ self.V + self.v
        e = np.exp(self.scores)
        self.probs = e / e.sum(axis=1, keepdims=True)
        return self.probs

    def loss(self, x, t):
        return -np.mean(np.sum(t * np.log(self.forward(x)), axis=1))

    def backward(self, x, t):
        self.forward(x)
        d = (self.probs - t) / len(x)
        self.dV = self.features.T @ d
        self.dv = d.sum(axis=0)
        d = d @ self.V.T
        for layer in reversed(self.layers):
            d = layer.backward(d)


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (n, 1, 4, 4))
    return x, np.eye(3)[np.digitize(x[:, 0, 1, 1] + x[:, 0, 2, 3], [-0.5, 0.5])]
