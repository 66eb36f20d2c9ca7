"""One forward pass to train and one to predict, over dicts: samples are columns, sigmoids for several labels each."""

import numpy as np

KEEP, LAMBDA, EPS = 0.85, 0.001, 1e-5


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def init(seed=0, units=9):
    rng = np.random.default_rng(seed)
    p = {}
    p["W1"] = rng.normal(0, 0.6, (units, 4))
    p["b1"] = rng.normal(0, 0.1, (units, 1))
    p["g"] = np.full((units, 1), 1.5)
    p["s"] = np.full((units, 1), 0.1)
    p["W2"] = rng.normal(0, 0.5, (3, units))
    p["b2"] = rng.normal(0, 0.1, (3, 1))
    running = {"mu": np.zeros((units, 1)), "var": np.ones((units, 1))}
    return p, running


def forward_train(p, running, x, seed=2):
    c = {"x": x}
    z1 = p["W1"] @ x + p["b1"]
    mu = z1.mean(axis=1, keepdims=True)
    var = z1.var(axis=1, keepdims=True)
    running["mu"] = 0.85 * running["mu"] + 0.15 * mu
    running["var"] = 0.85 * running["var"] + 0.15 * var
    c["std"] = np.sqrt(var + EPS)
    c["hat"] = (z1 - mu) / c["std"]
    c["t1"] = np.tanh(p["g"] * c["hat"] + p["s"])
    c["drop"] = np.random.default_rng(seed).binomial(1, KEEP, size=c["t1"].shape) / KEEP
    c["a1"] = c["t1"] * c["drop"]
    c["a2"] = sigmoid(p["W2"] @ c["a1"] + p["b2"])
    return c


def forward_test(p, running, x):
    z1 = p["W1"] @ x + p["b1"]
    hat = (z1 - running["mu"]) / np.sqrt(running["var"] + EPS)
    a1 = np.tanh(p["g"] * hat + p["s"])
    return sigmoid(p["W2"] @ a1 + p["b2"])


def bce(a, t):
    return -np.sum(t * np.log(a + 1e-12) + (1 - t) * np.log(1 - a + 1e-12)) / t.shape[1]


def cost(p, running, x, t):
    fit = bce(forward_train(p, running, x)["a2"], t)
    return fit + LAMBDA * sum(np.sum(w**2) for w in p.values())


def gradient(p, running, x, t):
    c = forward_train(p, running, x)
    m = x.shape[1]
    d2 = (c["a2"] - t) / m
    grads = {"W2": d2 @ c["a1"].T, "b2": d2.sum(axis=1, keepdims=True)}
    d1 = (p["W2"].T @ d2) * c["drop"] * (1 - c["t1"] ** 2)
    grads["g"] = np.sum(d1 * c["hat"], axis=1, keepdims=True)
    grads["s"] = np.sum(d1, axis=1, keepdims=True)
    e = d1 * p["g"]
    d0 = e - e.mean(axis=1, keepdims=True) - c["hat"] * np.mean(e * c["hat"], axis=1, keepdims=True)
    d0 = d0 / c["std"]
    grads["W1"] = d0 @ x.T
    grads["b1"] = d0.sum(axis=1, keepdims=True)
    for name, w in p.items():
        grads[name] = grads[name] + 2 * LAMBDA * w
    return grads


def train(p, running, x, t, epochs=30, rate=0.5, size=16):
    draw = np.random.default_rng(8)
    speed = {name: np.zeros_like(w) for name, w in p.items()}
    costs = []
    for epoch in range(epochs):
        order = draw.permutation(x.shape[1])
        for left in range(0, x.shape[1], size):
            cols = order[left : left + size]
            grads = gradient(p, running, x[:, cols], t[:, cols])
            for name in p:
                speed[name] = 0.6 * speed[name] + grads[name]
                p[name] = p[name] - rate / (1 + 0.05 * epoch) * speed[name]
        costs.append(bce(forward_test(p, running, x), t))
    return costs


def tags(p, running, x):
    return forward_test(p, running, x) > 0.5


def share_right(p, running, x, t):
    return np.mean(tags(p, running, x) == (t > 0.5))


def reef(n, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 1, (n, 4))
    t = np.array([points[:, 0] > 0, points[:, 1] + points[:, 2] > 0, points[:, 0] * points[:, 3] > -0.4])
    return 25.0 * points.T + 10.0, t.astype(float)


def adjusted(x, mean, std):
    return (x - mean) / std


def reefs(n, seed=0):
    x, t = reef(n, seed)
    return adjusted(x, x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)), t


def dive(n=80, seed=0):
    x, t = reef(n, seed)
    mean, std = x[:, :56].mean(axis=1, keepdims=True), x[:, :56].std(axis=1, keepdims=True)
    p, running = init(seed)
    train(p, running, adjusted(x[:, :56], mean, std), t[:, :56])
    return share_right(p, running, adjusted(x[:, 56:], mean, std), t[:, 56:])


if __name__ == "__main__":
    print(dive())
