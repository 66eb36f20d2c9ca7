# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""Layers as pairs of closures; the pullbacks hand gradients back."""

import numpy as np


def dense(w, b):
    def apply(x):
        def pullback(d):
            return d @ w.T, x.T @ d, d.sum(axis=0)

        return x @ w + b, pullback

    return apply


def softplus(x):
    return np.log1p(np.exp(x)), lambda d: d / (1 + np.exp(-x))


def value_and_grad(params, x, y):
    (w1, b1), (w2, b2) = params
    z, back1 = dense(w1, b1)(x)
    a, back_a = softplus(z)
    out, back2 = dense(w2, b2)(a)
    miss = out - y
    value = np.mean(miss**2)
    da, dw2, db2 = back2(2 * miss / miss.size)
    _, dw1, db1 = back1(back_a(da))
    return value, [(dw1, db1), (dw2, db2)]


def sgd(params, grads, rate):
    return [(w - rate * dw, b - rate * db) for (w, b), (dw, db) in zip(params, grads)]


def main():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(70, 2))
    y = (x**2).sum(axis=1, keepdims=True)
    params = [
        (rng.normal(size=(2, 6)), np.zeros(6)),
        (rng.normal(size=(6, 1)), np.zeros(1)),
    ]
    for i in range(300):
        loss, grads = value_and_grad(params, x, y)
        params = sgd(params, grads, 0.05)
        if i % 50 == 0:
            print(i, loss)


if __name__ == "__main__":
    main()
