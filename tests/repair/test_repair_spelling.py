"""A number is spelled in names that are in scope, and the spelling is that number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.repair.spelling import CONSTANTS, MOST, Speller, Spelling
from gradcheck.repair.terms import Term

NAMES = ("n", "lam", "rate", "width")
VALUES = st.one_of(st.integers(2, 60), st.floats(0.01, 0.9), st.floats(-4.0, -1.5))


@st.composite
def scopes(draw):
    return {name: draw(VALUES) for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))}


@st.composite
def targets(draw):
    """A scope, and a number that is some small expression of it."""
    scope = draw(scopes())
    one, other = (draw(st.sampled_from([1.0, *scope.values()])) for _ in range(2))
    p, q = draw(st.sampled_from([(1, 1), (1, -1), (-1, -1)]))
    return scope, draw(st.sampled_from([-1, 1])) * draw(
        st.sampled_from(sorted(CONSTANTS))
    ) * one**p * other**q


def terms(scope):
    return [Term(name, value, 0.0) for name, value in scope.items()]


def value(text, scope):
    return eval(text, {"np": np, **scope})  # noqa: S307 -- a spelling is an expression of names and numbers


@given(targets())
def test_a_spelling_evaluates_to_its_target(case):
    scope, target = case
    for spelling in Speller(terms(scope), frozenset()).of(target):
        assert math.isclose(value(spelling.alone(), scope), target, rel_tol=2e-6)
        with_x = {**scope, "x": 7.5}
        assert math.isclose(value(spelling.of("x"), with_x), 7.5 * target, rel_tol=2e-6)
        assert math.isclose(value(f"0 {spelling.signed('x')}", with_x), 7.5 * target, rel_tol=2e-6)


@given(targets())
def test_something_spelled_from_the_scope_is_found(case):
    scope, target = case
    found = list(Speller(terms(scope), frozenset()).of(target))
    assert 0 < len(found) <= MOST
    assert [spelling.cost for spelling in found] == sorted(spelling.cost for spelling in found)


@pytest.mark.parametrize("target", [0.7312, 17.0, -0.31])
def test_what_cannot_be_spelled_is_not(target):
    assert not list(Speller([Term("n", 12, 0.0)], frozenset()).of(target))


def test_the_loss_says_which_name_is_meant():
    scope = [Term("width", 5, 0.0), Term("n", 5, 0.0)]
    assert Speller(scope, frozenset({"n"})).of(0.2)[0].over == ("n",)
    assert Speller(scope, frozenset({"width"})).of(0.2)[0].over == ("width",)


def test_numbers_that_say_nothing_are_not_used():
    scope = [
        Term("one", 1, 0.0),
        Term("zero", 0.0, 0.0),
        Term("bad", float("nan"), 0.0),
        Term("minus", -1, 0.0),
    ]
    found = list(Speller(scope, frozenset()).of(2.0))
    assert [(s.times, s.over) for s in found] == [((), ())]


@pytest.mark.parametrize(
    ("spelling", "of", "alone", "signed"),
    [
        (Spelling(1.0, (), (), 0), "W", "1", "+ W"),
        (Spelling(-1.0, (), (), 0), "-W", "-1", "- W"),
        (Spelling(2.0, ("lam",), ("n",), 0), "2 * lam * W / n", "2 * lam / n", "+ 2 * lam * W / n"),
        (Spelling(0.5, (), (), 0), "W / 2", "0.5", "+ W / 2"),
        (Spelling(-0.25, (), ("n",), 0), "-W / 4 / n", "-0.25 / n", "- W / 4 / n"),
        (Spelling(1.5, (), (), 0), "1.5 * W", "1.5", "+ 1.5 * W"),
    ],
)
def test_it_is_written_as_a_person_would(spelling, of, alone, signed):
    assert (spelling.of("W"), spelling.alone(), spelling.signed("W")) == (of, alone, signed)


def test_many_sizes_of_one_value_do_not_crowd_out_a_hyper_parameter():
    sizes = [Term(f"len(x{at})", 5, 0.0) for at in range(60)]
    spelled = [
        spelling.alone() for spelling in Speller([*sizes, Term("reg", 0.05, 0.2)], frozenset()).of(0.1)
    ]
    assert "2 * reg" in spelled
