"""Snapshots hold what was there before a statement, whatever the statement overwrites."""

import types

import numpy as np
from numpy.testing import assert_array_equal

from gradcheck.trace.snapshots import MANY, snapshot


class Net:
    def __init__(self):
        self.W = np.ones(2)
        self.layers = [{"b": np.zeros(3)}]
        self.itself = self


def test_arrays_in_objects_lists_and_dicts_are_copied():
    net = Net()
    kept = snapshot({"net": net, "pair": (net.W, 2)}, {})
    net.W += 1.0
    net.layers[0]["b"] -= 1.0
    assert_array_equal(kept["net"].W, np.ones(2))
    assert_array_equal(kept["net"].layers[0]["b"], np.zeros(3))
    assert_array_equal(kept["pair"][0], np.ones(2))
    assert isinstance(kept["net"], types.SimpleNamespace)


def test_what_has_not_changed_is_copied_once():
    weights, memo = np.ones(2), {}
    first, second = (snapshot({"w": weights}, memo)["w"] for _ in range(2))
    assert first is second
    weights[0] = 5.0
    third = snapshot({"w": weights}, memo)["w"]
    assert third is not first
    assert_array_equal(first, np.ones(2))
    assert_array_equal(third, [5.0, 1.0])


def test_what_is_not_a_number_equals_itself():
    weights, memo = np.array([np.nan, 1.0]), {}
    assert snapshot({"w": weights}, memo)["w"] is snapshot({"w": weights}, memo)["w"]


def test_data_sets_in_lists_are_left_alone():
    many = [np.zeros(1)] * (MANY + 1)
    assert snapshot({"many": many}, {})["many"] is many


def test_private_names_of_the_machinery_are_left_out():
    assert snapshot({"__gradcheck__": 1, "x": 2}, {}) == {"x": 2}
