"""Adam in a closure: its means are names that nobody else reaches, and neither is the gradient."""

import numpy as np


def adam(params, lr=0.01):
    m = [np.zeros_like(p) for p in params]
    v = [np.zeros_like(p) for p in params]
    t = 0

    def step(x, y):
        nonlocal t
        t += 1
        W, b = params
        d = (x @ W + b - y) / len(x)
        for i, g in enumerate((x.T @ d, d.sum(axis=0))):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.99 * v[i] + 0.01 * g * g
            params[i] -= lr * m[i] / (1 - 0.9**t) / (np.sqrt(v[i] / (1 - 0.99**t)) + 1e-8)

    return step


def loss(x, y, W, b):
    return 0.5 * np.mean(np.sum((x @ W + b - y) ** 2, axis=1))


if __name__ == "__main__":
    rng = np.random.default_rng(2)
    x = rng.normal(size=(12, 4))
    y = x @ rng.normal(size=(4, 2))
    W, b = rng.normal(size=(4, 2)), np.zeros(2) + 0.1
    step = adam([W, b])
    for _ in range(50):
        step(x, y)
    print(loss(x, y, W, b))
