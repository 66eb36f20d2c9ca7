"""A recurrent net trained at module level for as long as nobody stops it, by adaptive steps."""

import numpy as np

np.random.seed(1)
notes = [0, 2, 1, 3, 2, 0, 1, 1, 3, 0, 2, 2]
U = np.random.randn(5, 4) * 0.3
R = np.random.randn(5, 5) * 0.3
V = np.random.randn(4, 5) * 0.3


def song(heard, next_notes, h):
    states, shown, loss = [h], [], 0.0
    for note in heard:
        states.append(np.tanh(U[:, note] + R @ states[-1]))
        scores = np.exp(V @ states[-1])
        shown.append(scores / scores.sum())
    gU, gR, gV = np.zeros_like(U), np.zeros_like(R), np.zeros_like(V)
    carried = np.zeros_like(h)
    for t in reversed(range(len(heard))):
        loss -= np.log(shown[t][next_notes[t]])
        d = shown[t].copy()
        d[next_notes[t]] -= 1
        gV += np.outer(d, states[t + 1])
        inner = (V.T @ d + carried) * (1 - states[t + 1] ** 2)
        gU[:, heard[t]] += inner
        gR += np.outer(inner, states[t])
        carried = R.T @ inner
    return loss, gU, gR, gV, states[-1]


place, turn, h = 0, 0, np.zeros(5)
memory = [np.zeros_like(U), np.zeros_like(R), np.zeros_like(V)]
while True:
    if place + 5 >= len(notes):
        place, h = 0, np.zeros(5)
    heard, following = notes[place : place + 4], notes[place + 1 : place + 5]
    loss, gU, gR, gV, h = song(heard, following, h)
    if turn % 1000 == 0:
        print(turn, loss)
    for weights, slope, kept in zip([U, R, V], [gU, gR, gV], memory):
        kept += slope * slope
        weights -= 0.1 * slope / np.sqrt(kept + 1e-8)
    place, turn = place + 4, turn + 1
