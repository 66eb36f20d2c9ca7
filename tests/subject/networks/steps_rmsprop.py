"""Globals and RMSprop; only the running mean of squares is kept."""

import numpy as np

np.random.seed(4)
xs = np.random.randn(8, 3)
ts = np.random.randn(8, 2)
M = np.random.randn(3, 2) * 0.4
k = np.random.randn(2) * 0.1
sM, sk = np.zeros_like(M), np.zeros_like(k)


def loss():
    return 0.5 * np.sum((xs @ M + k - ts) ** 2)


def update(rate):
    global M, k, sM, sk
    e = xs @ M + k - ts
    sM = 0.95 * sM + 0.05 * (xs.T @ e) ** 2
    sk = 0.95 * sk + 0.05 * e.sum(0) ** 2
    M = M - rate * (xs.T @ e) / (np.sqrt(sM) + 1e-8)
    k = k - rate * e.sum(0) / (np.sqrt(sk) + 1e-8)


def main():
    for _ in range(80):
        update(0.003)
    return loss()


if __name__ == "__main__":
    main()
