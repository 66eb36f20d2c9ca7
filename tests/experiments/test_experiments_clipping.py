"""Gradients cut entry by entry, where the norm of all is weighed against the same limit, are told in any style."""

from textwrap import indent

import pytest
from labs import lab_of

from gradcheck.experiments.clipping import clipping_audit
from gradcheck.repair.candidate import apply_splices
from gradcheck.repair.mending.updating import whole_clips
from gradcheck.subject.wiring import Grads

NET = """\
import numpy as np

rng = np.random.default_rng(0)
P = {"w": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}


def cost(x, y):
    return 0.5 * np.mean(np.sum((x @ P["w"] + P["b"] - y) ** 2, axis=1))


def slopes(x, y):
    d = (x @ P["w"] + P["b"] - y) / len(x)
    return {"w": x.T @ d, "b": d.sum(axis=0)}


def length_of(arrays):
    return np.linalg.norm([np.linalg.norm(a) for a in arrays])


def train(x, y, top=0.5):
    for _ in range(10):
        g = slopes(x, y)
BODY
        for k in P:
            P[k] -= 0.1 * g[k]


def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])
"""
ROOT = "long = np.sqrt(sum(np.sum(a**2) for a in g.values()))\n"
FACTOR = ROOT + "factor = min(1.0, top / long)\n"


def lab(body):
    """A network that trains with some statements between its gradient and its update."""
    return lab_of(
        NET.replace("BODY", indent(body, " " * 8)),
        setup="x, y = make()",
        loss="cost(x, y)",
        params={k: f"P[{k!r}]" for k in "wb"},
        grads=Grads("g = slopes(x, y)", {k: f"g[{k!r}]" for k in "wb"}),
        train="train(x, y)",
    )


@pytest.mark.parametrize(
    ("body", "mended"),
    [
        (FACTOR + "g = {k: np.clip(a, -top, top) for k, a in g.items()}", "a * factor for k"),
        (FACTOR + "for k in g:\n    g[k] = g[k].clip(-top, top)", "g[k] = g[k] * factor"),
        (FACTOR + "for k in g:\n    np.maximum(np.minimum(g[k], top), -top, out=g[k])", ""),
        (FACTOR + "for k in g:\n    g[k] = np.maximum(np.minimum(g[k], top), -top)", "g[k] = g[k] * factor"),
        (
            "long = length_of(g.values())\nif long > top:\n    g = {k: np.clip(a, -top, top) for k, a in g.items()}",
            "a * (top / long) for k",
        ),
        (FACTOR + "g = {k: factor * a for k, a in g.items()}", None),
        ("g = {k: np.clip(a, -top, top) for k, a in g.items()}", None),
        (ROOT + "g = {k: np.clip(a, -top, top) for k, a in g.items()}", None),
        (FACTOR + "g = {k: np.clip(a, 0, top) * factor for k, a in g.items()}", None),
    ],
)
def test_entries_cut_where_the_norm_is_meant_are_told_and_mended(body, mended):
    network = lab(body)
    found = clipping_audit(network).facts["elementwise"]
    assert len(found) == (0 if mended is None else 1)
    for fact in found:
        assert fact["text"] in network.source.splitlines()[fact["line"] - 1]
        assert 5.0 < fact["degrees"] < 90.0
    if mended:
        (edit,) = whole_clips(network, found[0])
        after = apply_splices(network.source, edit)
        assert mended in after
        assert clipping_audit(lab_of(after, **_wired(network))).facts["elementwise"] == []


def _wired(network):
    names = ("setup", "loss", "params", "grads", "train")
    return {name: getattr(network.wiring, name) for name in names}
