"""Dataclasses: sigmoid layers of one width, one linear output in a column; Adam as a dataclass over named arrays."""

from dataclasses import dataclass, field

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@dataclass
class Net:
    U: np.ndarray
    u: np.ndarray
    V: np.ndarray
    v: np.ndarray
    W: np.ndarray
    w: np.ndarray

    @classmethod
    def random(cls, seed=0, width=5):
        rng = np.random.default_rng(seed)
        return cls(
            U=rng.normal(0, 1.2, (2, width)),
            u=rng.normal(0, 0.1, width),
            V=rng.normal(0, 1.0, (width, width)),
            v=rng.normal(0, 0.1, width),
            W=rng.normal(0, 0.8, (width, 1)),
            w=rng.normal(0, 0.1, 1),
        )

    def layers(self, X):
        g = sigmoid(X @ self.U + self.u)
        h = sigmoid(g @ self.V + self.v)
        return g, h, h @ self.W + self.w

    def error(self, X, y):
        return np.sum((self.layers(X)[-1] - y) ** 2) / len(X)

    def slopes(self, X, y):
        g, h, out = self.layers(X)
        e = 2 * (out - y) / len(X)
        dh = (e @ self.W.T) * h * (1 - h)
        dg = (dh @ self.V.T) * g * (1 - g)
        return Net(U=X.T @ dg, u=dg.sum(axis=0), V=g.T @ dh, v=dh.sum(axis=0), W=h.T @ e, w=e.sum(axis=0))


@dataclass
class Adam:
    rate: float = 0.02
    b1: float = 0.9
    b2: float = 0.99
    eps: float = 1e-8
    step: int = 0
    means: dict = field(default_factory=dict)
    squares: dict = field(default_factory=dict)

    def apply(self, net, slopes):
        self.step += 1
        for name, value in vars(net).items():
            g = getattr(slopes, name)
            mean = self.b1 * self.means.get(name, np.zeros_like(g)) + (1 - self.b1) * g
            square = self.b2 * self.squares.get(name, np.zeros_like(g)) + (1 - self.b2) * g * g
            self.means[name], self.squares[name] = mean, square
            fair_mean = mean / (1 - self.b1**self.step)
            fair_square = square / (1 - self.b2**self.step)
            value -= self.rate * fair_mean / (np.sqrt(fair_square) + self.eps)


def shorten(slopes, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in vars(slopes).values()))
    factor = limit / max(norm, limit)
    return Net(**{name: factor * g for name, g in vars(slopes).items()}), norm


def warmed(rate, turn, turns):
    return rate * min(1.0, (turn + 1) / 5) * (1 - 0.9 * turn / turns)


def fit(net, X, y, turns=40, rate=0.04, batch=20):
    optimiser = Adam()
    dice = np.random.default_rng(4)
    log = []
    for turn in range(turns):
        optimiser.rate = warmed(rate, turn, turns)
        shuffled = dice.permutation(len(X))
        for start in range(0, len(X), batch):
            take = shuffled[start : start + batch]
            slopes, norm = shorten(net.slopes(X[take], y[take]), 1.5)
            optimiser.apply(net, slopes)
        log.append((net.error(X, y), norm, optimiser.rate))
    return log


def mean_error(net, X, y, size=9):
    starts = range(0, len(X), size)
    parts = [net.error(X[s : s + size], y[s : s + size]) for s in starts]
    return np.average(parts, weights=[len(X[s : s + size]) for s in starts])


def tides(n, seed=0):
    rng = np.random.default_rng(seed)
    hours = rng.uniform(0, 24, (n, 2))
    level = np.sin(hours[:, :1] / 4) + 0.5 * np.cos(hours[:, 1:] / 3) + rng.normal(0, 0.1, (n, 1))
    return hours * 60, level


def scaled(minutes, mean, std):
    return (minutes - mean) / std


def harbour(n, seed=0):
    minutes, level = tides(n, seed)
    return scaled(minutes, minutes.mean(axis=0), minutes.std(axis=0)), level


def forecast(n=60, seed=0):
    minutes, level = tides(n, seed)
    mean, std = minutes[:40].mean(axis=0), minutes[:40].std(axis=0)
    net = Net.random(seed)
    fit(net, scaled(minutes[:40], mean, std), level[:40])
    return net.error(scaled(minutes[:40], mean, std), level[:40]), net.error(
        scaled(minutes[40:], mean, std), level[40:]
    )


if __name__ == "__main__":
    print(forecast())
