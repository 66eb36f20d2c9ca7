"""Which of three stripes is a point in? An object with a settings class, softplus units, softmax, weight decay."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Settings:
    hidden: int = 8
    rate: float = 0.1
    decay: float = 2.0
    steps: int = 900


class Model:
    def __init__(self, settings, seed=2):
        self.s = settings
        rng = np.random.default_rng(seed)
        self.A = rng.standard_normal((2, settings.hidden))
        self.a = np.zeros((1, settings.hidden))
        self.B = rng.standard_normal((settings.hidden, 3)) / np.sqrt(settings.hidden)
        self.b = np.zeros((1, 3))

    def _softplus(self, z):
        return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)

    def __call__(self, X):
        self.X = X
        self.Z = X @ self.A + self.a
        self.H = self._softplus(self.Z)
        scores = self.H @ self.B + self.b
        E = np.exp(scores - scores.max(1, keepdims=True))
        return E / E.sum(1, keepdims=True)

    def objective(self, X, T):
        fit = -np.sum(T * np.log(self(X))) / len(X)
        return fit + 0.5 * self.s.decay * (np.sum(self.A**2) + np.sum(self.B**2))

    def derivatives(self, X, T):
        D = (self(X) - T) / len(X)
        dB = self.H.T @ D + self.s.decay * self.B
        db = D.sum(0, keepdims=True)
        D = D @ self.B.T / (1 + np.exp(-self.Z))
        dA = X.T @ D + self.s.decay * self.A
        return dA, D.sum(0, keepdims=True), dB, db

    def fit(self, X, T):
        for _ in range(self.s.steps):
            dA, da, dB, db = self.derivatives(X, T)
            self.A -= self.s.rate * dA
            self.a -= self.s.rate * da
            self.B -= self.s.rate * dB
            self.b -= self.s.rate * db


def stripes(count, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (count, 2))
    return X, np.eye(3)[np.digitize(X.sum(1), [-0.8, 0.8])]
