"""Who repays a loan: a dict of parameters and functions over it; two tanh layers, softmax, samples as rows."""

from itertools import pairwise

import numpy as np


def applicants(count, seed=0):
    """Age in years, income in dollars a year, months at the present address; one of three outcomes."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(20, 70, count)
    income = rng.uniform(9_000, 90_000, count)
    months = rng.uniform(0, 240, count)
    score = (age - 45) / 15 + (income - 50_000) / 25_000 + (months - 120) / 70
    return np.stack([age, income, months], axis=1), np.digitize(score, [-0.8, 0.8])


def new_parameters(widths, seed=0):
    rng = np.random.default_rng(seed)
    params = {}
    for k, (before, after) in enumerate(pairwise(widths), start=1):
        params[f"W{k}"] = rng.standard_normal((before, after)) / np.sqrt(before)
        params[f"b{k}"] = np.zeros(after)
    return params


def forward(params, x):
    h1 = np.tanh(x @ params["W1"] + params["b1"])
    h2 = np.tanh(h1 @ params["W2"] + params["b2"])
    logits = h2 @ params["W3"] + params["b3"]
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return h1, h2, shifted / shifted.sum(axis=1, keepdims=True)


def cross_entropy(params, x, y):
    p = forward(params, x)[-1]
    return -np.mean(np.log(p[np.arange(len(y)), y] + 1e-300))


def gradients(params, x, y):
    h1, h2, p = forward(params, x)
    d3 = (p - np.eye(3)[y]) / len(y)
    d2 = d3 @ params["W3"].T * (1 - h2 * h2)
    d1 = d2 @ params["W2"].T * (1 - h1 * h1)
    return {
        "W3": h2.T @ d3,
        "b3": d3.sum(axis=0),
        "W2": h1.T @ d2,
        "b2": d2.sum(axis=0),
        "W1": x.T @ d1,
        "b1": d1.sum(axis=0),
    }


def train(params, x, y, rounds=300, rate=0.5):
    for _ in range(rounds):
        slopes = gradients(params, x, y)
        for name in params:
            params[name] -= rate * slopes[name]
    return params
