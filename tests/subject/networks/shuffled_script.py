"""A plain script: one generator draws data, weights and every epoch's order; the forward pass hands its input back."""

import numpy as np

dice = np.random.default_rng(4)
X = dice.normal(0, 1, (120, 5))
y = np.sin(X[:, :1]) + 0.3 * X[:, 1:2] ** 2
X_fit, X_held, y_fit, y_held = X[:90], X[90:], y[:90], y[90:]
RATE = 0.05
DECAY = 1e-4


def drawn(n_in, n_hidden):
    return {
        "W1": dice.normal(0, np.sqrt(2 / n_in), (n_in, n_hidden)),
        "b1": np.zeros((1, n_hidden)),
        "W2": dice.normal(0, np.sqrt(2 / n_hidden), (n_hidden, 1)),
        "b2": np.zeros((1, 1)),
    }


def forward(p, X):
    z1 = X @ p["W1"] + p["b1"]
    a1 = np.maximum(0, z1)
    return a1 @ p["W2"] + p["b2"], (X, z1, a1)


def loss_and_slopes(p, X, y):
    out, (X, z1, a1) = forward(p, X)
    n = len(X)
    off = out - y
    loss = np.sum(off**2) / (2 * n) + 0.5 * DECAY * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))
    d2 = off / n
    d1 = (d2 @ p["W2"].T) * (z1 > 0)
    slopes = {"W1": X.T @ d1 + DECAY * p["W1"], "b1": d1.sum(axis=0, keepdims=True)}
    slopes |= {"W2": a1.T @ d2 + DECAY * p["W2"], "b2": d2.sum(axis=0, keepdims=True)}
    return loss, slopes


p = drawn(5, 12)
lowest, kept, waited = float("inf"), None, 0
for epoch in range(60):
    order = dice.permutation(len(X_fit))
    for start in range(0, len(X_fit), 30):
        rows = order[start : start + 30]
        loss, slopes = loss_and_slopes(p, X_fit[rows], y_fit[rows])
        for name in p:
            p[name] -= RATE * slopes[name]
    held, _ = loss_and_slopes(p, X_held, y_held)
    if held < lowest - 1e-5:
        lowest, waited = held, 0
        kept = {name: array.copy() for name, array in p.items()}
    else:
        waited += 1
        if waited >= 10:
            break
p = kept
print("lowest", lowest)
