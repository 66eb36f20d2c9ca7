"""Regression in functions over a list: masks are drawn by the training loop and None else, as are the kept statistics."""

import numpy as np

DROP = 0.15
ALPHA = 0.0005


def initial(seed=0):
    rng = np.random.default_rng(seed)
    first = rng.uniform(-0.8, 0.8, (3, 10))
    second = rng.uniform(-0.6, 0.6, (10, 10))
    third = rng.uniform(-0.5, 0.5, (10, 1))
    scale, shift = np.ones(10), 0.1 * rng.standard_normal(10)
    return [first, scale, shift, second, rng.normal(0, 0.1, 10), third, rng.normal(0, 0.1, 1)]


def draw_masks(count, seed):
    rng = np.random.RandomState(seed)
    return [rng.binomial(1, 1 - DROP, (count, 10)) / (1.0 - DROP) for _ in range(2)]


def normal(z, stats):
    """By the batch's own mean and deviation where no kept ones are given."""
    mean, spread = z.mean(axis=0), np.sqrt(z.var(axis=0) + 1e-6)
    middle, width = (mean, spread) if stats is None else (stats["mean"], stats["spread"])
    return (z - middle) / width, mean, spread


def forward(theta, X, masks=None, stats=None):
    w1, scale, shift, w2, b2, w3, b3 = theta
    hat, mean, spread = normal(X @ w1, stats)
    n1 = scale * hat + shift
    h1 = np.where(n1 > 0, n1, 0.05 * n1)
    if masks is not None:
        h1 = h1 * masks[0]
    h2 = t2 = np.tanh(h1 @ w2 + b2)
    if masks is not None:
        h2 = h2 * masks[1]
    out = h2 @ w3 + b3
    return {"hat": hat, "mean": mean, "spread": spread, "n1": n1, "h1": h1, "t2": t2, "h2": h2, "out": out}


def squares(theta):
    return sum(np.sum(array * array) for array in theta)


def objective(theta, X, Y, masks, kept):
    cache = forward(theta, X, masks)
    keep(kept, cache)
    return 0.5 * np.mean((cache["out"] - Y) ** 2) + 0.5 * ALPHA * squares(theta)


def keep(kept, cache, share=0.2):
    for name in kept:
        kept[name] = (1 - share) * kept[name] + share * cache[name]


def derivative(theta, X, Y, masks, kept):
    _, scale, _, w2, _, w3, _ = theta
    cache = forward(theta, X, masks)
    keep(kept, cache)
    d3 = (cache["out"] - Y) / len(X)
    d2 = (d3 @ w3.T) * masks[1] * (1 - cache["t2"] ** 2)
    d1 = (d2 @ w2.T) * masks[0] * np.where(cache["n1"] > 0, 1.0, 0.05)
    e = d1 * scale
    d0 = (e - e.mean(axis=0) - cache["hat"] * (e * cache["hat"]).mean(axis=0)) / cache["spread"]
    slopes = [
        X.T @ d0,
        (d1 * cache["hat"]).sum(axis=0),
        d1.sum(axis=0),
        cache["h1"].T @ d2,
        d2.sum(axis=0),
        cache["h2"].T @ d3,
        d3.sum(axis=0),
    ]
    return [slope + ALPHA * array for slope, array in zip(slopes, theta, strict=True)]


def learn(theta, X, Y, kept, rounds=40, rate=0.08, batch=20, momentum=0.8):
    velocity = [np.zeros_like(array) for array in theta]
    cards = np.random.RandomState(3)
    trail = []
    for turn in range(rounds):
        order = cards.permutation(len(X))
        for begin in range(0, len(X), batch):
            part = order[begin : begin + batch]
            masks = draw_masks(len(part), 100 * turn + begin)
            slopes = derivative(theta, X[part], Y[part], masks, kept)
            for array, slope, v in zip(theta, slopes, velocity, strict=True):
                v *= momentum
                v -= rate * slope
                array += v
        trail.append(error(theta, X, Y, kept))
    return trail


def estimate(theta, X, kept):
    return forward(theta, X, None, kept)["out"]


def error(theta, X, Y, kept):
    return np.mean((estimate(theta, X, kept) - Y) ** 2)


def statistics():
    return {"mean": np.zeros(10), "spread": np.ones(10)}


def clays(n, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (n, 3))
    Y = np.tanh(X[:, :1]) * 1.5 - X[:, 1:2] + 0.5 * X[:, 2:] ** 2 + rng.normal(0, 0.05, (n, 1))
    return 80.0 + 15.0 * X, Y


def scale_to(X, middle, width):
    return (X - middle) / width


def pits(n, seed=0):
    X, Y = clays(n, seed)
    return scale_to(X, X.mean(axis=0), X.std(axis=0)), Y


def dig(n=84, seed=0):
    X, Y = clays(n, seed)
    middle, width = X[:60].mean(axis=0), X[:60].std(axis=0)
    theta, kept = initial(seed), statistics()
    learn(theta, scale_to(X[:60], middle, width), Y[:60], kept)
    return error(theta, scale_to(X[60:], middle, width), Y[60:], kept)


if __name__ == "__main__":
    print(dig())
