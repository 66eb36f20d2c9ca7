# ruff: noqa: T201, ANN, D, NPY002 -- written as people write such scripts
"""Word vectors by skip-gram with negative sampling."""

import numpy as np

TEXT = ["the", "cat", "sat", "on", "the", "mat", "the", "dog", "sat", "on", "the", "rug", "the", "cat", "saw", "the", "dog"]
VOCABULARY = sorted(set(TEXT))
IDS = [VOCABULARY.index(word) for word in TEXT]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class SkipGram:
    def __init__(self, words, size=6):
        rng = np.random.RandomState(0)
        self.centre = rng.randn(words, size) * 0.3
        self.context = rng.randn(words, size) * 0.3

    def loss(self, word, near, far):
        v = self.centre[word]
        return -np.log(sigmoid(self.context[near] @ v)) - np.log(sigmoid(-self.context[far] @ v)).sum()

    def step(self, word, near, far, lr):
        v = self.centre[word].copy()
        pull = sigmoid(self.context[near] @ v) - 1
        push = sigmoid(self.context[far] @ v)
        d_centre = pull * self.context[near] + push @ self.context[far]
        self.context[near] -= lr * pull * v
        np.subtract.at(self.context, far, lr * np.outer(push, v))
        self.centre[word] -= lr * d_centre


def train(model, ids, window=2, negatives=3, epochs=5, lr=0.05):
    for _ in range(epochs):
        for i, word in enumerate(ids):
            for near in ids[max(0, i - window) : i] + ids[i + 1 : i + 1 + window]:
                far = np.random.randint(0, len(VOCABULARY), negatives)
                model.step(word, near, far, lr)


if __name__ == "__main__":
    model = SkipGram(len(VOCABULARY))
    train(model, IDS)
    print(model.loss(IDS[0], IDS[1], np.array([2, 3])))
