"""Regression over lists of arrays: two tanh layers of one width, one output; momentum in loops, patience, a copy kept."""

import numpy as np

DECAY = 0.001


def waves(n, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 3))
    return 30.0 * X + 100.0, np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] * X[:, 2] + rng.normal(0, 0.3, n)


def rescale(X, low, high):
    return 2 * (X - low) / (high - low) - 1


def sample(n, seed=0):
    X, y = waves(n, seed)
    return rescale(X, X.min(axis=0), X.max(axis=0)), y


def initial(seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 0.6, (3, 5)), rng.normal(0, 0.5, (5, 5)), rng.normal(0, 0.4, (5, 1))]
    biases = [rng.normal(0, 0.1, 5), rng.normal(0, 0.1, 5), rng.normal(0, 0.1, 1)]
    return weights, biases


def outputs(weights, biases, X):
    z1 = X @ weights[0] + biases[0]
    h1 = np.tanh(z1)
    z2 = h1 @ weights[1] + biases[1]
    h2 = np.tanh(z2)
    return h1, h2, (h2 @ weights[2] + biases[2])[:, 0]


def mse(weights, biases, X, y):
    return np.mean((outputs(weights, biases, X)[-1] - y) ** 2)


def objective(weights, biases, X, y):
    total = mse(weights, biases, X, y)
    for w in weights:
        total += DECAY * np.sum(w**2)
    return total


def derivatives(weights, biases, X, y):
    h1, h2, guess = outputs(weights, biases, X)
    d3 = (2 * (guess - y) / len(y))[:, None]
    d2 = (d3 @ weights[2].T) * (1 - h2**2)
    d1 = (d2 @ weights[1].T) * (1 - h1**2)
    gw3 = h2.T @ d3 + 2 * DECAY * weights[2]
    gw2 = h1.T @ d2 + 2 * DECAY * weights[1]
    gw1 = X.T @ d1 + 2 * DECAY * weights[0]
    return [gw1, gw2, gw3], [d1.sum(axis=0), d2.sum(axis=0), d3.sum(axis=0)]


def descend(weights, biases, X, y, rounds=80, rate=0.15, mu=0.7):
    X, X_held, y, y_held = X[:-9], X[-9:], y[:-9], y[-9:]
    arrays = weights + biases
    velocities = [np.zeros_like(array) for array in arrays]
    errors, kept, patience = [], None, 0
    for _ in range(rounds):
        gw, gb = derivatives(weights, biases, X, y)
        for array, velocity, slope in zip(arrays, velocities, gw + gb, strict=True):
            velocity *= mu
            velocity += slope
            array -= rate * velocity
        errors.append(mse(weights, biases, X_held, y_held))
        if errors[-1] <= min(errors):
            kept, patience = [array.copy() for array in arrays], 0
        else:
            patience += 1
        if patience > 20:
            break
    for array, value in zip(arrays, kept, strict=True):
        array[...] = value
    return errors


def losses(weights, biases, X, y, X_new, y_new):
    return mse(weights, biases, X, y), mse(weights, biases, X_new, y_new)


def mean_error(weights, biases, X, y, size=9):
    total = 0.0
    for first in range(0, len(y), size):
        part = slice(first, first + size)
        total += mse(weights, biases, X[part], y[part]) * len(y[part])
    return total / len(y)


def study(n=60, seed=0):
    X, y = waves(n, seed)
    mixed = np.random.default_rng(seed).permutation(n)
    X, y = X[mixed], y[mixed]
    half = n // 2
    X_old, y_old, X_new, y_new = X[:half], y[:half], X[half:], y[half:]
    low, high = X_old.min(axis=0), X_old.max(axis=0)
    weights, biases = initial(seed)
    descend(weights, biases, rescale(X_old, low, high), y_old)
    return losses(weights, biases, rescale(X_old, low, high), y_old, rescale(X_new, low, high), y_new)


if __name__ == "__main__":
    print(study())
