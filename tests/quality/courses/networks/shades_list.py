"""Grey values over 255: a list of arrays, ReLU, softmax over integer labels; plain steps, norms logged, the best kept."""

import numpy as np

DECAY = 0.0005


def shades(n, seed=0):
    """Two rows of three pixels, darker in the column of the label."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    light = rng.uniform(90, 250, (n, 6))
    for first in (0, 3):
        light[np.arange(n), labels + first] *= rng.uniform(0.1, 0.7, n)
    return np.floor(light), labels


def unit(pixels):
    return pixels / 255.0


def pictures(n, seed=0):
    pixels, labels = shades(n, seed)
    return unit(pixels), labels


def start(seed=0):
    rng = np.random.default_rng(seed)
    hidden = rng.normal(0, 0.6, (6, 9))
    output = rng.normal(0, 0.5, (9, 3))
    return [hidden, np.full(9, 0.1), output, np.zeros(3)]


def layers(params, X):
    W1, b1, W2, b2 = params
    z1 = X @ W1 + b1
    h1 = np.maximum(z1, 0.0)
    scores = h1 @ W2 + b2
    powers = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return z1, h1, powers / np.sum(powers, axis=1, keepdims=True)


def entropy(params, X, y):
    probs = layers(params, X)[-1]
    return -np.log(probs[np.arange(len(y)), y] + 1e-12).mean()


def objective(params, X, y):
    return entropy(params, X, y) + DECAY * ((params[0] ** 2).sum() + (params[2] ** 2).sum())


def slopes(params, X, y):
    W1, b1, W2, b2 = params
    z1, h1, probs = layers(params, X)
    d2 = probs.copy()
    d2[np.arange(len(y)), y] -= 1.0
    d2 /= len(y)
    d1 = d2 @ W2.T * (z1 > 0)
    g1 = X.T @ d1 + 2 * DECAY * W1
    g2 = h1.T @ d2 + 2 * DECAY * W2
    return [g1, d1.sum(axis=0), g2, d2.sum(axis=0)]


def train(params, X, y, epochs=60, rate=0.9, batch=12, seed=0):
    dealer = np.random.default_rng(seed)
    X, X_kept, y, y_kept = X[:-16], X[-16:], y[:-16], y[-16:]
    curve, norms, lowest, best = [], [], np.inf, None
    for _ in range(epochs):
        order = dealer.permutation(len(y))
        for begin in range(0, len(y), batch):
            rows = order[begin : begin + batch]
            grads = slopes(params, X[rows], y[rows])
            size = np.sqrt(sum((grad**2).sum() for grad in grads))
            for param, grad in zip(params, grads, strict=True):
                param -= rate * grad
            for grad in grads:
                grad.fill(0.0)
            norms.append(size)
        curve.append(entropy(params, X_kept, y_kept))
        if curve[-1] < lowest:
            lowest, best = curve[-1], [param.copy() for param in params]
    for param, value in zip(params, best, strict=True):
        param[...] = value
    return curve, norms


def guesses(params, X):
    return layers(params, X)[-1].argmax(axis=1)


def hits(params, X, y):
    return (guesses(params, X) == y).mean()


def hits_by_batches(params, X, y, batch=9):
    right = 0.0
    for begin in range(0, len(y), batch):
        part = slice(begin, begin + batch)
        right += hits(params, X[part], y[part]) * len(y[part])
    return right / len(y)


def both(params, X, y, X_new, y_new):
    return [entropy(params, X, y), entropy(params, X_new, y_new)]


def main(n=90, seed=0):
    pixels, labels = shades(n, seed)
    cut = 2 * n // 3
    params = start(seed)
    train(params, unit(pixels[:cut]), labels[:cut])
    return both(params, unit(pixels[:cut]), labels[:cut], unit(pixels[cut:]), labels[cut:])


if __name__ == "__main__":
    print(main())
