"""Numbers that were drawn twice are told from numbers that were typed."""

import pytest
from labs import lab_of

from gradcheck.experiments.draws import draw_audit

NETWORK = """
import numpy as np

{start}
X, y = np.linspace(-1, 1, 12).reshape(4, 3), np.ones((4, 3))


def forward():
    h = np.tanh(X @ A)
    return h, h @ B


def loss():
    return np.mean((forward()[1] - y) ** 2)


def gradient():
    h, out = forward()
    d = 2 * (out - y) / out.size
    return X.T @ (d @ B.T * (1 - h**2)), h.T @ d
"""
DRAWN = "A, B = (np.random.default_rng(3).normal(size=(3, 3)) for _ in range(2))"
APART = "rng = np.random.default_rng(3)\nA, B = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))"
TYPED = "A = np.array([[0.5, -1.25, 0.75], [2.0, 0.125, -0.5], [1.5, -0.25, 1.0]])\nB = A.copy()"


def reused(start):
    lab = lab_of(
        NETWORK.format(start=start),
        loss="m.loss()",
        params={"A": "m.A", "B": "m.B"},
    )
    return draw_audit(lab).facts["reused"]


def test_one_seed_for_two_layers_is_seen():
    assert [fact["parameters"] for fact in reused(DRAWN)] == [["A", "B"]]


def test_layers_drawn_one_after_the_other_are_not():
    assert reused(APART) == []


def test_equal_numbers_that_were_typed_are_no_draws():
    assert reused(TYPED) == []


def one_sided(start):
    lab = lab_of(NETWORK.format(start=start), loss="m.loss()", params={"A": "m.A", "B": "m.B"})
    return [fact["parameters"] for fact in draw_audit(lab).facts["one_sided"]]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("rng = np.random.default_rng(3)\nA = rng.random((3, 3))\nB = rng.normal(size=(3, 3))", [["A"]]),
        ("rng = np.random.default_rng(3)\nA = np.abs(rng.normal(size=(3, 3)))\nB = -A.T", [["A"]]),
        ("rng = np.random.default_rng(3)\nA = 2 - rng.random((3, 3))\nB = rng.normal(size=(3, 3))", []),
        ("rng = np.random.default_rng(3)\nA = rng.uniform(0, 1, (3, 3))\nB = rng.normal(size=(3, 3))", []),
    ],
    ids=["from 0 to 1", "absolute values", "shifted", "nine by chance"],
)
def test_few_entries_of_one_sign_are_told_where_their_line_makes_them_so(start, found):
    assert one_sided(start) == found
