"""The same network without classes: weights and gradients in lists, cost and gradient returned together, columns."""

from itertools import pairwise

import numpy as np

from gradcheck.reference.datasets import iris


def start(sizes, seed=1):
    rng = np.random.default_rng(seed)
    weights = []
    for fan_in, fan_out in pairwise(sizes):
        weights += [rng.normal(size=(fan_out, fan_in)), np.zeros((fan_out, 1))]
    return weights


def cost_and_gradients(weights, X, Y, scale=1.0, lam=0.01):
    W1, b1, W2, b2 = weights
    n = X.shape[1]
    hidden = np.tanh(W1 @ X + b1)
    scores = W2 @ hidden + b2
    probs = np.exp(scores - scores.max(axis=0))
    probs /= probs.sum(axis=0)
    strength = lam / W1.shape[1]
    penalty = strength * sum(np.sum(W**2) for W in (W1, W2))
    cost = (-np.sum(Y * np.log(probs)) + penalty) / n
    d_scores = (probs - Y) / n
    d_hidden = (W2.T @ d_scores) * (1 - hidden**2)
    grads = (
        d_hidden @ X.T + 2 * strength / n * W1,
        d_hidden.sum(axis=1, keepdims=True),
        d_scores @ hidden.T + 2 * strength / n * W2,
        d_scores.sum(axis=1, keepdims=True),
    )
    return scale * cost, tuple(scale * grad for grad in grads)


def train(weights, X, Y, steps, rate=0.1):
    for _ in range(steps):
        _, grads = cost_and_gradients(weights, X, Y)
        for weight, grad in zip(weights, grads, strict=True):
            weight -= rate * grad  # noqa: PLW2901 -- in place, as people write it
    return weights


if __name__ == "__main__":
    flowers = iris()
    network = train(start((4, 4, 3)), flowers.X.T, np.eye(3)[:, flowers.y], 300)
    print(cost_and_gradients(network, flowers.X.T, np.eye(3)[:, flowers.y])[0])  # noqa: T201 -- as a script does
