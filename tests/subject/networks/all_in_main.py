# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""Everything inside `main`: no name outside of it, no call to repeat."""

import numpy as np


def main():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(64, 5))
    y = (np.sin(X[:, 0]) + X[:, 1]).reshape(-1, 1)
    W = rng.normal(size=(5, 8)) * 0.4
    b = np.zeros(8)
    V = rng.normal(size=(8, 1)) * 0.4
    c = np.zeros(1)
    eta = 0.05
    for step in range(500):
        a = np.maximum(0, X @ W + b)
        out = a @ V + c
        miss = out - y
        mse = (miss**2).mean()
        g = 2 * miss / len(X)
        gV, gc = a.T @ g, g.sum(0)
        ga = (g @ V.T) * (a > 0)
        W -= eta * (X.T @ ga)
        b -= eta * ga.sum(0)
        V -= eta * gV
        c -= eta * gc
        if step % 100 == 0:
            print(step, mse)


main()
