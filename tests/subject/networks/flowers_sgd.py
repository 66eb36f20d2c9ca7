# ruff: noqa: NPY002, T201 -- written as people write such scripts
"""Petals sorted by a class that trains itself on random flowers; no gradient ever leaves `learn`."""

import numpy as np


def meadow(n=90):
    rng = np.random.default_rng(3)
    kinds = np.arange(n) % 3
    centres = np.array([[0.0, 1.0, 0.5], [1.5, -0.5, 0.0], [-1.0, -1.0, 1.0]])
    return centres[kinds] + 0.4 * rng.standard_normal((n, 3)), kinds


class Sorter:
    def __init__(self, n_in, n_hidden, n_out, pace=0.05, decay=0.02):
        rng = np.random.default_rng(7)
        self.pace, self.decay = pace, decay
        self.V = rng.standard_normal((n_in, n_hidden))
        self.c = np.zeros((1, n_hidden))
        self.U = rng.standard_normal((n_hidden, n_out))
        self.e = np.zeros((1, n_out))

    def forward(self, X):
        hidden = np.tanh(X @ self.V + self.c)
        powers = np.exp(hidden @ self.U + self.e)
        return powers / powers.sum(axis=1, keepdims=True), hidden

    def misfit(self, probs, kinds):
        data = -np.log(probs[np.arange(len(kinds)), kinds]).mean()
        return data + 0.5 * self.decay * (np.sum(self.V**2) + np.sum(self.U**2))

    def learn(self, rounds, X, kinds):
        for _ in range(rounds):
            pick = np.random.randint(len(kinds))
            x = X[pick : pick + 1]
            probs, hidden = self.forward(x)
            d_out = probs.copy()
            d_out[0, kinds[pick]] -= 1
            d_hid = d_out @ self.U.T * (1 - hidden**2)
            self.U -= self.pace * (hidden.T @ d_out + self.decay * self.U)
            self.e -= self.pace * d_out
            self.V -= self.pace * (x.T @ d_hid + self.decay * self.V)
            self.c -= self.pace * d_hid
        return self.misfit(self.forward(X)[0], kinds)


if __name__ == "__main__":
    X, kinds = meadow()
    net = Sorter(3, 5, 3)
    print("misfit after training", net.learn(4000, X, kinds))
