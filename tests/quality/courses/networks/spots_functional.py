"""Samples are columns, softplus by its inputs, softmax over one-hot columns; Adam as a function that returns new dicts."""

import numpy as np


def parameters(sizes=(2, 7, 3), seed=0):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.standard_normal((sizes[1], sizes[0])) * 0.7,
        "b1": rng.standard_normal((sizes[1], 1)) * 0.1,
        "W2": rng.standard_normal((sizes[2], sizes[1])) * 0.4,
        "b2": rng.standard_normal((sizes[2], 1)) * 0.1,
    }


def propagate(x, theta):
    z1 = theta["W1"].dot(x) + theta["b1"]
    a1 = np.log1p(np.exp(z1))
    z2 = theta["W2"].dot(a1) + theta["b2"]
    e = np.exp(z2 - np.max(z2, axis=0, keepdims=True))
    a2 = e / np.sum(e, axis=0, keepdims=True)
    return {"x": x, "z1": z1, "a1": a1, "z2": z2, "a2": a2}


def entropy(x, t, theta):
    a2 = propagate(x, theta)["a2"]
    return -np.sum(t * np.log(a2 + 1e-12)) / t.shape[1]


def cost(x, t, theta, lam):
    squares = np.sum(theta["W1"] ** 2) + np.sum(theta["W2"] ** 2)
    return entropy(x, t, theta) + 0.5 * lam * squares


def backprop(x, t, theta, lam):
    cache = propagate(x, theta)
    n = t.shape[1]
    d2 = cache["a2"] - t
    d1 = theta["W2"].T.dot(d2) / (1 + np.exp(-cache["z1"]))
    grads = {}
    grads["W2"] = d2.dot(cache["a1"].T) / n + lam * theta["W2"]
    grads["b2"] = d2.sum(axis=1, keepdims=True) / n
    grads["W1"] = d1.dot(x.T) / n + lam * theta["W1"]
    grads["b1"] = d1.sum(axis=1, keepdims=True) / n
    return grads


def adam_step(theta, grads, state, eta, b1=0.9, b2=0.99, eps=1e-8):
    state["t"] += 1
    new = {}
    for key, g in grads.items():
        state["m"][key] = b1 * state["m"][key] + (1 - b1) * g
        state["v"][key] = b2 * state["v"][key] + (1 - b2) * g * g
        m = state["m"][key] / (1 - b1 ** state["t"])
        v = state["v"][key] / (1 - b2 ** state["t"])
        new[key] = theta[key] - eta * m / (np.sqrt(v) + eps)
    return new


def optimise(x, t, theta, lam=0.002, epochs=40, eta=0.03, width=20, seed=0):
    draws = np.random.default_rng(seed)
    zeros = {key: np.zeros(w.shape) for key, w in theta.items()}
    state = {"t": 0, "m": dict(zeros), "v": dict(zeros)}
    history = []
    for _ in range(epochs):
        columns = draws.permutation(x.shape[1])
        for left in range(0, x.shape[1], width):
            pick = columns[left : left + width]
            grads = backprop(x[:, pick], t[:, pick], theta, lam)
            theta = adam_step(theta, grads, state, eta)
        history.append(cost(x, t, theta, lam))
    return theta, history


def classes(x, theta):
    return np.argmax(propagate(x, theta)["a2"], axis=0)


def share_right(x, t, theta):
    return np.mean(classes(x, theta) == np.argmax(t, axis=0))


def summary(x, t, x_held, t_held, theta):
    return entropy(x, t, theta), entropy(x_held, t_held, theta)


def scale(x, mean, std):
    return (x - mean) / std


def spots(n, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    centres = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    points = centres[labels] + rng.normal(0, 0.7, (n, 2))
    return 50.0 * points.T + 300.0, np.eye(3)[labels].T


def inputs(n, seed=0):
    x, t = spots(n, seed)
    return scale(x, x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)), t


def whole(n=60, seed=0):
    x, t = spots(n, seed)
    cut = 40
    x_fit, t_fit = x[:, :cut], t[:, :cut]
    x_held, t_held = x[:, cut:], t[:, cut:]
    mean, std = x_fit.mean(axis=1, keepdims=True), x_fit.std(axis=1, keepdims=True)
    theta, _ = optimise(scale(x_fit, mean, std), t_fit, parameters(seed=seed))
    return entropy(scale(x_held, mean, std), t_held, theta)


if __name__ == "__main__":
    print(whole())
