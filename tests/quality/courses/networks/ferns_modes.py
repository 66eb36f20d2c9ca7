"""Functions with caches and a dict of settings each, its "mode" among them: two hidden layers of one width, two moons."""

import numpy as np


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), np.sum(dout, axis=0)


def norm_forward(x, gamma, beta, param):
    if param["mode"] == "train":
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        param["mean"] = 0.9 * param["mean"] + 0.1 * mu
        param["var"] = 0.9 * param["var"] + 0.1 * var
    elif param["mode"] == "test":
        mu, var = param["mean"], param["var"]
    std = np.sqrt(var + 1e-5)
    xhat = (x - mu) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def norm_backward(dout, cache):
    xhat, gamma, std = cache
    n = len(xhat)
    dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
    dx = gamma / (n * std) * (n * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def dropout_forward(x, param):
    p, mask = param["p"], None
    if param["mode"] == "train":
        rng = np.random.RandomState(param["seed"])
        mask = (rng.rand(*x.shape) < p) / p
        out = x * mask
    else:
        out = x
    return out, mask


def dropout_backward(dout, mask):
    return dout * mask


def softmax_loss(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(logs)
    dscores[np.arange(len(y)), y] -= 1
    return -logs[np.arange(len(y)), y].mean(), dscores / len(y)


class FernNet:
    def __init__(self, seed=0, reg=0.002, h=7):
        rng = np.random.default_rng(seed)
        self.reg = reg
        self.params = {
            "W1": rng.normal(0, 0.6, (3, h)),
            "b1": rng.normal(0, 0.1, h),
            "W2": rng.normal(0, 0.5, (h, h)),
            "b2": rng.normal(0, 0.1, h),
            "W3": rng.normal(0, 0.5, (h, 4)),
            "b3": rng.normal(0, 0.1, 4),
            "gamma": np.full(h, 1.1),
            "beta": np.full(h, 0.05),
        }
        self.norm_param = {"mode": "train", "mean": np.zeros(h), "var": np.ones(h)}
        self.drop_param = {"mode": "train", "p": 0.85, "seed": 5}

    def scores(self, X, mode="test"):
        p = self.params
        self.norm_param["mode"] = mode
        self.drop_param["mode"] = mode
        a1, self.c1 = affine_forward(X, p["W1"], p["b1"])
        n1, self.cn = norm_forward(a1, p["gamma"], p["beta"], self.norm_param)
        h1 = np.tanh(n1)
        d1, self.mask = dropout_forward(h1, self.drop_param)
        a2, self.c2 = affine_forward(d1, p["W2"], p["b2"])
        h2 = np.tanh(a2)
        self.h1, self.h2 = h1, h2
        out, self.c3 = affine_forward(h2, p["W3"], p["b3"])
        return out

    def loss(self, X, y, mode="train"):
        data, _ = softmax_loss(self.scores(X, mode), y)
        penalty = 0.0
        for name in self.params:
            penalty += 0.5 * self.reg * np.sum(self.params[name] ** 2)
        return data + penalty

    def grads(self, X, y):
        _, dout = softmax_loss(self.scores(X, "train"), y)
        g = {}
        dh2, g["W3"], g["b3"] = affine_backward(dout, self.c3)
        dd1, g["W2"], g["b2"] = affine_backward(dh2 * (1 - self.h2**2), self.c2)
        dh1 = dropout_backward(dd1, self.mask)
        da1, g["gamma"], g["beta"] = norm_backward(dh1 * (1 - self.h1**2), self.cn)
        _, g["W1"], g["b1"] = affine_backward(da1, self.c1)
        for name in g:
            g[name] += self.reg * self.params[name]
        return g

    def probabilities(self, X):
        scores = self.scores(X)
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def predict(self, X):
        return np.argmax(self.scores(X, "test"), axis=1)

    def check_accuracy(self, X, y):
        return np.mean(self.predict(X) == y)


class Solver:
    def __init__(self, model, learning_rate=0.25, decay=0.98, batch_size=18):
        self.model, self.rate, self.decay, self.batch_size = model, learning_rate, decay, batch_size
        self.rng = np.random.default_rng(6)

    def step(self, X, y):
        grads = self.model.grads(X, y)
        for name, w in self.model.params.items():
            self.model.params[name] = w - self.rate * grads[name]

    def train(self, X, y, epochs=30):
        history = []
        for _ in range(epochs):
            order = self.rng.permutation(len(y))
            for first in range(0, len(y), self.batch_size):
                picked = order[first : first + self.batch_size]
                self.step(X[picked], y[picked])
            self.rate *= self.decay
            history.append(self.model.loss(X, y, "test"))
        return history


def fronds(n, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(4, n, p=[0.3, 0.3, 0.25, 0.15])
    turn = 2.2 * y + rng.uniform(0, 1.2, n)
    X = np.array([np.cos(turn), np.sin(turn), 0.4 * y]).T + rng.normal(0, 0.15, (n, 3))
    return 60.0 * X + 20.0, y


def levelled(X, mean, std):
    return (X - mean) / std


def get_ferns(n, seed=0):
    X, y = fronds(n, seed)
    return levelled(X, X.mean(axis=0), X.std(axis=0)), y


def grow(n=84, seed=0):
    X, y = fronds(n, seed)
    mean, std = X[:60].mean(axis=0), X[:60].std(axis=0)
    model = FernNet(seed)
    Solver(model).train(levelled(X[:60], mean, std), y[:60])
    return model.check_accuracy(levelled(X[60:], mean, std), y[60:])


if __name__ == "__main__":
    print(grow())
