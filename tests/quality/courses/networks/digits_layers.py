"""Layer objects that add up their gradients: tanh, dropout, log-softmax over integer labels; Momentum and Adam classes."""

import numpy as np


class Linear:
    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out))
        self.b = rng.normal(0, 0.1, fan_out)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x, training):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW += self.x.T @ d
        self.db += d.sum(axis=0)
        return d @ self.W.T

    def pairs(self):
        return [(self.W, self.dW), (self.b, self.db)]


class Tanh:
    def forward(self, x, training):
        self.y = np.tanh(x)
        return self.y

    def backward(self, d):
        return d * (1 - self.y**2)

    def pairs(self):
        return []


class Dropout:
    def __init__(self, keep):
        self.keep = keep

    def forward(self, x, training):
        if not training:
            return x
        rng = np.random.default_rng(3)
        self.mask = (rng.random(x.shape) < self.keep) / self.keep
        return x * self.mask

    def backward(self, d):
        return d * self.mask

    def pairs(self):
        return []


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


class Stack:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.l1 = Linear(5, 8, rng)
        self.l2 = Linear(8, 3, rng)
        self.layers = [self.l1, Tanh(), Dropout(0.9), self.l2]

    def forward(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return np.exp(log_softmax(x))

    def logits(self, x, training):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def loss(self, x, y, training=False):
        return -np.mean(log_softmax(self.logits(x, training))[np.arange(len(y)), y])

    def backward(self, x, y):
        d = np.exp(log_softmax(self.logits(x, True)))
        d[np.arange(len(y)), y] -= 1
        d = d / len(y)
        for layer in reversed(self.layers):
            d = layer.backward(d)

    def pairs(self):
        return [pair for layer in self.layers for pair in layer.pairs()]

    def clear(self):
        for _, grad in self.pairs():
            grad[...] = 0.0


class Momentum:
    def __init__(self, rate=0.1, mu=0.9):
        self.rate, self.mu, self.moving = rate, mu, []

    def step(self, pairs):
        if not self.moving:
            self.moving = [np.zeros_like(w) for w, _ in pairs]
        for v, (w, g) in zip(self.moving, pairs, strict=True):
            v[...] = self.mu * v + g
            w -= self.rate * v


class Adam:
    def __init__(self, rate=0.01, b1=0.9, b2=0.999, eps=1e-8):
        self.rate, self.b1, self.b2, self.eps = rate, b1, b2, eps
        self.count, self.m, self.v = 0, [], []

    def step(self, pairs):
        if not self.m:
            self.m = [np.zeros_like(w) for w, _ in pairs]
            self.v = [np.zeros_like(w) for w, _ in pairs]
        self.count += 1
        for m, v, (w, g) in zip(self.m, self.v, pairs, strict=True):
            m[...] = self.b1 * m + (1 - self.b1) * g
            v[...] = self.b2 * v + (1 - self.b2) * g * g
            m_hat = m / (1 - self.b1**self.count)
            v_hat = v / (1 - self.b2**self.count)
            w -= self.rate * m_hat / (np.sqrt(v_hat) + self.eps)


def train(net, optimiser, x, y, epochs=15, size=16):
    order = np.random.default_rng(0)
    base = optimiser.rate
    rows = []
    for epoch in range(epochs):
        optimiser.rate = base * 0.5 ** (epoch // 8)
        index = order.permutation(len(y))
        for at in range(0, len(y), size):
            part = index[at : at + size]
            net.clear()
            net.backward(x[part], y[part])
            norm = np.sqrt(sum(np.sum(g * g) for _, g in net.pairs()))
            optimiser.step(net.pairs())
        rows.append({"loss": net.loss(x, y), "norm": norm, "rate": optimiser.rate})
    return rows


def guess(net, x):
    return net.forward(x).argmax(axis=1)


def accuracy(net, x, y, size=10):
    right = [np.sum(guess(net, x[s : s + size]) == y[s : s + size]) for s in range(0, len(y), size)]
    return sum(right) / len(y)


def centred(x, mean, std):
    return (x - mean) / std


def bars(n, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    shapes = np.array([[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 1, 1.0]])
    return 90.0 * (shapes[y] + rng.normal(0, 0.3, (n, 5))), y


def ready(n, seed=0):
    x, y = bars(n, seed)
    return centred(x, x.mean(axis=0), x.std(axis=0)), y


def trial(n=64, seed=0):
    x, y = bars(n, seed)
    train_set, test_set = slice(None, 48), slice(48, None)
    mean, std = x[train_set].mean(axis=0), x[train_set].std(axis=0)
    net = Stack(seed)
    train(net, Adam(0.02), centred(x[train_set], mean, std), y[train_set])
    return net.loss(centred(x[test_set], mean, std), y[test_set])


if __name__ == "__main__":
    print(trial())
