"""A linear classifier with margins, whose weights are drawn by the first call that trains it."""

import numpy as np


class Margins:
    weights = None

    def cost(self, rows, kinds):
        at = np.arange(len(kinds))
        scores = rows @ self.weights
        gaps = np.maximum(0, scores - scores[at, kinds][:, None] + 1)
        gaps[at, kinds] = 0
        open_gaps = (gaps > 0).astype(float)
        open_gaps[at, kinds] = -open_gaps.sum(axis=1)
        value = gaps.sum() / len(kinds) + 0.01 * np.sum(self.weights**2)
        return value, rows.T @ open_gaps / len(kinds) + 0.02 * self.weights

    def train(self, rows, kinds, turns=150, rate=0.05, batch=16):
        if self.weights is None:
            self.weights = 0.3 * draws.normal(size=(rows.shape[1], kinds.max() + 1))
        for _ in range(turns):
            some = draws.choice(len(kinds), batch)
            value, slope = self.cost(rows[some], kinds[some])
            self.weights -= rate * slope
        return value


draws = np.random.default_rng(8)
places = draws.normal(size=(60, 4))
regions = np.argmax(places[:, :3], axis=1)
machine = Margins()
machine.train(places, regions)
