"""A list of layers, plain steps and a decay of the weights apart from the gradient."""

import numpy as np

rng = np.random.default_rng(6)
x = rng.normal(size=(7, 3))
t = np.tanh(x @ rng.normal(size=(3, 2)))
layers = [[rng.normal(0, 0.5, (3, 4)), np.zeros(4) + 0.1], [rng.normal(0, 0.5, (4, 2)), np.zeros(2) + 0.1]]


def run(x):
    h = np.tanh(x @ layers[0][0] + layers[0][1])
    return h, h @ layers[1][0] + layers[1][1]


def cost(x, t):
    return 0.5 * np.mean(np.sum((run(x)[1] - t) ** 2, axis=1))


def step(x, t, eta, decay):
    h, o = run(x)
    d = (o - t) / len(x)
    e = d @ layers[1][0].T * (1 - h**2)
    for (W, b), before, delta in zip(layers, (x, h), (e, d)):
        W -= eta * decay * W
        W -= eta * before.T @ delta
        b -= eta * delta.sum(axis=0)


if __name__ == "__main__":
    for epoch in range(120):
        step(x, t, 0.1, 0.01)
    cost(x, t)
