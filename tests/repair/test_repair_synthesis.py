"""What an expression should have come to, and what in scope comes to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gradcheck.experiments.lab import Lab
from gradcheck.faults.bases import (
    NORM_DROPOUT,
    RESIDUAL_REGRESSION,
    SIGMOID_SGD,
    SOFTMAX_COLUMNS,
    SOFTMAX_ROWS,
    TINY_CONV,
)
from gradcheck.repair.context import Context
from gradcheck.repair.operators.synthesised import synthesise
from gradcheck.repair.synthesis import Pool, combination, matches, required
from gradcheck.repair.synthesis.pool import Entry

CLOSE = 1e-6


def broken(base, right, wrong):
    source = base.source()
    assert source.count(right) == 1
    lab = Lab("net.py", source.replace(right, wrong), base.wiring)
    return Context(lab.tracer, lab.influence, lab.wrong)


def proposed(context):
    """The edited lines that synthesis proposes, the cheapest first."""
    source = context.source.source
    found = []
    for candidate in sorted(synthesise(context), key=lambda candidate: candidate.cost):
        (splice,) = candidate.splices
        line = source.count("\n", 0, splice.start)
        found.append(candidate.apply(source).split("\n")[line].strip())
    return found


def test_a_gradient_should_have_been_the_true_one():
    context = broken(SOFTMAX_ROWS, "dW2 = self.h1.T @ delta2", "dW2 = 3 * (self.h1.T @ delta2)")
    outer, inner = (
        next(one for one in required(context) if context.source.text(one.site) == text and one.exact)
        for text in ("3 * (self.h1.T @ delta2)", "self.h1.T @ delta2")
    )
    value = context.value(inner.site)
    assert_allclose(outer.value, value, atol=CLOSE)  # the penalty is added later, and is no part of it
    assert_allclose(inner.value, value / 3.0, atol=CLOSE)


def test_a_delta_should_have_been_the_adjoint_of_what_the_loss_computes():
    right = "delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)"
    context = broken(SOFTMAX_ROWS, right, "delta1 = 1.0 * (1 - self.h1**2)")
    lost = [one for one in required(context) if context.source.text(one.site) == "1.0"]
    state = next(s for s in context.tracer.recorder.states.values() if "delta1" not in s and "dW2" in s)
    true = state["delta2"] @ context.tracer.truth.values["W2"].T
    assert any(np.allclose(one.value, true, atol=CLOSE) for one in lost)


@pytest.mark.parametrize(
    ("base", "right", "wrong"),
    [
        (SOFTMAX_ROWS, "delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)", "delta1 = 1.0 * (1 - self.h1**2)"),
        (SOFTMAX_ROWS, "db1 = delta1.sum(axis=0)", "db1 = (delta2 @ self.W2.T).sum(axis=0)"),
        (SOFTMAX_ROWS, "dW1 = X.T @ delta1", "dW1 = X[1:].T @ delta1[1:]"),
        (SIGMOID_SGD, "delta = (a - y) * a * (1 - a)", "delta = (a - 1) * a * (1 - a)"),
        (SIGMOID_SGD, "grad_b[l] = delta", "grad_b[l] = np.zeros_like(delta)"),
        (NORM_DROPOUT, "(g - by_mean - by_std) / self.std", "g / self.std"),
        (TINY_CONV, "dz = pool_backward(self.maps, dpooled) *", "dz = 1.0 *"),
        (TINY_CONV, "np.eye(4)[winner] *", "np.full(4, 1 / 4) *"),
        (SOFTMAX_COLUMNS, 'dZ2 @ cache["A1"].T / m + lam', 'dZ2 @ cache["Z1"].T / m + lam'),
        (RESIDUAL_REGRESSION, "delta2 = dh2 * (1 - self.t2**2)", "delta2 = dh2 * self.t2 * (1 - self.t2)"),
    ],
)
def test_the_line_as_it_was_is_proposed(base, right, wrong):
    context = broken(base, right, wrong)
    line = next(line.strip() for line in base.source().split("\n") if right in line)
    assert "".join(line.split()) in ["".join(text.split()) for text in proposed(context)]


def test_what_is_right_is_not_replaced():
    context = broken(SOFTMAX_ROWS, "db2 = delta2.sum(axis=0)", "db2 = 2 * delta2.sum(axis=0)")
    assert not [text for text in proposed(context) if text.startswith(("delta1", "dW"))]


def test_a_pool_has_the_values_that_its_texts_come_to():
    context = broken(SOFTMAX_ROWS, "db1 = delta1.sum(axis=0)", "db1 = 2 * delta1.sum(axis=0)")
    source = context.source
    statement = next(s for s in context.statements() if source.text(s).startswith("db1 ="))
    scope = context.tracer.recorder.states[statement.number]
    entries = Pool(context, statement).of(scope["delta1"].shape)
    assert len(entries) > 100
    names = context.tracer.program.module.__dict__
    for entry in entries:
        assert_allclose(entry.value, eval(entry.text, names, scope), rtol=1e-12, atol=1e-12)  # noqa: S307


class Listed(Pool):
    """A pool of given expressions."""

    def __init__(self, entries):
        self._entries = entries
        self._tables = {}

    def of(self, shape):
        return [entry for entry in self._entries if entry.value.shape == shape]


def matched(wanted, **values):
    pool = Listed([Entry(text, np.array(value, dtype=float), 0.0) for text, value in values.items()])
    return [(match.entry.text, match.factor) for match in matches(np.array(wanted, dtype=float), pool)]


def test_a_multiple_matches_where_enough_entries_say_so():
    values = {"a": [1, 2, 3], "b": [1, -2, 3], "c": [1, 2]}
    ((text, factor),) = matched([2, 4, 6], **values)
    assert (text, factor) == ("a", pytest.approx(2.0, rel=1e-12))
    assert matched([1, 2, 3], **values) == [("a", 1.0)]
    assert matched([2, np.nan, np.nan], **values) == []
    assert matched([1, np.nan, 3], **values) == [("a", 1.0), ("b", 1.0)]


@given(seed=st.integers(0, 10**6), scale=st.floats(1e-8, 1e8))
def test_nearly_is_no_match_at_any_scale(seed, scale):
    true = np.random.default_rng(seed).uniform(1.0, 2.0, 8) * scale
    assert matched(true, a=true * (1.0 + 1e-9)) == [("a", 1.0)]
    off = true * np.where(np.arange(true.size) == 0, 1.0 + 1e-4, 1.0)
    assert matched(true, a=off) == []


def test_nothing_matches_zero_or_what_is_not_known():
    assert matched([0, 0, 0], a=[0, 0, 0]) == []
    assert matched([np.nan] * 3, a=[0, 0, 0]) == []
    assert matched([1, 2, 3], a=[0, 0, 0]) == []


@given(
    factors=st.lists(st.floats(0.1, 10.0), min_size=1, max_size=5),
    signs=st.integers(0, 31),
    seed=st.integers(0, 10**6),
)
def test_a_sum_of_multiples_is_taken_apart(factors, signs, seed):
    rng = np.random.default_rng(seed)
    terms = [Entry(f"t{at}", rng.standard_normal(20), 0.0) for at in range(len(factors) + 1)]
    factors = [-factor if signs >> at & 1 else factor for at, factor in enumerate(factors)]
    wanted = sum(factor * term.value for factor, term in zip(factors, terms, strict=False))
    found = combination(wanted, terms)
    assert [term.text for _, term in found] == [term.text for term in terms[:-1]]
    assert_allclose([factor for factor, _ in found], factors, rtol=1e-6)


def test_a_sum_that_could_be_another_is_none():
    one = Entry("a", np.arange(20.0), 0.0)
    twice = Entry("b", 2 * np.arange(20.0), 0.0)
    assert combination(np.arange(20.0), [one, twice]) is None
    assert combination(np.ones(20), [one]) is None
    assert combination(np.arange(3.0), [Entry("a", np.arange(3.0), 0.0)]) is None
