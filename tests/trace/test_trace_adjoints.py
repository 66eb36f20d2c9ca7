"""Adjoints are what backpropagation by hand arrives at, of values that it never sees."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradcheck.experiments.lab import Lab
from gradcheck.faults.bases import SIGMOID_SGD, SOFTMAX_ROWS
from gradcheck.trace import First, adjoints
from gradcheck.trace.adjoints import FULL, SAMPLE, entries_of

CLOSE = 1e-7


def by_text(base, text=""):
    """The adjoints of a base's loss, or those of one expression, in the order of its evaluations."""
    lab = Lab("net.py", base.source(), base.wiring)
    tracer = lab.tracer
    found = adjoints(tracer, tracer.recording(lambda live: live.loss()), lambda _shape: True)
    source = tracer.source
    return lab, [one for one in found if not text or source.text(source.sites[one.site]) == text]


def test_those_of_softmax_and_cross_entropy_are_the_deltas_of_the_textbook():
    lab, (z2,) = by_text(SOFTMAX_ROWS, "self.h1 @ self.W2 + self.b2")
    states = lab.tracer.recorder.states
    names = next(state for state in states.values() if "delta2" in state and "dW2" in state)
    assert_allclose(z2.value, names["delta2"], atol=CLOSE)


def test_each_turn_of_a_loop_has_its_own():
    lab, found = by_text(SIGMOID_SGD, "w @ a + b")
    biases = [name for name, value in lab.truth.values.items() if value.shape[1] == 1]
    assert [one.turn for one in found] == list(range(len(biases)))
    for one, bias in zip(found, biases, strict=True):
        assert_allclose(one.value, lab.truth.numerical.values[bias].reshape(one.value.shape), atol=CLOSE)


def test_of_a_large_array_some_entries_are_measured():
    assert entries_of(FULL).size == FULL
    chosen = entries_of(FULL + 1)
    assert chosen.size == SAMPLE == len(set(chosen.tolist()))
    assert chosen.max() <= FULL


def test_shapes_that_are_of_no_use_are_not_measured():
    lab = Lab("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring)
    recorder = lab.tracer.recording(lambda live: live.loss())
    width = lab.truth.values["b1"].size
    found = adjoints(lab.tracer, recorder, lambda shape: shape[-1] == width)
    assert found
    assert {one.value.shape[-1] for one in found} == {width}


@pytest.mark.parametrize(("turn", "expected"), [(0, [9, 2, 3]), (1, [1, 9, 3]), (5, [1, 2, 3])])
def test_a_disturbance_of_one_turn_leaves_the_others(turn, expected):
    change = First(lambda _value: 9, turn)
    assert [change(value) for value in (1, 2, 3)] == expected


def test_nothing_that_the_loss_does_not_depend_on_has_one():
    lab = Lab("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring)
    recorder = lab.tracer.recording(lambda live: live.loss())
    shift = "z.max(axis=1, keepdims=True)"
    found = {
        lab.tracer.source.text(lab.tracer.source.sites[one.site]): one.value
        for one in adjoints(lab.tracer, recorder, lambda _shape: True)
    }
    assert shift not in found or np.max(np.abs(found[shift])) < CLOSE


def test_each_use_of_a_parameter_has_its_own():
    """In the product it is the gradient of the data alone, in the penalty that of the penalty."""
    lab, found = by_text(SOFTMAX_ROWS, "self.W2")
    assert len(found) == 2
    total = sum(one.value for one in found)
    assert_allclose(total, lab.truth.numerical.values["W2"], atol=CLOSE)
