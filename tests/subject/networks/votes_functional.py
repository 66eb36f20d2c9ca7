"""Logistic regression in functions alone: weights and a single bias start at zero and live inside the trainer."""

import numpy as np


def chances(w, b, columns):
    return 1 / (1 + np.exp(-(w.T @ columns + b)))


def slopes(w, b, columns, votes):
    p = chances(w, b, columns)
    cost = -np.mean(votes * np.log(p) + (1 - votes) * np.log(1 - p))
    return {"dw": columns @ (p - votes).T / votes.size, "db": np.mean(p - votes)}, cost


def fit(columns, votes, rounds, rate):
    w, b = np.zeros((len(columns), 1)), 0.0
    for _ in range(rounds):
        given, cost = slopes(w, b, columns, votes)
        w = w - rate * given["dw"]
        b = b - rate * given["db"]
    return w, b, cost


rng = np.random.default_rng(2)
people = rng.normal(size=(4, 64))
ballots = (people[:1] > people[1:2]).astype(float)
fitted = fit(people, ballots, 200, 0.3)
