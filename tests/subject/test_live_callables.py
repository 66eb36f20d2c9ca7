"""What `gradcheck.subject` takes, and what it leaves as it was."""

from __future__ import annotations

import random

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError, WiringError


def squares(w=None, grads=None):
    w = np.array([1.0, 2.0]) if w is None else w
    return gradcheck.subject(
        loss=lambda: np.sum(w**2), params={"w": w}, grads=grads if grads is not None else lambda: 2 * w
    )


@pytest.mark.parametrize(
    "gradient",
    [
        lambda: {"w": [2.0, 4.0]},
        lambda: {"dw": [2.0, 4.0]},
        lambda: ([2.0, 4.0],),
        lambda: np.array([[2.0, 4.0]]),
        {"w": lambda: [2.0, 4.0]},
        [[2.0, 4.0]],
    ],
)
def test_a_gradient_in_any_structure(gradient):
    assert squares(grads=gradient).gradient()["w"].tolist() == [2.0, 4.0]


def test_a_loss_that_takes_the_parameters():
    made = gradcheck.subject(
        loss=lambda p: float(p["W"].sum() * p["b"]),
        params={"W": np.ones((2, 2)), "b": 3.0},
        grads=lambda p: p,
    )
    assert made.names == ("W", "b")
    assert made.gradient()["b"] == 3.0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"loss": 3.0}, "a loss that can be called, but a float came"),
        ({"grads": None}, "expected a gradient, but grads is None"),
        ({"loss": np.copyto}, "takes dst, src"),
        ({"params": [np.ones(2)]}, "params that map names to arrays, but a list came"),
        ({"params": {}}, "a dict came that holds none"),
        ({"params": {"b": 0.5}}, "an array for b, but a float came"),
        ({"params": {"b": np.arange(3)}}, "for b, but it holds int"),
        ({"params": {"b": np.broadcast_to(1.0, 3)}}, "for b, but it is read-only"),
    ],
)
def test_what_is_no_subject_is_refused(given, says):
    fine = {"loss": lambda: 0.0, "params": {"w": np.ones(2)}, "grads": lambda: None}
    with pytest.raises(UsageError, match=says) as told:
        gradcheck.subject(**{**fine, **given})
    assert told.value.hint


@pytest.mark.parametrize(
    ("gradient", "says"),
    [
        (lambda: None, "grads returned None"),
        (lambda: [1.0, 2.0, 3.0], r"the gradient of w has shape \(3,\), the parameter \(2,\)"),
        (lambda: {"v": [1.0], "u": [2.0]}, "no gradient of w; it has v, u"),
        (lambda: "steep", "the gradient of w: expected numbers"),
    ],
)
def test_a_gradient_that_is_none_is_refused(gradient, says):
    with pytest.raises(WiringError, match=says):
        gradcheck.diagnose(squares(grads=gradient))


def test_a_gradient_for_each_of_two_parameters_is_asked_for():
    made = gradcheck.subject(
        loss=lambda: 0.0, params={"a": np.ones(1), "b": np.ones(1)}, grads=lambda: (np.ones(1),)
    )
    with pytest.raises(WiringError, match="expected 2 gradients, of a, b, but 1 of them came"):
        made.gradient()


def test_a_loss_of_many_numbers_is_refused():
    w = np.ones(2)
    made = gradcheck.subject(loss=lambda: w**2, params={"w": w}, grads=[2 * w])
    with pytest.raises(WiringError, match=r"a single number, but an array of shape \(2,\) came"):
        gradcheck.diagnose(made)


class Counting:
    def __init__(self):
        self.W = np.ones(2)
        self.calls = 0
        self.seen = []
        self.rng = np.random.default_rng(0)

    def loss(self):
        self.calls += 1
        self.seen.append(self.calls)
        self.cache = self.W + 1
        print("a loss")  # noqa: T201 -- as users do
        self.rng.random(), np.random.random(), random.random()  # noqa: NPY002, S311 -- as above
        return float(np.sum(self.W**2))

    def backward(self):
        self.W -= 0.5  # a backward pass that updates
        return 2 * (self.W + 0.5)


def generators(net):
    legacy = np.random.get_state()  # noqa: NPY002 -- as above
    return repr(net.rng.bit_generator.state), repr(legacy), random.getstate()


def test_everything_in_reach_is_left_as_it_was(capsys):
    net = Counting()
    before = generators(net)
    gradcheck.diagnose(gradcheck.subject(loss=net.loss, params={"W": net.W}, grads={"W": net.backward}))
    gradcheck.diagnose(gradcheck.subject(loss=net.loss, params={"W": net.W}, grads=[net.W * 2]))
    assert vars(net).keys() == {"W", "calls", "seen", "rng"}
    assert (net.W.tolist(), net.calls, net.seen) == ([1.0, 1.0], 0, [])
    assert before == generators(net)
    assert capsys.readouterr().out == ""


def test_it_is_left_so_when_the_code_raises():
    net = Counting()

    def fails():
        net.loss()
        return 1 / 0

    made = gradcheck.subject(loss=fails, params={"W": net.W}, grads=[net.W])
    with pytest.raises(gradcheck.GradcheckError, match="the loss raised ZeroDivisionError"):
        gradcheck.diagnose(made)
    assert net.calls == 0
