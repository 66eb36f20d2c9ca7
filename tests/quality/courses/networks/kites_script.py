"""A script over globals, samples in columns: a switch TRAINING, batch norm, dropout, one sigmoid output; a training function."""

import numpy as np

TRAINING = True
P_KEEP, RATE, LAM = 0.9, 0.6, 0.001
rng = np.random.default_rng(12)
W1 = 0.7 * rng.standard_normal((6, 3))
gain = np.ones((6, 1))
offset = 0.1 * rng.standard_normal((6, 1))
W2 = 0.6 * rng.standard_normal((6, 6))
b2 = 0.1 * rng.standard_normal((6, 1))
W3 = 0.6 * rng.standard_normal((1, 6))
b3 = 0.1 * rng.standard_normal((1, 1))
avg_mean, avg_var = np.zeros((6, 1)), np.ones((6, 1))


def kites(n, seed=0):
    draw = np.random.default_rng(seed)
    wind = draw.normal(0, 1, (n, 3))
    up = (wind[:, 0] ** 2 + wind[:, 1] - 0.5 * wind[:, 2] > 0.7).astype(float)
    return 9.0 * wind.T + 40.0, up[None, :]


def zscored(X, mu, sd):
    return (X - mu) / sd


def load(n, seed=0):
    X, Y = kites(n, seed)
    return zscored(X, X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)), Y


def forward(X):
    global avg_mean, avg_var
    z1 = np.dot(W1, X)
    if TRAINING:
        mean = np.mean(z1, axis=1, keepdims=True)
        var = np.var(z1, axis=1, keepdims=True)
        avg_mean = 0.9 * avg_mean + 0.1 * mean
        avg_var = 0.9 * avg_var + 0.1 * var
    else:
        mean, var = avg_mean, avg_var
    sd = np.sqrt(var + 1e-4)
    n1 = (z1 - mean) / sd
    h1 = np.tanh(gain * n1 + offset)
    if TRAINING:
        keep = np.random.default_rng(6).random(h1.shape) < P_KEEP
        drop = keep / P_KEEP
    else:
        drop = np.ones_like(h1)
    d1 = h1 * drop
    h2 = np.tanh(np.dot(W2, d1) + b2)
    out = 1 / (1 + np.exp(-(np.dot(W3, h2) + b3)))
    return sd, n1, h1, drop, d1, h2, out


def penalty():
    return LAM * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2) + np.sum(b2**2) + np.sum(b3**2))


def loss(X, Y):
    p = forward(X)[-1]
    return np.mean(-Y * np.log(p + 1e-12) - (1 - Y) * np.log(1 - p + 1e-12)) + penalty()


def backward(X, Y):
    sd, n1, h1, drop, d1, h2, p = forward(X)
    m = X.shape[1]
    e3 = (p - Y) / m
    gW3, gb3 = np.dot(e3, h2.T) + 2 * LAM * W3, np.sum(e3, axis=1, keepdims=True) + 2 * LAM * b3
    e2 = np.dot(W3.T, e3) * (1 - h2**2)
    gW2, gb2 = np.dot(e2, d1.T) + 2 * LAM * W2, np.sum(e2, axis=1, keepdims=True) + 2 * LAM * b2
    e1 = np.dot(W2.T, e2) * drop * (1 - h1**2)
    ggain, goffset = np.sum(e1 * n1, axis=1, keepdims=True), np.sum(e1, axis=1, keepdims=True)
    e1 = e1 * gain
    e0 = e1 - np.mean(e1, axis=1, keepdims=True) - n1 * np.mean(e1 * n1, axis=1, keepdims=True)
    gW1 = np.dot(e0 / sd, X.T) + 2 * LAM * W1
    return gW1, ggain, goffset, gW2, gb2, gW3, gb3


def step(X, Y, rate):
    global W1, gain, offset, W2, b2, W3, b3
    gW1, ggain, goffset, gW2, gb2, gW3, gb3 = backward(X, Y)
    W1 = W1 - rate * gW1
    gain = gain - rate * ggain
    offset = offset - rate * goffset
    W2 = W2 - rate * gW2
    b2 = b2 - rate * gb2
    W3 = W3 - rate * gW3
    b3 = b3 - rate * gb3


def train(X, Y, epochs=50, size=24):
    deal = np.random.default_rng(2)
    curve = []
    for _ in range(epochs):
        shuffled = deal.permutation(X.shape[1])
        for low in range(0, X.shape[1], size):
            hand = shuffled[low : low + size]
            step(X[:, hand], Y[:, hand], RATE)
        curve.append(loss(X, Y))
    return curve


def chance(X):
    global TRAINING
    TRAINING = False
    p = forward(X)[-1]
    TRAINING = True
    return p


def accuracy(X, Y):
    return np.mean((chance(X) > 0.5) == (Y > 0.5))


def fly(n=90, seed=0):
    X, Y = kites(n, seed)
    mu, sd = X[:, :60].mean(axis=1, keepdims=True), X[:, :60].std(axis=1, keepdims=True)
    train(zscored(X[:, :60], mu, sd), Y[:, :60])
    return accuracy(zscored(X[:, 60:], mu, sd), Y[:, 60:])


if __name__ == "__main__":
    print(fly())
