"""Samples are columns: a dataclass of arrays, ReLU, softmax picked by integer labels; falling steps, an early stop."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass
class Weights:
    U: np.ndarray
    u: np.ndarray
    V: np.ndarray
    v: np.ndarray

    def copied(self):
        return Weights(*(getattr(self, part.name).copy() for part in fields(self)))

    def arrays(self):
        return [self.U, self.u, self.V, self.v]


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    U = 0.5 * rng.standard_normal((8, 4))
    u = 0.1 * rng.standard_normal((8, 1))
    V = 0.4 * rng.standard_normal((3, 8))
    return Weights(U, u, V, np.zeros((3, 1)))


def passed(w, x):
    s = np.dot(w.U, x) + w.u
    r = np.maximum(s, 0)
    q = np.dot(w.V, r) + w.v
    q = np.exp(q - q.max(axis=0, keepdims=True))
    return s, r, q / q.sum(axis=0, keepdims=True)


def misfit(w, x, y):
    chosen = passed(w, x)[-1][y, np.arange(y.size)]
    return -np.mean(np.log(chosen + 1e-12))


def price(w, x, y, lam=0.001):
    return misfit(w, x, y) + lam * (np.sum(w.U**2) + np.sum(w.V**2))


def gradient(w, x, y, lam=0.001):
    s, r, q = passed(w, x)
    e = q.copy()
    e[y, np.arange(y.size)] -= 1
    e = e / y.size
    gV = np.dot(e, r.T) + 2 * lam * w.V
    gv = np.sum(e, axis=1, keepdims=True)
    back = np.dot(w.V.T, e) * (s > 0)
    gU = np.dot(back, x.T) + 2 * lam * w.U
    gu = np.sum(back, axis=1, keepdims=True)
    return Weights(gU, gu, gV, gv)


def fitted(w, x, y, rounds=45, pace=0.4, part=11, seed=0):
    shuffler = np.random.default_rng(seed)
    x, x_off, y, y_off = x[:, :-14], x[:, -14:], y[:-14], y[-14:]
    story, sizes, lowest, saved = [], [], np.inf, w
    for round_ in range(rounds):
        pace_now = pace / (1 + 0.05 * round_)
        turn = shuffler.permutation(y.size)
        for at in range(0, y.size, part):
            picked = turn[at : at + part]
            g = gradient(w, x[:, picked], y[picked])
            size = max(np.abs(a).max() for a in g.arrays())
            for a, b in zip(w.arrays(), g.arrays(), strict=True):
                a -= pace_now * b
            for b in g.arrays():
                b[...] = 0
        story.append(misfit(w, x_off, y_off))
        sizes.append(size)
        if story[-1] < lowest:
            lowest = story[-1]
            saved = w.copied()
    return saved, story, sizes


def sorts(w, x):
    return passed(w, x)[-1].argmax(axis=0)


def score(w, x, y):
    return np.mean(sorts(w, x) == y)


def report(w, x, y, x_new, y_new):
    return misfit(w, x, y), misfit(w, x_new, y_new)


def weighed(n, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=[0.25, 0.45, 0.3])
    typical = np.array([[1.0, 2.0, 0.0, 1.0], [2.0, 0.0, 1.0, 0.0], [0.0, 1.0, 2.0, 2.0]])
    return 30.0 * (typical[y] + rng.normal(0, 0.6, (n, 4))).T + 90.0, y


def levelled(x, middle, width):
    return (x - middle) / width


def harvest(n, seed=0):
    x, y = weighed(n, seed)
    return levelled(x, x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)), y


def trial(n=80, seed=0):
    x, y = weighed(n, seed)
    inside, outside = slice(0, 3 * n // 4), slice(3 * n // 4, n)
    middle = x[:, inside].mean(axis=1, keepdims=True)
    width = x[:, inside].std(axis=1, keepdims=True)
    w, _, _ = fitted(drawn(seed), levelled(x[:, inside], middle, width), y[inside])
    return score(w, levelled(x[:, outside], middle, width), y[outside])


if __name__ == "__main__":
    print(trial())
