# ruff: noqa: S311, T201 -- written as people write such scripts
"""Two light switches, learnt with plain global floats, a sample at a time; the loss is never called."""

import math
import random

random.seed(1)
a, b, bias = random.random(), random.random(), 0.0
pace = 0.3
SWITCHES = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
LIGHT = [0.0, 1.0, 1.0, 1.0]


def lamp(p, q):
    return 1 / (1 + math.exp(-(a * p + b * q + bias)))


def squared_error(shown, wanted):
    return 0.5 * (shown - wanted) ** 2


def teach(rounds):
    global a, b, bias
    for _ in range(rounds):
        i = random.randrange(len(SWITCHES))
        p, q = SWITCHES[i]
        wanted = LIGHT[i]
        shown = lamp(p, q)
        d = (shown - wanted) * shown * (1 - shown)
        a, b, bias = a - pace * d * p, b - pace * d * q, bias - pace * d


if __name__ == "__main__":
    teach(5000)
    print([round(lamp(p, q), 2) for p, q in SWITCHES])
