"""A linear network of two parameters in a dict, whose training is put together by the test."""

from textwrap import indent

from labs import lab_of

from gradcheck.subject.wiring import Grads

NETWORK = """\
import numpy as np

rng = np.random.default_rng(0)
P = {"w": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}


def cost(x, y):
    return 0.5 * np.mean(np.sum((x @ P["w"] + P["b"] - y) ** 2, axis=1))


def slopes(x, y):
    d = (x @ P["w"] + P["b"] - y) / len(x)
    return {"w": x.T @ d, "b": d.sum(axis=0)}


def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])


"""


def linear(training, body, train="train(x, y)"):
    """The lab of the network with a training: the text of that, and what stands for BODY in its loop."""
    return wired(NETWORK + training.replace("BODY", indent(body, " " * 8)), train)


def wired(source, train="train(x, y)"):
    """The lab of a text of such a network."""
    return lab_of(
        source,
        setup="x, y = make()",
        loss="cost(x, y)",
        params={k: f"P[{k!r}]" for k in "wb"},
        grads=Grads("g = slopes(x, y)", {k: f"g[{k!r}]" for k in "wb"}),
        train=train,
    )
