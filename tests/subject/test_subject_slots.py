"""A parameter is read and written wherever its owner keeps it."""

import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.errors import WiringError
from gradcheck.subject.slots import Slot

PLACES = {
    "an array": ("W", lambda v: {"W": v.copy()}),
    "an attribute": ("net.W", lambda v: {"net": types.SimpleNamespace(W=v.copy())}),
    "an item": ("p['W']", lambda v: {"p": {"W": v.copy()}}),
    "nested lists": ("W", lambda v: {"W": v.tolist()}),
    "a list of arrays": ("W", lambda v: {"W": list(v.copy())}),
    "an array that is read only": ("W", lambda v: {"W": _read_only(v)}),
    "whole numbers": ("W", lambda v: {"W": np.ones(v.shape, dtype=int)}),
    "a transposed view": ("W.T", lambda v: {"W": v.T.copy()}),
}


def _read_only(value):
    array = value.copy()
    array.flags.writeable = False
    return array


MATRICES = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=3), elements=st.floats(-9, 9)
)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@given(before=MATRICES, data=st.data())
def test_what_is_written_is_read_again(place, before, data):
    expression, keep = place
    after = data.draw(hnp.arrays(np.float64, before.shape, elements=st.floats(-9, 9)))
    if expression == "W.T":
        before, after = before.reshape(-1, 1), after.reshape(-1, 1)
    scope, slot = keep(before), Slot("W", expression)
    slot.write(scope, after)
    assert np.array_equal(slot.read(scope), after)
    assert slot.read(scope).dtype == np.float64


@pytest.mark.parametrize("start", [0.5, 3, np.float32(2.0), np.array(1.5)], ids=repr)
def test_a_single_number(start):
    scope, slot = {"net": types.SimpleNamespace(b=start)}, Slot("b", "net.b")
    assert slot.read(scope).shape == ()
    slot.write(scope, np.array(0.25))
    assert float(scope["net"].b) == 0.25
    assert slot.read(scope) == 0.25


@pytest.mark.parametrize(
    "make", [lambda: np.zeros((2, 2)), lambda: [[0.0, 0.0], [0.0, 0.0]]], ids=["array", "lists"]
)
def test_every_other_name_sees_the_change(make):
    shared = make()
    scope = {"W": shared}
    Slot("W", "W").write(scope, np.eye(2))
    assert scope["W"] is shared
    assert np.array_equal(shared, np.eye(2))


def test_reading_gives_a_copy():
    scope = {"W": np.zeros(2)}
    Slot("W", "W").read(scope)[:] = 7
    assert scope["W"].tolist() == [0.0, 0.0]


def test_what_was_written_is_not_kept_by_reference():
    scope, value = {"W": 1.0, "V": _read_only(np.zeros(2))}, np.ones(2)
    Slot("V", "V").write(scope, value)
    value[:] = 9
    assert scope["V"].tolist() == [1.0, 1.0]


def test_real_numbers_behind_a_complex_step_are_real_again():
    scope = {"W": np.zeros((2, 2))}
    slot = Slot("W", "W")
    slot.write(scope, np.full((2, 2), 1.0 + 1e-20j))
    slot.write(scope, np.ones((2, 2)))
    assert scope["W"].dtype == np.float64  # np.logaddexp, say, refuses complex arrays


def test_a_complex_step_goes_where_floats_cannot():
    scope = {"W": np.zeros(2)}
    Slot("W", "W").write(scope, np.array([1 + 2j, 0]))
    assert scope["W"].dtype == np.complex128
    assert Slot("W", "W").read(scope)[0] == 1 + 2j


def test_single_precision_stays_in_place():
    scope = {"W": np.zeros(2, dtype=np.float32)}
    kept = scope["W"]
    Slot("W", "W").write(scope, np.array([0.1, 0.2]))
    assert scope["W"] is kept
    assert kept.dtype == np.float32


@pytest.mark.parametrize(
    ("value", "came"),
    [("text", "str"), ([1, [2, 3]], "list"), ({"a": 1}, "dict"), (object(), "object")],
    ids=["text", "ragged lists", "a dict", "an object"],
)
def test_what_is_not_made_of_numbers(value, came):
    with pytest.raises(WiringError, match=rf"W1: expected numbers.*but got {came}") as caught:
        Slot("W1", "net").read({"net": value})
    assert "W1" in caught.value.hint


@pytest.mark.parametrize("expression", ["net.", "f(x)", "1 +", "x = 3"])
def test_an_expression_that_cannot_be_assigned(expression):
    with pytest.raises(WiringError, match=r"W1: .* is not an expression that can be read and assigned"):
        Slot("W1", expression)
