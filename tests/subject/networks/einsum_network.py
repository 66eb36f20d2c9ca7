# ruff: noqa: T201, ANN, D, NPY002 -- written as people write such scripts
"""Two layers written in einsum."""

import numpy as np


class Einsum:
    def __init__(self, d, h, k):
        rng = np.random.RandomState(5)
        self.theta = {"A": rng.randn(d, h) * 0.5, "B": rng.randn(h, k) * 0.5}

    def forward(self, x):
        z = np.einsum("nd,dh->nh", x, self.theta["A"])
        a = np.maximum(z, 0.1 * z)
        return z, a, np.einsum("nh,hk->nk", a, self.theta["B"])

    def objective(self, x, y):
        *_, out = self.forward(x)
        return np.einsum("nk,nk->", out - y, out - y) / (2 * len(x))

    def gradient(self, x, y):
        z, a, out = self.forward(x)
        r = (out - y) / len(x)
        back = np.einsum("nk,hk->nh", r, self.theta["B"]) * np.where(z > 0, 1.0, 0.1)
        return {"A": np.einsum("nd,nh->dh", x, back), "B": np.einsum("nh,nk->hk", a, r)}


def optimise(model, x, y, steps=400, rate=0.1):
    for _ in range(steps):
        grad = model.gradient(x, y)
        for key in model.theta:
            model.theta[key] = model.theta[key] - rate * grad[key]


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 3))
    y = np.stack([x[:, 0] * 2, x[:, 1] - x[:, 2]], axis=1)
    model = Einsum(3, 7, 2)
    optimise(model, x, y)
    print(model.objective(x, y))
