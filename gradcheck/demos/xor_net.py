"""Exclusive or, with four hidden units."""

import numpy as np

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])

W1 = np.zeros((2, 4))
b1 = np.zeros(4)
W2 = np.zeros((4, 1))
b2 = np.full(1, 0.5)


def forward(x):
    h = np.tanh(x @ W1 + b1)
    return h, 1 / (1 + np.exp(-(h @ W2 + b2)))


def loss(x, y):
    _, p = forward(x)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def gradients(x, y):
    h, p = forward(x)
    d2 = (p - y) / len(y)
    d1 = d2 @ W2.T * (1 - h**2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


def train(epochs, lr):
    for _ in range(epochs):
        for parameter, gradient in zip((W1, b1, W2, b2), gradients(X, Y)):
            parameter -= lr * gradient


if __name__ == "__main__":
    print("loss before", loss(X, Y))
    train(epochs=2000, lr=0.5)
    print("loss after", loss(X, Y))
    print("outputs", forward(X)[1].ravel())
