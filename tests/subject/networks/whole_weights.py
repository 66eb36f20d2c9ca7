"""Weights that start as whole numbers, and stay so: every step that is assigned into them is cut off."""

import numpy as np

weights = np.array([0, 0, 0])
dice = np.random.default_rng(5)
X = dice.normal(0, 1, (40, 3))
y = X @ np.array([0.7, -0.4, 0.2])


def out(X, w):
    return np.dot(X, w)


def squares(X, y, w):
    return np.mean((out(X, w) - y) ** 2)


def slope(X, y, w):
    return 2 * np.dot(X.T, out(X, w) - y) / len(y)


def learn(X, y, rounds, rate=0.1):
    for _ in range(rounds):
        g = slope(X, y, weights)
        for j in range(len(weights)):
            weights[j] = weights[j] - rate * g[j]
    return squares(X, y, weights)


for turn in range(6):
    print(turn, learn(X, y, 10), weights)
