"""A list of arrays in one training function: ReLU layers of one width, softmax; Adam written out, clipping, decay."""

import numpy as np

LAM = 0.0005


def moons(n, seed=0):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    turn = rng.uniform(0, np.pi, n)
    x = np.cos(turn + 2.1 * kind) + 0.8 * kind + rng.normal(0, 0.15, n)
    y = np.sin(turn + 2.1 * kind) - 0.5 * kind + rng.normal(0, 0.15, n)
    return np.column_stack([30 * x + 5, 8 * y - 60]), kind


def whiten(points, middle, spread):
    return (points - middle) / spread


def samples(n, seed=0):
    points, kind = moons(n, seed)
    return whiten(points, points.mean(axis=0), points.std(axis=0)), kind


def initialise(seed=0, width=7):
    rng = np.random.default_rng(seed)
    W1 = rng.normal(0, 0.7, (2, width))
    b1 = np.full(width, 0.05)
    W2 = rng.normal(0, 0.5, (width, width))
    b2 = np.full(width, 0.05)
    W3 = rng.normal(0, 0.4, (width, 3))
    b3 = np.zeros(3)
    return [W1, b1, W2, b2, W3, b3]


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def forward(theta, X):
    W1, b1, W2, b2, W3, b3 = theta
    z1 = X @ W1 + b1
    h1 = np.maximum(z1, 0.0)
    z2 = h1 @ W2 + b2
    h2 = np.maximum(z2, 0.0)
    return z1, h1, z2, h2, softmax(h2 @ W3 + b3)


def cross_entropy(theta, X, y):
    chosen = forward(theta, X)[-1][np.arange(len(y)), y]
    return -np.mean(np.log(chosen + 1e-12))


def criterion(theta, X, y):
    W1, _, W2, _, W3, _ = theta
    return cross_entropy(theta, X, y) + LAM * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def backward(theta, X, y):
    W1, _, W2, _, W3, _ = theta
    z1, h1, z2, h2, probs = forward(theta, X)
    d3 = probs.copy()
    d3[np.arange(len(y)), y] -= 1.0
    d3 /= len(y)
    d2 = d3 @ W3.T * (z2 > 0)
    d1 = d2 @ W2.T * (z1 > 0)
    gW1 = X.T @ d1 + 2 * LAM * W1
    gW2 = h1.T @ d2 + 2 * LAM * W2
    gW3 = h2.T @ d3 + 2 * LAM * W3
    return gW1, d1.sum(axis=0), gW2, d2.sum(axis=0), gW3, d3.sum(axis=0)


def train(theta, X, y, epochs=25, rate=0.03, batch=18, limit=0.8, seed=3):
    beta1, beta2, eps = 0.9, 0.99, 1e-8
    means = [np.zeros_like(w) for w in theta]
    squares = [np.zeros_like(w) for w in theta]
    rng = np.random.default_rng(seed)
    curve, t = [], 0
    for epoch in range(epochs):
        lr = rate * 0.5 ** (epoch // 10)
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch):
            rows = order[start : start + batch]
            grads = backward(theta, X[rows], y[rows])
            norm = np.sqrt(sum(np.sum(g**2) for g in grads))
            shorten = min(1.0, limit / (norm + 1e-12))
            t += 1
            for i, w in enumerate(theta):
                g = shorten * grads[i]
                means[i] = beta1 * means[i] + (1 - beta1) * g
                squares[i] = beta2 * squares[i] + (1 - beta2) * g**2
                m_hat = means[i] / (1 - beta1**t)
                v_hat = squares[i] / (1 - beta2**t)
                w -= lr * m_hat / (np.sqrt(v_hat) + eps)
        curve.append((criterion(theta, X, y), lr, norm))
    return curve


def labels_of(theta, X):
    return forward(theta, X)[-1].argmax(axis=1)


def accuracy(theta, X, y):
    return np.mean(labels_of(theta, X) == y)


def compare(n=66, seed=0):
    points, kind = moons(n, seed)
    middle, spread = points[:44].mean(axis=0), points[:44].std(axis=0)
    X, X_new = whiten(points[:44], middle, spread), whiten(points[44:], middle, spread)
    theta = initialise(seed)
    train(theta, X, kind[:44])
    return cross_entropy(theta, X, kind[:44]), cross_entropy(theta, X_new, kind[44:])


if __name__ == "__main__":
    print(compare())
