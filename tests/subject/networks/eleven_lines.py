# ruff: noqa: T201, NPY002 -- written as people write such scripts
"""A parity network at module level: no function holds the backward pass, and what is printed is not what is trained."""

import numpy as np


def squash(x, slope=False):
    if slope:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


bits = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
parity = np.array([[0], [1], [1], [0]])

np.random.seed(3)
lower = 2 * np.random.random((3, 5)) - 1
upper = 2 * np.random.random((5, 1)) - 1

for turn in range(40000):
    layer1 = squash(bits @ lower)
    layer2 = squash(layer1 @ upper)
    miss = parity - layer2
    if turn % 10000 == 0:
        print("miss", np.mean(np.abs(miss)))
    push2 = miss * squash(layer2, slope=True)
    push1 = push2 @ upper.T * squash(layer1, slope=True)
    upper += layer1.T @ push2
    lower += bits.T @ push1

print(layer2)
