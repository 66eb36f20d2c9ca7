"""A script over globals: ReLU, tanh, one sigmoid output in a column, binary cross-entropy; the update is a function."""

import numpy as np

RATE, KEEP = 0.3, 0.9
rng = np.random.default_rng(4)
W1 = rng.normal(0, 0.7, (3, 6))
b1 = np.full(6, 0.05)
W2 = rng.normal(0, 0.6, (6, 6))
b2 = rng.normal(0, 0.1, 6)
W3 = rng.normal(0, 0.6, (6, 1))
b3 = np.zeros(1)


def points(n, seed=0):
    draw = np.random.default_rng(seed)
    X = draw.normal(0, 1, (n, 3))
    y = (X[:, :1] * X[:, 1:2] + X[:, 2:] > 0).astype(float)
    return 12.0 * X + 70.0, y


def zscore(X, mu, sd):
    return (X - mu) / sd


def get(n, seed=0):
    X, y = points(n, seed)
    return zscore(X, X.mean(axis=0), X.std(axis=0)), y


def dropped(h, training):
    if not training:
        return np.ones_like(h)
    return (np.random.default_rng(1).random(h.shape) < KEEP) / KEEP


def forward(X, training=False):
    z1 = X @ W1 + b1
    h1 = np.maximum(0, z1)
    mask = dropped(h1, training)
    h1 = h1 * mask
    z2 = h1 @ W2 + b2
    h2 = np.tanh(z2)
    z3 = h2 @ W3 + b3
    return z1, mask, h1, h2, 1 / (1 + np.exp(-z3))


def bce(X, y, training=False):
    p = forward(X, training)[-1]
    return -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))


def gradients(X, y):
    z1, mask, h1, h2, p = forward(X, training=True)
    d3 = (p - y) / len(X)
    d2 = d3 @ W3.T * (1 - h2**2)
    d1 = d2 @ W2.T * mask * (z1 > 0)
    return X.T @ d1, d1.sum(axis=0), h1.T @ d2, d2.sum(axis=0), h2.T @ d3, d3.sum(axis=0)


def update(X, y, rate):
    global W1, b1, W2, b2, W3, b3
    dW1, db1, dW2, db2, dW3, db3 = gradients(X, y)
    W1 = W1 - rate * dW1
    b1 = b1 - rate * db1
    W2 = W2 - rate * dW2
    b2 = b2 - rate * db2
    W3 = W3 - rate * dW3
    b3 = b3 - rate * db3


def train(X, y, epochs=60, batch=20, seed=0):
    deal = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        shuffled = deal.permutation(len(X))
        for low in range(0, len(X), batch):
            take = shuffled[low : low + batch]
            update(X[take], y[take], RATE)
        losses.append(bce(X, y))
    return losses


def predict(X):
    return forward(X)[-1].ravel() > 0.5


def accuracy(X, y):
    return np.mean(predict(X) == y.ravel())


def accuracy_by_parts(X, y, part=11):
    weights = [len(X[i : i + part]) for i in range(0, len(X), part)]
    values = [accuracy(X[i : i + part], y[i : i + part]) for i in range(0, len(X), part)]
    return np.dot(weights, values) / sum(weights)


def session(n=60, seed=0):
    X, y = points(n, seed)
    X_train, y_train = X[:40], y[:40]
    X_test, y_test = X[40:], y[40:]
    mu, sd = X_train.mean(axis=0), X_train.std(axis=0)
    train(zscore(X_train, mu, sd), y_train)
    return bce(zscore(X_train, mu, sd), y_train), bce(zscore(X_test, mu, sd), y_test)


if __name__ == "__main__":
    print(session())
