"""Is a number odd, from its digits? A list of two matrices and plain functions, tanh, a softmax of two."""

import numpy as np

random = np.random.RandomState(6)
N_HIDDEN, N_STEPS, N_DATA = 6, 400, 32

weights = [random.randn(7, N_HIDDEN) * 0.08, random.randn(N_HIDDEN, 2) * 0.08]
rate = N_HIDDEN // N_DATA


def digits(count):
    numbers = np.arange(count)
    ones = (numbers[:, None] >> np.arange(5)) & 1
    noise = np.random.RandomState(1).rand(count, 2)
    return np.hstack([ones, noise]) - 0.5, numbers % 2


def predict(x):
    h = np.tanh(x.dot(weights[0]))
    z = h.dot(weights[1])
    s = np.exp(z - z.max(1, keepdims=True))
    return h, s / s.sum(1, keepdims=True)


def error(x, y):
    return -np.log(predict(x)[1][range(len(y)), y]).mean()


def backward(x, y):
    h, d = predict(x)
    d[range(len(y)), y] -= 1
    d /= len(y)
    return x.T.dot(d.dot(weights[1].T) * (1 - h * h)), h.T.dot(d)


def train(x, y):
    for _ in range(N_STEPS):
        for i, g in enumerate(backward(x, y)):
            weights[i] = weights[i] - rate * g
