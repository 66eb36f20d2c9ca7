"""Which of four corners is a point near? Functions over a dict of arrays, tanh, softmax; samples are rows."""

import numpy as np


def begin(hidden=7, seed=4):
    rng = np.random.default_rng(seed)
    return {
        "W": rng.normal(0, 0.7, (2, hidden)),
        "b": np.zeros(hidden),
        "V": rng.normal(0, 0.4, (hidden, 4)),
        "c": np.zeros(4),
    }


def forward(theta, points):
    hidden = np.tanh(points @ theta["W"] + theta["b"])
    scores = hidden @ theta["V"] + theta["c"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, powers / powers.sum(axis=1, keepdims=True)


def loss(theta, points, corners):
    _, chances = forward(theta, points)
    return -np.mean(np.log(chances[np.arange(len(corners)), corners]))


def gradient(theta, points, corners):
    hidden, chances = forward(theta, points)
    error = chances / len(corners)
    back = (error @ theta["V"].T) * (1 - hidden**2)
    return {
        "W": points.T @ back,
        "b": back.sum(axis=0),
        "V": hidden.T @ error,
        "c": error.sum(axis=0),
    }


def train(theta, points, corners, steps=600, rate=1.0):
    for _ in range(steps):
        for name, slope in gradient(theta, points, corners).items():
            theta[name] -= rate * slope


def sample(count, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (count, 2))
    return points, 2 * (points[:, 0] > 0) + (points[:, 1] > 0)
