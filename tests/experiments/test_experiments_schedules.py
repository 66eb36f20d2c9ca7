"""Rates that a loop computes: one that never moves and one that nothing uses are told, in any style; others are not."""

import pytest
from linear import linear

from gradcheck.experiments.schedules import schedule_audit
from gradcheck.repair.candidate import apply_splices
from gradcheck.repair.mending.updating import moving_schedules

TRAINING = """\
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
"""
MOVE = "for k in P:\n    P[k] = P[k] - now * g[k]\n"


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
    network = linear(TRAINING, body)
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
    body = "now = rate * 0.5 ** (turn // 10)\n" + MOVE
    assert schedule_audit(linear(TRAINING, body, "train(x, y, turns=3)")).facts["stuck"] == []
