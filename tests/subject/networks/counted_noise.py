"""A decoder behind noise, whose shape is written down once for all samples; some passes are left out."""

import numpy as np

rng = np.random.default_rng(4)
COUNT, WIDE, THIN = 24, 6, 2
weights = {
    "in": rng.normal(0, 0.4, (WIDE, THIN)),
    "out": rng.normal(0, 0.4, (THIN, WIDE)),
    "shift": np.zeros(WIDE),
}
signals = rng.normal(size=(COUNT, WIDE))


def forward(noise):
    code = np.tanh(signals @ weights["in"])
    blurred = code + 0.1 * noise
    return {"code": code, "blurred": blurred, "out": blurred @ weights["out"] + weights["shift"]}


def misfit(made):
    return np.sum((made["out"] - signals) ** 2) / (2 * COUNT)


def backward(made):
    d = (made["out"] - signals) / COUNT
    back = d @ weights["out"].T * (1 - made["code"] ** 2)
    return {"in": signals.T @ back, "out": made["blurred"].T @ d, "shift": d.sum(axis=0)}


for turn in range(200):
    if turn % 7 == 6:
        continue
    made = forward(rng.normal(size=(COUNT, THIN)))
    error = misfit(made)
    slopes = backward(made)
    for name in weights:
        weights[name] -= 0.2 * slopes[name]
