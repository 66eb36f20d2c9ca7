"""Three spiral arms told apart by two ReLU layers; the weights in a dict, whole batches, momentum."""

import numpy as np


def spirals(per_arm=60, arms=3, seed=0):
    rng = np.random.default_rng(seed)
    radius = np.linspace(0.1, 1, per_arm)
    points, labels = [], []
    for arm in range(arms):
        angle = 4 * radius + 2 * np.pi * arm / arms + rng.normal(scale=0.15, size=per_arm)
        points.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
        labels.append(np.full(per_arm, arm))
    return np.concatenate(points), np.concatenate(labels)


def init(sizes, seed=0):
    rng = np.random.default_rng(seed)
    params = {}
    for i, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:]), start=1):
        params[f"W{i}"] = rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
        params[f"b{i}"] = np.zeros(fan_out)
    return params


def forward(params, X):
    cache = {"h0": X}
    for i in (1, 2):
        cache[f"z{i}"] = cache[f"h{i - 1}"] @ params[f"W{i}"] + params[f"b{i}"]
        cache[f"h{i}"] = np.maximum(cache[f"z{i}"], 0)
    scores = cache["h2"] @ params["W3"] + params["b3"]
    scores = scores - scores.max(axis=1, keepdims=True)
    cache["probs"] = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return cache


def loss(params, X, y):
    return -np.log(forward(params, X)["probs"][np.arange(len(y)), y]).mean()


def backward(params, cache, y):
    n = len(y)
    grads = {}
    d3 = cache["probs"].copy()
    d3[np.arange(n), y] -= 1
    d3 /= n
    grads["W3"] = cache["h2"].T @ d3
    grads["b3"] = d3.sum(axis=0)
    d2 = d3 @ params["W3"].T * (cache["z2"] > 0)
    grads["W2"] = cache["h1"].T @ d2
    grads["b2"] = d2.sum(axis=0)
    d1 = d2 @ params["W2"] * (cache["z1"] > 0)
    grads["W1"] = cache["h0"].T @ d1
    grads["b1"] = d1.mean(axis=0)
    return grads


def train(params, X, y, epochs=300, lr=0.05, mu=0.9):
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    for _ in range(epochs):
        grads = backward(params, forward(params, X), y)
        for name in params:
            velocity[name] = mu * velocity[name] - lr * grads[name]
            params[name] += velocity[name]


if __name__ == "__main__":
    X, y = spirals()
    params = init([2, 6, 6, 3])
    print("loss before", loss(params, X, y))
    train(params, X, y)
    print("loss after", loss(params, X, y))
    print("right answers", (forward(params, X)["probs"].argmax(axis=1) == y).mean())
