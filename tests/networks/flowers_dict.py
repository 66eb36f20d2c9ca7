"""The same network as functions over a dict of weights, updated sample by sample."""

import numpy as np

from gradcheck.reference.datasets import iris


def init(sizes, seed=1):
    rng = np.random.default_rng(seed)
    n_in, n_hidden, n_out = sizes
    return {
        "W1": rng.normal(size=(n_in, n_hidden)),
        "b1": np.zeros(n_hidden),
        "W2": rng.normal(size=(n_hidden, n_out)),
        "b2": np.zeros(n_out),
    }


def forward(p, x):
    hidden = np.tanh(x @ p["W1"] + p["b1"])
    scores = hidden @ p["W2"] + p["b2"]
    powers = np.exp(scores - np.max(scores))
    return hidden, powers / np.sum(powers)


def cost(p, x, label, scale=1.0, lam=0.01):
    _, probs = forward(p, x)
    penalty = lam / len(x) * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))
    return scale * (penalty - np.log(probs[label]))


def backward(p, x, label, scale=1.0, lam=0.01):
    hidden, probs = forward(p, x)
    grads = {}
    d_out = scale * (probs - np.eye(len(probs))[label])
    grads["b2"] = d_out
    grads["W2"] = np.outer(hidden, d_out) + 2 * scale * lam / len(x) * p["W2"]
    d_hidden = p["W2"] @ d_out * (1 - hidden**2)
    grads["b1"] = d_hidden
    grads["W1"] = np.outer(x, d_hidden) + 2 * scale * lam / len(x) * p["W1"]
    return grads


def update(p, x, label, rate=0.05, scale=1.0):
    for name, grad in backward(p, x, label, scale).items():
        p[name] = p[name] - rate / scale * grad


def train(p, X, y, steps, seed=0):
    rng = np.random.default_rng(seed)
    for i in rng.integers(len(y), size=steps):
        update(p, X[i], y[i])


if __name__ == "__main__":
    flowers = iris()
    weights = init((4, 4, 3))
    train(weights, flowers.X, flowers.y, 500)
    print(cost(weights, flowers.X[0], flowers.y[0]))  # noqa: T201 -- a script tells how it went
