"""Ratings from vectors of users and items: their product beside a tanh layer over both, joined; penalised weights."""

import numpy as np


class Ratings:
    def __init__(self, users=5, items=6, size=3, units=4, decay=0.1, seed=0):
        rng = np.random.default_rng(seed)
        self.decay = decay
        self.params = {
            "P": rng.normal(0, 0.7, (users, size)),
            "Q": rng.normal(0, 0.7, (items, size)),
            "W": rng.normal(0, 0.6, (2 * size, units)),
            "b": rng.normal(0, 0.2, units),
            "v": rng.normal(0, 0.7, (units, 1)),
            "c": rng.normal(0, 0.2, 1),
        }

    def predict(self, who, what):
        w = self.params
        self.p, self.q = w["P"][who], w["Q"][what]
        self.both = np.concatenate([self.p, self.q], axis=1)
        self.h = np.tanh(self.both @ w["W"] + w["b"])
        product = np.sum(self.p * self.q, axis=1, keepdims=True)
        return product + self.h @ w["v"] + w["c"]

    def loss(self, who, what, rating):
        w = self.params
        miss = self.predict(who, what) - rating
        return np.mean(miss**2) / 2 + self.decay / 2 * (np.sum(w["W"] ** 2) + np.sum(w["v"] ** 2))

    def backprop(self, who, what, rating):
        w, decay = self.params, self.decay
        out = self.predict(who, what)
        n = len(rating)
        miss = (out - rating) / n
        dv = self.h.T @ miss + decay * w["v"]
        dc = np.sum(miss, axis=0)
        dh = (miss @ w["v"].T) * (1 - self.h**2)
        dW = self.both.T @ dh + decay * w["W"]
        db = np.sum(dh, axis=0)
        dp, dq = np.split(dh @ w["W"].T, 2, axis=1)
        dp = dp + miss * self.q
        dq = dq + miss * self.p
        dP, dQ = np.zeros_like(w["P"]), np.zeros_like(w["Q"])
        for i, user in enumerate(who):
            dP[user] += dp[i]
        np.add.at(dQ, what, dq)
        return {"P": dP, "Q": dQ, "W": dW, "b": db, "v": dv, "c": dc}


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 5, n), rng.integers(0, 6, n), rng.normal(0, 1, (n, 1))
