"""All arrays are locals: ReLU layers of one width, one linear output in a column; momentum written out line by line."""

import numpy as np

WEIGHT_DECAY = 0.0005


def hills(n, seed=0):
    rng = np.random.default_rng(seed)
    at = rng.uniform(-1, 1, (n, 3))
    height = np.abs(at[:, :1]) - at[:, 1:2] * at[:, 2:] + rng.normal(0, 0.05, (n, 1))
    return 500.0 + 200.0 * at, height


def unit(at, low, high):
    return 2 * (at - low) / (high - low) - 1


def survey(n, seed=0):
    at, height = hills(n, seed)
    return unit(at, at.min(axis=0), at.max(axis=0)), height


def new_network(seed=0):
    rng = np.random.default_rng(seed)
    w1 = rng.normal(0, 0.7, (3, 6))
    c1 = rng.normal(0, 0.1, 6)
    w2 = rng.normal(0, 0.5, (6, 6))
    c2 = rng.normal(0, 0.1, 6)
    w3 = rng.normal(0, 0.5, (6, 1))
    c3 = rng.normal(0, 0.1, 1)
    return [w1, c1, w2, c2, w3, c3]


def predict(net, X):
    w1, c1, w2, c2, w3, c3 = net
    h1 = np.maximum(0, X @ w1 + c1)
    h2 = np.maximum(0, h1 @ w2 + c2)
    return h1, h2, h2 @ w3 + c3


def misfit(net, X, y):
    return np.mean((predict(net, X)[-1] - y) ** 2)


def total(net, X, y):
    return misfit(net, X, y) + WEIGHT_DECAY * sum(np.sum(net[i] ** 2) for i in (0, 2, 4))


def slopes(net, X, y):
    w1, c1, w2, c2, w3, c3 = net
    h1, h2, out = predict(net, X)
    d3 = 2 * (out - y) / len(X)
    d2 = (d3 @ w3.T) * (h2 > 0)
    d1 = (d2 @ w2.T) * (h1 > 0)
    s_w1 = X.T @ d1 + 2 * WEIGHT_DECAY * w1
    s_w2 = h1.T @ d2 + 2 * WEIGHT_DECAY * w2
    s_w3 = h2.T @ d3 + 2 * WEIGHT_DECAY * w3
    return [s_w1, d1.sum(axis=0), s_w2, d2.sum(axis=0), s_w3, d3.sum(axis=0)]


def shortened(all_slopes, longest):
    length = np.sqrt(sum(np.sum(s**2) for s in all_slopes))
    if length > longest:
        return [s * longest / length for s in all_slopes]
    return all_slopes


def learn(net, X, y, sweeps=30, eta=0.06, mu=0.8, size=12):
    w1, c1, w2, c2, w3, c3 = net
    v_w1, v_c1 = np.zeros(w1.shape), np.zeros(c1.shape)
    v_w2, v_c2 = np.zeros(w2.shape), np.zeros(c2.shape)
    v_w3, v_c3 = np.zeros(w3.shape), np.zeros(c3.shape)
    deck = np.random.default_rng(11)
    record = []
    for sweep in range(sweeps):
        eta_now = eta / (1 + 0.03 * sweep)
        cards = deck.permutation(len(X))
        for low in range(0, len(X), size):
            hand = cards[low : low + size]
            s = shortened(slopes(net, X[hand], y[hand]), 1.0)
            v_w1 = mu * v_w1 + s[0]
            v_c1 = mu * v_c1 + s[1]
            v_w2 = mu * v_w2 + s[2]
            v_c2 = mu * v_c2 + s[3]
            v_w3 = mu * v_w3 + s[4]
            v_c3 = mu * v_c3 + s[5]
            w1 -= eta_now * v_w1
            c1 -= eta_now * v_c1
            w2 -= eta_now * v_w2
            c2 -= eta_now * v_c2
            w3 -= eta_now * v_w3
            c3 -= eta_now * v_c3
        record.append((total(net, X, y), eta_now))
    return record


def in_parts(net, X, y, size=7):
    ends = range(0, len(X), size)
    return sum(misfit(net, X[e : e + size], y[e : e + size]) * len(X[e : e + size]) for e in ends) / len(X)


def walk(n=60, seed=0):
    at, height = hills(n, seed)
    low, high = at[:40].min(axis=0), at[:40].max(axis=0)
    net = new_network(seed)
    learn(net, unit(at[:40], low, high), height[:40])
    return misfit(net, unit(at[:40], low, high), height[:40]), misfit(
        net, unit(at[40:], low, high), height[40:]
    )


if __name__ == "__main__":
    print(walk())
