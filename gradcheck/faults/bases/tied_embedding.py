"""Predicts a word from two others; one table of word vectors serves the input and, transposed, the output."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class WordModel:
    def __init__(self, n_words, n_dims, seed=0):
        rng = np.random.default_rng(seed)
        self.E = rng.normal(0, 0.5, (n_words, n_dims))
        self.W = rng.normal(0, 1 / np.sqrt(n_dims), (n_dims, n_dims))
        self.b = rng.normal(0, 0.1, n_dims)
        self.c = np.zeros(n_words)

    def forward(self, contexts):
        self.x = self.E[contexts].mean(axis=1)
        self.h = np.tanh(self.x @ self.W + self.b)
        return softmax(self.h @ self.E.T + self.c)

    def loss(self, contexts, targets):
        p = self.forward(contexts)
        return -np.mean(np.log(p[np.arange(len(targets)), targets]))

    def gradients(self, contexts, targets):
        n, per_context = contexts.shape
        delta = self.forward(contexts)
        delta[np.arange(n), targets] -= 1
        delta /= n
        dE = delta.T @ self.h
        dc = delta.sum(axis=0)
        dz = (delta @ self.E) * (1 - self.h**2)
        dW = self.x.T @ dz
        db = dz.sum(axis=0)
        dx = dz @ self.W.T
        np.add.at(dE, contexts, dx[:, np.newaxis, :] / per_context)
        return {"E": dE, "W": dW, "b": db, "c": dc}

    def fit(self, contexts, targets, epochs=200, lr=1.0):
        for _ in range(epochs):
            for name, grad in self.gradients(contexts, targets).items():
                getattr(self, name)[...] -= lr * grad
        return self.loss(contexts, targets)


def make_data(n, n_words=7, seed=0):
    """Pairs of words, and the word that stands between them in the alphabet."""
    rng = np.random.default_rng(seed)
    contexts = rng.integers(0, n_words, (n, 2))
    return contexts, contexts.sum(axis=1) // 2


if __name__ == "__main__":
    contexts, targets = make_data(80)
    model = WordModel(7, 6)
    before = model.loss(contexts, targets)
    print(f"loss {before:.3f} -> {model.fit(contexts, targets):.3f}")
