"""Two changes whose effects add up to what a gradient lacks are found together, never having been tried together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import is_right

from gradcheck.experiments.lab import Lab
from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.pairs import Effect, pairs
from gradcheck.repair.search import Search

SIZE = 6


@pytest.fixture(scope="module")
def truth():
    return Lab("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring).truth


def candidate(at, cost=1.0):
    return Candidate((Splice(at, at + 1, "x"),), "flip-sign", cost, "f", (at,))


@given(seed=st.integers(0, 10**6), count=st.integers(2, 40))
def test_the_pair_that_adds_up_is_found_among_others(truth, seed, count):
    rng = np.random.default_rng(seed)
    true = truth.numerical.values["b1"]
    base = {"b1": true + rng.standard_normal(true.shape)}
    moves = [rng.standard_normal(true.shape) for _ in range(count)]
    moves[-1] = true - base["b1"] - moves[0]
    effects = [Effect(candidate(at), {"b1": base["b1"] + move}) for at, move in enumerate(moves)]
    (found,) = pairs(effects, base, truth, frozenset({"b1"}))
    assert found.splices == (Splice(0, 1, "x"), Splice(count - 1, count, "x"))
    assert found.cost > max(effect.candidate.cost for effect in effects)


def test_changes_of_the_same_place_are_no_pair(truth):
    true = truth.numerical.values["b1"]
    base = {"b1": true - 2.0}
    effects = [Effect(candidate(3), {"b1": base["b1"] + 1.0}) for _ in range(2)]
    assert not pairs(effects, base, truth, frozenset({"b1"}))


def test_what_is_right_alone_is_no_half_of_a_pair(truth):
    true = truth.numerical.values["b1"]
    base = {"b1": true + 1.0}
    effects = [Effect(candidate(0), {"b1": true}), Effect(candidate(5), base)]
    assert all(len({s.start for s in c.splices}) == 2 for c in pairs(effects, base, truth, frozenset({"b1"})))


def test_two_faults_that_mask_each_other_are_both_repaired():
    """In what is added up for one gradient; neither change alone makes any gradient right."""
    source = SOFTMAX_ROWS.source()
    for right, wrong in (
        ("dW2 = self.h1.T @ delta2", "dW2 = self.z1.T @ delta2"),
        ("dW2 += 2 * self.reg * self.W2", "dW2 -= 2 * self.reg * self.W2"),
    ):
        assert source.count(right) == 1
        source = source.replace(right, wrong)
    lab = Lab("net.py", source, SOFTMAX_ROWS.wiring)
    steps = Search("net.py", [lab.truth, *lab.proving]).run(source)
    assert steps
    assert is_right(steps[-1].after, SOFTMAX_ROWS.wiring)
