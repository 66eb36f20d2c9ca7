"""Weights that decay apart from the gradient: taken back out of the update, whatever else is wrong with it."""

from __future__ import annotations

import ast

import pytest
from discovered import NETWORKS, worst_disagreement

from gradcheck.subject import discover_wiring, resolve_target
from gradcheck.subject.discover.apart import is_apart

SOURCE = (NETWORKS / "steps_decoupled.py").read_text()
DECAY = "        W -= eta * decay * W\n"
STEP = "        W -= eta * before.T @ delta\n"

APART = {
    "in the step's own statement": SOURCE.replace(DECAY, "").replace(
        STEP, "        W[:] = (1 - eta * decay) * W - eta * before.T @ delta\n"
    ),
    "by a share that is typed": SOURCE.replace(DECAY, "        W *= 0.999\n"),
    "after the step": SOURCE.replace(DECAY, "").replace(STEP, STEP + DECAY),
    "beside a fault": SOURCE.replace("d = (o - t) / len(x)", "d = (t - o) / len(x)"),
}


@pytest.fixture
def wired(tmp_path):
    def of(source):
        path = tmp_path / "net.py"
        path.write_text(source)
        wiring = discover_wiring(resolve_target(path))
        return wiring, worst_disagreement(path, wiring)

    return of


@pytest.mark.parametrize("how", APART)
def test_a_decay_is_recognised(wired, how):
    wiring, disagreement = wired(APART[how])
    assert "weights decayed by 0.01 apart from it" in wiring.understood[0]
    assert (disagreement < 1e-6) == (how != "beside a fault")
    assert disagreement < 1e-6 or disagreement == pytest.approx(
        1.0
    )  # of a gradient of the wrong sign, and of no more


def test_a_penalty_inside_the_gradient_is_left_there(wired):
    source = SOURCE.replace(DECAY, "").replace(STEP, "        W -= eta * (before.T @ delta + decay * W)\n")
    wiring, disagreement = wired(source)
    assert wiring.step is not None
    assert disagreement > 1e-4


@pytest.mark.parametrize(
    ("statement", "apart"),
    [
        ("W -= lr * wd * W", True),
        ("W *= 1 - lr * wd", True),
        ("W[:] = (1 - lr * wd) * W - lr * g", True),
        ("p['W'] = p['W'] - lr * g - lr * wd * p['W']", True),
        ("W -= lr * (g + wd * W)", False),
        ("W = W - lr * g", False),
        ("W -= lr * g", False),
        ("g += wd * W", False),
    ],
)
def test_statements_that_take_a_share_of_their_own_target(statement, apart):
    assert is_apart(ast.parse(statement).body[0]) is apart
