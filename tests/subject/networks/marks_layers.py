"""Layers that update themselves, one picture at a time, while the loop keeps its own books."""

import numpy as np

rng = np.random.default_rng(3)


class Stamp:
    def __init__(self, count, side):
        self.side, self.marks = side, rng.normal(0, 0.4, (count, side, side))

    def windows(self, picture):
        for i in range(len(picture) - self.side + 1):
            for j in range(len(picture) - self.side + 1):
                yield i, j, picture[i : i + self.side, j : j + self.side]

    def press(self, picture):
        self.seen, size = picture, len(picture) - self.side + 1
        out = np.zeros((size, size, len(self.marks)))
        for i, j, window in self.windows(picture):
            out[i, j] = np.sum(window * self.marks, axis=(1, 2))
        return np.tanh(out)

    def mend(self, given, made, rate):
        given = given * (1 - made**2)
        slope = np.zeros_like(self.marks)
        for i, j, window in self.windows(self.seen):
            slope += given[i, j][:, None, None] * window
        self.marks -= rate * slope


class Vote:
    def __init__(self, size, kinds):
        self.weights, self.shift = rng.normal(0, 0.3, (size, kinds)), np.zeros(kinds)

    def press(self, made):
        self.flat = made.ravel()
        raised = np.exp(self.flat @ self.weights + self.shift)
        return raised / raised.sum()

    def mend(self, given, shape, rate):
        back = (self.weights @ given).reshape(shape)
        self.weights -= rate * np.outer(self.flat, given)
        self.shift -= rate * given
        return back


stamp, vote = Stamp(2, 2), Vote(18, 3)


def look(picture, kind):
    made = stamp.press(picture)
    chances = vote.press(made)
    return made, chances, -np.log(chances[kind]), int(np.argmax(chances) == kind)


def learn(picture, kind, rate=0.05):
    made, chances, loss, hit = look(picture, kind)
    given = chances - np.eye(len(chances))[kind]
    stamp.mend(vote.mend(given, made.shape, rate), made, rate)
    return loss, hit


pictures = rng.random((30, 4, 4))
kinds = rng.integers(0, 3, 30)
loss = hits = 0
for turn in range(3):
    for place, (picture, kind) in enumerate(zip(pictures, kinds)):
        l, hit = learn(picture, kind)
        loss += l
        hits += hit
        if place % 10 == 9:
            print(turn, place, loss / 10, hits)
            loss = hits = 0
