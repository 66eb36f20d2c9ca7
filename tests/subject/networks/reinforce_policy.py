# ruff: noqa: T201, ANN, D, NPY002 -- written as people write such scripts
"""REINFORCE on a corridor of five cells; the episode is drawn, then its surrogate loss is descended."""

import numpy as np


class Policy:
    def __init__(self, cells=5, moves=2):
        self.logits = np.zeros((cells, moves)) + 0.1 * np.arange(cells * moves).reshape(cells, moves)

    def probabilities(self, cell):
        z = np.exp(self.logits[cell] - self.logits[cell].max())
        return z / z.sum()


def episode(policy, length=8):
    cell, walked = 2, []
    for _ in range(length):
        move = int(np.random.rand() < policy.probabilities(cell)[1])
        following = min(max(cell + (1 if move else -1), 0), 4)
        walked.append((cell, move, float(following == 4)))
        cell = following
    return walked


def returns(walked, discount=0.9):
    total, found = 0.0, []
    for _, _, reward in reversed(walked):
        total = reward + discount * total
        found.append(total)
    return found[::-1]


def surrogate_loss(policy, walked):
    pairs = zip(walked, returns(walked))
    return -sum(G * np.log(policy.probabilities(cell)[move]) for (cell, move, _), G in pairs)


def policy_gradient(policy, walked):
    grad = np.zeros_like(policy.logits)
    for (cell, move, _), G in zip(walked, returns(walked)):
        d = policy.probabilities(cell)
        d[move] -= 1
        grad[cell] += G * d
    return grad


def improve(policy, episodes=300, lr=0.1):
    for _ in range(episodes):
        walked = episode(policy)
        policy.logits -= lr * policy_gradient(policy, walked)


if __name__ == "__main__":
    np.random.seed(0)
    policy = Policy()
    improve(policy)
    print([round(policy.probabilities(c)[1], 2) for c in range(5)])
