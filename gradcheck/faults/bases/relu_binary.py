"""A yes-or-no classifier with its parameters as globals: two ReLU layers, one logit, binary cross-entropy."""

import numpy as np

N_IN, N_HIDDEN = 3, 6

rng = np.random.default_rng(0)
W1 = rng.normal(0, np.sqrt(2 / N_IN), (N_IN, N_HIDDEN))
b1 = np.full(N_HIDDEN, 0.1)
W2 = rng.normal(0, np.sqrt(2 / N_HIDDEN), (N_HIDDEN, N_HIDDEN))
b2 = np.full(N_HIDDEN, 0.1)
W3 = rng.normal(0, np.sqrt(1 / N_HIDDEN), (N_HIDDEN, 1))
b3 = np.zeros(1)


def relu(z):
    return np.maximum(z, 0)


def relu_derivative(z):
    return (z > 0).astype(float)


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def forward(X):
    z1 = X @ W1 + b1
    a1 = relu(z1)
    z2 = a1 @ W2 + b2
    a2 = relu(z2)
    z3 = a2 @ W3 + b3
    return z1, a1, z2, a2, z3


def loss(X, y):
    z3 = forward(X)[-1]
    return np.mean(np.maximum(z3, 0) - z3 * y + np.log1p(np.exp(-np.abs(z3))))


def gradients(X, y):
    z1, a1, z2, a2, z3 = forward(X)
    d3 = (sigmoid(z3) - y) / len(X)
    dW3 = a2.T @ d3
    db3 = np.sum(d3, axis=0)
    d2 = d3 @ W3.T * relu_derivative(z2)
    dW2 = a1.T @ d2
    db2 = np.sum(d2, axis=0)
    d1 = d2 @ W2.T * relu_derivative(z1)
    dW1 = X.T @ d1
    db1 = np.sum(d1, axis=0)
    return dW1, db1, dW2, db2, dW3, db3


def train(X, y, lr=0.5, steps=300):
    global W1, b1, W2, b2, W3, b3
    for _ in range(steps):
        dW1, db1, dW2, db2, dW3, db3 = gradients(X, y)
        W1 = W1 - lr * dW1
        b1 = b1 - lr * db1
        W2 = W2 - lr * dW2
        b2 = b2 - lr * db2
        W3 = W3 - lr * dW3
        b3 = b3 - lr * db3
    return loss(X, y)


def predict(X):
    return (forward(X)[-1] > 0).astype(int)


def accuracy(X, y):
    return np.mean(predict(X) == y)


def make_data(n, seed=0):
    """Points in space; the answer is whether they lie inside a ball. The labels are a column."""
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (n, 3))
    return X, (np.sum(X**2, axis=1, keepdims=True) < 2).astype(int)


if __name__ == "__main__":
    X, y = make_data(200)
    before = loss(X, y)
    print(f"loss {before:.3f} -> {train(X, y):.3f}, accuracy {accuracy(X, y):.2f}")
