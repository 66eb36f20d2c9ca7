"""Which bar is lit: layer objects with forward and backward, two relu layers, softmax; grey values from 0 to 1."""

import numpy as np


class Dense:
    def __init__(self, fan_in, fan_out, rng):
        self.w = rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
        self.b = np.zeros(fan_out)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, delta):
        self.dw, self.db = self.x.T @ delta, delta.sum(0)
        return delta @ self.w.T


class Eyes(Dense):
    def __init__(self, fan_in, fan_out, rng):
        super().__init__(fan_in, fan_out, rng)
        self.w = rng.random((fan_in, fan_out)) - 1.0


class Relu:
    def forward(self, z):
        self.on = z > 0
        return z * self.on

    def backward(self, delta):
        return delta * self.on


class Bars:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.dense = [Eyes(9, 8, rng), Dense(8, 8, rng), Dense(8, 3, rng)]
        self.stack = [self.dense[0], Relu(), self.dense[1], Relu(), self.dense[2]]

    def scores(self, x):
        for layer in self.stack:
            x = layer.forward(x)
        return x

    def probabilities(self, x):
        s = self.scores(x)
        e = np.exp(s - np.max(s, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(self, x, y):
        return -np.log(self.probabilities(x)[range(len(y)), y] + 1e-12).mean()

    def backward(self, x, y):
        delta = self.probabilities(x)
        delta[range(len(y)), y] -= 1
        delta = delta / len(y)
        for layer in self.stack[::-1]:
            delta = layer.backward(delta)

    def run(self, x, y, epochs=200, rate=0.3):
        for _ in range(epochs):
            self.backward(x, y)
            for layer in self.dense:
                layer.w -= rate * layer.dw
                layer.b -= rate * layer.db


def pictures(count, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    x = rng.uniform(0.0, 0.3, (count, 3, 3))
    x[np.arange(count), :, y] += 0.7
    return x.reshape(count, 9), y
