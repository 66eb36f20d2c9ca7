"""Rates that a loop computes: one that never moves and one that nothing uses are told, in any style; others are not."""

from textwrap import indent

import pytest
from labs import lab_of

from gradcheck.experiments.schedules import schedule_audit
from gradcheck.repair.candidate import apply_splices
from gradcheck.repair.mending.updating import moving_schedules
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


def decayed(rate, turn):
    return rate / (1 + turn)


class Plain:
    def __init__(self, rate):
        self.rate = rate

    def step(self, g):
        for k in P:
            P[k] -= self.rate * g[k]


def train(x, y, turns=20, rate=0.1):
    plain, log = Plain(rate), []
    for turn in range(turns):
        g = slopes(x, y)
BODY
    return log


def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])
"""
MOVE = "for k in P:\n    P[k] = P[k] - now * g[k]\n"


def lab(body):
    """A network that trains with some statements in its loop."""
    return lab_of(
        NET.replace("BODY", indent(body, " " * 8)),
        setup="x, y = make()",
        loss="cost(x, y)",
        params={k: f"P[{k!r}]" for k in "wb"},
        grads=Grads("g = slopes(x, y)", {k: f"g[{k!r}]" for k in "wb"}),
        train="train(x, y)",
    )


@pytest.mark.parametrize(
    ("body", "kind", "mended"),
    [
        ("now = decayed(rate, 1)\n" + MOVE, "constant", "now = decayed(rate, turn)"),
        ("now = rate * 0.9 ** (turn // 500)\n" + MOVE, "slow", "now = rate * 0.9 ** turn"),
        ("now = decayed(rate, turn / 1e4 // 1)\n" + MOVE, "slow", ""),
        ("now = decayed(rate, turn)\n" + MOVE.replace("now", "rate"), "unused", "P[k] = P[k] - now * g[k]"),
        ("rate_now = rate * 0.9**turn\nplain.step(g)\n", "unused", "plain.rate = rate * 0.9**turn"),
        ("now = rate * 0.9 ** (turn // 5)\n" + MOVE, None, ""),
        ("now = decayed(rate, turn)\n" + MOVE, None, ""),
        ("plain.rate = rate * min(1.0, (turn + 1) / 5)\nplain.step(g)\n", None, ""),
        ("log.append(cost(x, y))\n" + MOVE.replace("now", "rate"), None, ""),
        ("share = turn / turns\nplain.step(g)\nlog.append(share)\n", None, ""),
        ("way = rate * turn\nplain.step(g)\nlog.append(way)\n", None, ""),
    ],
)
def test_a_rate_that_stands_still_is_told_and_made_to_move(body, kind, mended):
    network = lab(body)
    stuck = schedule_audit(network).facts["stuck"]
    assert [fact["kind"] for fact in stuck] == ([kind] if kind else [])
    for fact in stuck:
        assert any(
            line in network.source.splitlines()[n - 1] for line in body.splitlines() for n in fact["lines"]
        )
    if mended:
        edits = [apply_splices(network.source, splices) for splices in moving_schedules(network, stuck[0])]
        assert any(mended in edited for edited in edits)


def test_a_loop_that_is_cut_short_is_taken_at_its_own_length():
    """A few turns are no reason to call a schedule slow that steps every ten."""
    network = lab("now = rate * 0.5 ** (turn // 10)\n" + MOVE)
    short = lab_of(network.source, **{**_wired(network), "train": "train(x, y, turns=3)"})
    assert schedule_audit(short).facts["stuck"] == []


def _wired(network):
    names = ("setup", "loss", "params", "grads", "train")
    return {name: getattr(network.wiring, name) for name in names}
