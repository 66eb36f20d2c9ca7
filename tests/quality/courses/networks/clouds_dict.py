"""Functions over a dict: tanh, softmax over integer labels, penalised weights; mini-batches, best weights kept."""

import numpy as np

LAM = 0.002


def make_clouds(n, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(3, size=n, p=[0.45, 0.35, 0.2])
    centres = np.array([[2.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, -1.0], [-2.0, -1.0, 0.0, 1.0]])
    return 40.0 + 25.0 * (centres[y] + rng.normal(0, 0.7, (n, 4))), y


def standardised(X, mean, std):
    return (X - mean) / std


def prepared(n, seed=0):
    X, y = make_clouds(n, seed)
    return standardised(X, X.mean(axis=0), X.std(axis=0)), y


def start(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(0, 0.5, (4, 6)),
        "b1": rng.normal(0, 0.1, 6),
        "W2": rng.normal(0, 0.4, (6, 3)),
        "b2": rng.normal(0, 0.1, 3),
    }


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(p, X):
    z1 = X @ p["W1"] + p["b1"]
    h1 = np.tanh(z1)
    z2 = h1 @ p["W2"] + p["b2"]
    return h1, softmax(z2)


def data_loss(p, X, y):
    probs = forward(p, X)[-1]
    return -np.mean(np.log(probs[np.arange(len(y)), y] + 1e-12))


def loss(p, X, y):
    return data_loss(p, X, y) + LAM * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))


def gradient(p, X, y):
    h1, probs = forward(p, X)
    d2 = probs.copy()
    d2[np.arange(len(y)), y] -= 1
    d2 = d2 / len(y)
    d1 = (d2 @ p["W2"].T) * (1 - h1**2)
    return {
        "W1": X.T @ d1 + 2 * LAM * p["W1"],
        "b1": d1.sum(axis=0),
        "W2": h1.T @ d2 + 2 * LAM * p["W2"],
        "b2": d2.sum(axis=0),
    }


def fit(p, X, y, epochs=40, lr=0.3, batch=12, seed=0):
    rng = np.random.default_rng(seed)
    history, lowest, best = [], np.inf, None
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for first in range(0, len(y), batch):
            rows = order[first : first + batch]
            g = gradient(p, X[rows], y[rows])
            for name in p:
                p[name] -= lr * g[name]
        history.append(loss(p, X, y))
        if history[-1] < lowest:
            lowest, best = history[-1], {name: w.copy() for name, w in p.items()}
    return history, best


def predict(p, X):
    return np.argmax(forward(p, X)[-1], axis=1)


def accuracy(p, X, y):
    return np.mean(predict(p, X) == y)


def accuracy_in_batches(p, X, y, batch=7):
    hits = 0
    for first in range(0, len(y), batch):
        part = slice(first, first + batch)
        hits += accuracy(p, X[part], y[part]) * len(y[part])
    return hits / len(y)


def compare(p, X, y, X_test, y_test):
    return data_loss(p, X, y), data_loss(p, X_test, y_test)


def experiment(n=60, seed=0):
    X, y = make_clouds(n, seed)
    order = np.random.default_rng(seed).permutation(n)
    train, test = order[: 2 * n // 3], order[2 * n // 3 :]
    mean, std = X[train].mean(axis=0), X[train].std(axis=0)
    X_train, X_test = standardised(X[train], mean, std), standardised(X[test], mean, std)
    p = start(seed)
    _, best = fit(p, X_train, y[train])
    return data_loss(best, X_train, y[train]), data_loss(best, X_test, y[test])


if __name__ == "__main__":
    print(experiment())
