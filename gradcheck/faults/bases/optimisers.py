"""Layer objects that hold their parameters and gradients, and optimisers that step over them by name."""

import numpy as np


class Dense:
    def __init__(self, n_in, n_out, rng):
        self.params = {"W": rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out)), "b": rng.normal(0, 0.1, n_out)}
        self.grads = {"W": np.zeros((n_in, n_out)), "b": np.zeros(n_out)}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, delta):
        self.grads["W"] += self.x.T @ delta
        self.grads["b"] += delta.sum(axis=0)
        return delta @ self.params["W"].T


class Tanh:
    params, grads = {}, {}

    def forward(self, x):
        self.h = np.tanh(x)
        return self.h

    def backward(self, dh):
        return dh * (1 - self.h**2)


class Network:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.body = []
        for n_in, n_out in zip(sizes[:-2], sizes[1:-1]):
            self.body += [Dense(n_in, n_out, rng), Tanh()]
        self.head = Dense(sizes[-2], sizes[-1], rng)
        self.layers = [*self.body, self.head]

    def params(self):
        return {f"{i}.{k}": p for i, layer in enumerate(self.layers) for k, p in layer.params.items()}

    def grads(self):
        return {f"{i}.{k}": g for i, layer in enumerate(self.layers) for k, g in layer.grads.items()}

    def zero_grads(self):
        for grad in self.grads().values():
            grad[...] = 0

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, y):
        return 0.5 * np.mean(np.sum((self.forward(x) - y) ** 2, axis=1))

    def backward(self, x, y):
        self.zero_grads()
        delta = (self.forward(x) - y) / len(x)
        for layer in reversed(self.layers):
            delta = layer.backward(delta)
        return self.grads()


class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu = lr, mu
        self.velocity = {}

    def step(self, params, grads):
        for name, w in params.items():
            v = self.velocity.setdefault(name, np.zeros_like(w))
            v[...] = self.mu * v + grads[name]
            w -= self.lr * v


class Adam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t, self.m, self.v = 0, {}, {}

    def step(self, params, grads):
        self.t += 1
        for name, w in params.items():
            m = self.m.setdefault(name, np.zeros_like(w))
            v = self.v.setdefault(name, np.zeros_like(w))
            m[...] = self.beta1 * m + (1 - self.beta1) * grads[name]
            v[...] = self.beta2 * v + (1 - self.beta2) * grads[name] ** 2
            m_hat = m / (1 - self.beta1**self.t)
            v_hat = v / (1 - self.beta2**self.t)
            w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def clip(grads, limit):
    """Shorten the whole gradient to `limit`; its direction stays."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    factor = min(1.0, limit / (norm + 1e-12))
    return {name: g * factor for name, g in grads.items()}


def schedule(lr, epoch):
    """Half the rate after every fifty epochs."""
    return lr * 0.5 ** (epoch // 50)


def train(net, optimiser, x, y, epochs=150, limit=5.0):
    lr = optimiser.lr
    history = []
    for epoch in range(epochs):
        optimiser.lr = schedule(lr, epoch)
        grads = net.backward(x, y)
        norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
        optimiser.step(net.params(), clip(grads, limit))
        history.append({"loss": net.loss(x, y), "norm": norm, "lr": optimiser.lr})
    return history


def make_data(n, seed=0):
    """Where an arm of two joints ends, from its two angles and its length."""
    rng = np.random.default_rng(seed)
    a, b, r = rng.uniform(-1, 1, (3, n))
    reach = 1 + 0.3 * r
    return np.column_stack([a, b, r]), np.column_stack(
        [reach * np.cos(a) + np.cos(b), reach * np.sin(a) + np.sin(b)]
    )


if __name__ == "__main__":
    x, y = make_data(60)
    for optimiser in (Momentum(), Adam()):
        history = train(Network([3, 8, 8, 2]), optimiser, x, y)
        print(f"{type(optimiser).__name__}: loss {history[0]['loss']:.4f} -> {history[-1]['loss']:.4f}")
