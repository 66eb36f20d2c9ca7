"""Mini-batches of (sample, label) pairs, shuffled in place; columns; only the number of right answers is printed."""

import random

import numpy as np


def squash(z):
    return 1 / (1 + np.exp(-z))


class Pairwise:
    def __init__(self, sizes):
        self.layers = [
            (np.random.randn(n_out, n_in) * 0.7, np.random.randn(n_out, 1) * 0.1)
            for n_in, n_out in zip(sizes, sizes[1:])
        ]

    def answer(self, column):
        for w, b in self.layers:
            column = squash(w @ column + b)
        return column

    def slopes(self, column, wanted):
        seen = [column]
        for w, b in self.layers:
            seen.append(squash(w @ seen[-1] + b))
        delta = (seen[-1] - wanted) * seen[-1] * (1 - seen[-1])
        found = []
        for (w, _), below in zip(self.layers[::-1], seen[-2::-1]):
            found.append((delta @ below.T, delta))
            delta = w.T @ delta * below * (1 - below)
        return found[::-1]

    def learn_some(self, some, pace):
        totals = [(np.zeros_like(w), np.zeros_like(b)) for w, b in self.layers]
        for column, wanted in some:
            totals = [(tw + w, tb + b) for (tw, tb), (w, b) in zip(totals, self.slopes(column, wanted))]
        self.layers = [
            (w - pace / len(some) * tw, b - pace / len(some) * tb)
            for (w, b), (tw, tb) in zip(self.layers, totals)
        ]

    def learn(self, pairs, rounds, size, pace):
        for turn in range(rounds):
            random.shuffle(pairs)
            for k in range(0, len(pairs), size):
                self.learn_some(pairs[k : k + size], pace)
            print(turn, sum(self.answer(c).argmax() == w.argmax() for c, w in pairs))


if __name__ == "__main__":
    np.random.seed(2)
    pairs = [(np.random.randn(3, 1) + i % 2, np.eye(2)[:, [i % 2]]) for i in range(60)]
    net = Pairwise([3, 4, 2])
    net.learn(pairs, 40, 10, 2.0)
