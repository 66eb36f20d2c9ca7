"""Parameters that hold value and gradient: dense layers of one width, ReLU, softmax; Momentum and Adam over a list."""

import numpy as np


class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class Dense:
    def __init__(self, fan_in, fan_out, rng):
        self.w = Parameter(rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)))
        self.b = Parameter(np.full(fan_out, 0.03))

    def __call__(self, x):
        self.x = x
        return np.dot(x, self.w.value) + self.b.value

    def back(self, d):
        self.w.grad += np.dot(self.x.T, d)
        self.b.grad += np.sum(d, axis=0)
        return np.dot(d, self.w.value.T)

    def parameters(self):
        return [self.w, self.b]


class Relu:
    def __call__(self, x):
        self.on = x > 0
        return np.where(self.on, x, 0.0)

    def back(self, d):
        return d * self.on

    def parameters(self):
        return []


class Model:
    def __init__(self, seed=0, width=6):
        rng = np.random.default_rng(seed)
        self.first, self.second = Dense(4, width, rng), Dense(width, width, rng)
        self.last = Dense(width, 3, rng)
        self.chain = [self.first, Relu(), self.second, Relu(), self.last]

    def probabilities(self, x):
        for layer in self.chain:
            x = layer(x)
        e = np.exp(x - np.amax(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(self, x, t):
        return -np.sum(t * np.log(self.probabilities(x) + 1e-12)) / len(x)

    def back(self, x, t):
        d = (self.probabilities(x) - t) / len(x)
        for layer in self.chain[::-1]:
            d = layer.back(d)

    def parameters(self):
        return [parameter for layer in self.chain for parameter in layer.parameters()]


class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu, self.speeds = lr, mu, {}

    def update(self, parameters):
        for i, parameter in enumerate(parameters):
            speed = self.speeds.get(i, 0.0)
            self.speeds[i] = self.mu * speed + parameter.grad
            parameter.value -= self.lr * self.speeds[i]


class Adam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.99, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t, self.m, self.v = 0, {}, {}

    def update(self, parameters):
        self.t += 1
        for i, parameter in enumerate(parameters):
            g = parameter.grad
            self.m[i] = self.beta1 * self.m.get(i, 0.0) + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v.get(i, 0.0) + (1 - self.beta2) * g**2
            m = self.m[i] / (1 - self.beta1**self.t)
            v = self.v[i] / (1 - self.beta2**self.t)
            parameter.value -= self.lr * m / (np.sqrt(v) + self.eps)


def zero(parameters):
    for parameter in parameters:
        parameter.grad[...] = 0.0


def clip(parameters, limit):
    norm = np.sqrt(sum(np.sum(parameter.grad**2) for parameter in parameters))
    if norm > limit:
        for parameter in parameters:
            parameter.grad *= limit / norm
    return norm


def drop(base, epoch):
    return base * 0.7 ** (epoch // 5)


def fit(model, optimiser, x, t, epochs=24, batch=15):
    order = np.random.default_rng(9)
    base, story = optimiser.lr, []
    for epoch in range(epochs):
        optimiser.lr = drop(base, epoch)
        mixed = order.permutation(len(x))
        for at in range(0, len(x), batch):
            part = mixed[at : at + batch]
            zero(model.parameters())
            model.back(x[part], t[part])
            norm = clip(model.parameters(), 0.6)
            optimiser.update(model.parameters())
        story.append((model.loss(x, t), norm, optimiser.lr))
    return story


def guess(model, x):
    return np.argmax(model.probabilities(x), axis=1)


def rate_right(model, x, t):
    return np.mean(guess(model, x) == np.argmax(t, axis=1))


def rate_in_parts(model, x, t, size=8):
    right = sum(
        rate_right(model, x[i : i + size], t[i : i + size]) * len(x[i : i + size])
        for i in range(0, len(x), size)
    )
    return right / len(x)


def rescaled(x, mean, std):
    return (x - mean) / std


def letters(n, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.choice(3, n, p=[0.4, 0.35, 0.25])
    strokes = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1.0]])[label]
    return 12.0 * (strokes + rng.normal(0, 0.35, (n, 4))) + 7.0, np.eye(3)[label]


def book(n, seed=0):
    x, t = letters(n, seed)
    return rescaled(x, x.mean(axis=0), x.std(axis=0)), t


def reading(n=60, seed=0):
    x, t = letters(n, seed)
    mean, std = x[:45].mean(axis=0), x[:45].std(axis=0)
    model = Model(seed)
    fit(model, Adam(0.02), rescaled(x[:45], mean, std), t[:45])
    return model.loss(rescaled(x[45:], mean, std), t[45:])


if __name__ == "__main__":
    print(reading())
