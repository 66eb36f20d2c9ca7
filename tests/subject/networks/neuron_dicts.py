"""Neurons as dicts in lists in a list; the label is the last item of each row, and counted into a list of its own."""

import math
import random

random.seed(9)
ROWS = [[0.2, 1.1, 0], [0.4, 0.9, 0], [0.3, 1.4, 0], [1.3, 0.1, 1], [1.1, 0.3, 1], [0.9, -0.2, 1]]


def grow(*sizes):
    return [
        [{"weights": [random.uniform(-1, 1) for _ in range(n_in + 1)]} for _ in range(n_out)]
        for n_in, n_out in zip(sizes, sizes[1:])
    ]


def fire(net, values):
    for layer in net:
        for neuron in layer:
            *weights, bias = neuron["weights"]
            neuron["out"] = 1 / (1 + math.exp(-bias - sum(w * v for w, v in zip(weights, values))))
        values = [neuron["out"] for neuron in layer]
    return values


def blame(net, wanted):
    for i in reversed(range(len(net))):
        for j, neuron in enumerate(net[i]):
            if i + 1 == len(net):
                miss = neuron["out"] - wanted[j]
            else:
                miss = sum(above["weights"][j] * above["delta"] for above in net[i + 1])
            neuron["delta"] = miss * neuron["out"] * (1 - neuron["out"])


def shift(net, row, pace):
    values = row[:-1]
    for layer in net:
        for neuron in layer:
            for j, value in enumerate(values):
                neuron["weights"][j] -= pace * neuron["delta"] * value
            neuron["weights"][-1] -= pace * neuron["delta"]
        values = [neuron["out"] for neuron in layer]


def teach(net, rows, pace, rounds):
    for turn in range(rounds):
        error = 0.0
        for row in rows:
            shown = fire(net, row[:-1])
            wanted = [0.0, 0.0]
            wanted[row[-1]] = 1.0
            error += 0.5 * sum((wanted[j] - shown[j]) ** 2 for j in range(2))
            blame(net, wanted)
            shift(net, row, pace)
        print(turn, error)


if __name__ == "__main__":
    net = grow(2, 3, 2)
    teach(net, ROWS, 0.5, 50)
