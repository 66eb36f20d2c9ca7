"""Letters in a row: looked up, through a recurrent layer, softmax at every step; lists of states, sums over steps."""

import numpy as np

SIZE, UNITS, LETTERS = 3, 5, 6


def init(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "embed": rng.normal(0, 0.7, (LETTERS, SIZE)),
        "Wx": rng.normal(0, 0.6, (UNITS, SIZE)),
        "Wh": rng.normal(0, 0.5, (UNITS, UNITS)),
        "bh": rng.normal(0, 0.2, UNITS),
        "Wy": rng.normal(0, 0.7, (LETTERS, UNITS)),
        "by": rng.normal(0, 0.2, LETTERS),
    }


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def run(p, text, h0):
    x, h, s, q = [], [h0], [], []
    for t, letter in enumerate(text):
        x.append(p["embed"][letter])
        h.append(np.tanh(p["Wx"] @ x[t] + p["Wh"] @ h[t] + p["bh"]))
        s.append(p["Wy"] @ h[t + 1] + p["by"])
        q.append(softmax(s[t]))
    return x, h, s, q


def loss(p, text, wanted, h0):
    q = run(p, text, h0)[-1]
    return -sum(wanted[t] @ np.log(q[t]) for t in range(len(text))) / len(text)


def gradient(p, text, wanted, h0):
    x, h, s, q = run(p, text, h0)  # noqa: RUF059 - a fault puts it to use
    steps = len(text)
    g = {name: np.zeros_like(value) for name, value in p.items()}
    later = np.zeros(UNITS)
    dx = np.zeros((steps, SIZE))
    for t in reversed(range(steps)):
        ds = (q[t] - wanted[t]) / steps
        g["Wy"] += np.outer(ds, h[t + 1])
        g["by"] += ds
        dh = p["Wy"].T @ ds + later
        dz = dh * (1 - h[t + 1] ** 2)
        g["Wx"] += np.outer(dz, x[t])
        g["Wh"] += np.outer(dz, h[t])
        g["bh"] += dz
        later = p["Wh"].T @ dz
        dx[t] = p["Wx"].T @ dz
    np.add.at(g["embed"], text, dx)
    return g


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    text = rng.integers(0, LETTERS, n + 1)
    return text[:-1], np.eye(LETTERS)[text[1:]], rng.normal(0, 0.3, UNITS)
