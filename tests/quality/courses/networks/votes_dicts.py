"""Plain functions over dicts: tanh layers of one width, one sigmoid in a column; momentum and clipping as functions."""

import numpy as np

LAMBDA = 0.001


def ballots(n, seed=0):
    rng = np.random.default_rng(seed)
    answers = rng.normal(0, 1, (n, 4))
    vote = (answers[:, 0] * answers[:, 1] + 0.7 * answers[:, 2] > 0).astype(float)
    return 3.0 * answers + 20.0, vote[:, None]


def standard(answers, mean, std):
    return (answers - mean) / std


def poll(n, seed=0):
    answers, vote = ballots(n, seed)
    return standard(answers, answers.mean(axis=0), answers.std(axis=0)), vote


def weights(seed=0, width=6):
    rng = np.random.default_rng(seed)
    sizes = [4, width, width, 1]
    p = {}
    for i in range(3):
        p[f"W{i}"] = rng.normal(0, 1 / np.sqrt(sizes[i]), (sizes[i], sizes[i + 1]))
        p[f"b{i}"] = rng.normal(0, 0.1, sizes[i + 1])
    return p


def propagate(p, X):
    a = [X]
    for i in range(2):
        a.append(np.tanh(a[-1] @ p[f"W{i}"] + p[f"b{i}"]))
    a.append(1 / (1 + np.exp(-(a[-1] @ p["W2"] + p["b2"]))))
    return a


def surprise(p, X, y):
    chance = propagate(p, X)[-1]
    return -np.mean(y * np.log(chance + 1e-12) + (1 - y) * np.log(1 - chance + 1e-12))


def cost(p, X, y):
    return surprise(p, X, y) + 0.5 * LAMBDA * sum(np.sum(p[f"W{i}"] ** 2) for i in range(3))


def backprop(p, X, y, grads):
    """Add the gradient to what is in `grads`."""
    a = propagate(p, X)
    delta = (a[-1] - y) / len(X)
    for i in reversed(range(3)):
        grads[f"W{i}"] += a[i].T @ delta + LAMBDA * p[f"W{i}"]
        grads[f"b{i}"] += delta.sum(axis=0)
        if i:
            delta = (delta @ p[f"W{i}"].T) * (1 - a[i] ** 2)


def zeros_like(p):
    return {key: np.zeros_like(value) for key, value in p.items()}


def clip(grads, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    scale = min(1.0, longest / (length + 1e-12))
    for key in grads:
        grads[key] = scale * grads[key]
    return length


def move(p, grads, speed, rate, mu=0.85):
    for key in p:
        speed[key] = mu * speed[key] - rate * grads[key]
        p[key] = p[key] + speed[key]


def campaign(p, X, y, rounds=30, rate=0.2, size=16):
    speed = zeros_like(p)
    dealer = np.random.default_rng(2)
    diary = []
    for turn in range(rounds):
        now = rate * 0.96**turn
        people = dealer.permutation(len(X))
        for first in range(0, len(X), size):
            some = people[first : first + size]
            grads = zeros_like(p)
            backprop(p, X[some], y[some], grads)
            length = clip(grads, 0.5)
            move(p, grads, speed, now)
        diary.append({"cost": cost(p, X, y), "length": length, "rate": now})
    return diary


def decide(p, X):
    return propagate(p, X)[-1] > 0.5


def share(p, X, y):
    return np.mean(decide(p, X) == (y > 0.5))


def share_in_parts(p, X, y, size=9):
    hits = [share(p, X[i : i + size], y[i : i + size]) * len(X[i : i + size]) for i in range(0, len(X), size)]
    return sum(hits) / len(X)


def election(n=60, seed=0):
    answers, vote = ballots(n, seed)
    mean, std = answers[:40].mean(axis=0), answers[:40].std(axis=0)
    p = weights(seed)
    campaign(p, standard(answers[:40], mean, std), vote[:40])
    return surprise(p, standard(answers[40:], mean, std), vote[40:])


if __name__ == "__main__":
    print(election())
