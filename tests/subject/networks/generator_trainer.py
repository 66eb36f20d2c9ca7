# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""A trainer that yields after every step."""

import numpy as np


class Curve:
    def __init__(self, degree):
        self.coefficients = np.linspace(-0.5, 0.5, degree + 1)

    def at(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))

    def cost(self, x, y):
        return ((self.at(x) - y) ** 2).mean() / 2


def training(curve, x, y, rate):
    powers = np.stack([x**i for i in range(len(curve.coefficients))])
    while True:
        miss = curve.at(x) - y
        curve.coefficients = curve.coefficients - rate * powers @ miss / len(x)
        yield curve.cost(x, y)


if __name__ == "__main__":
    x = np.linspace(-1, 1, 50)
    y = np.cos(2 * x)
    curve = Curve(3)
    for step, cost in zip(range(500), training(curve, x, y, 0.2)):
        if step % 100 == 0:
            print(step, cost)
