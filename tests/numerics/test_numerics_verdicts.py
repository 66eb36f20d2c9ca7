"""Verdicts: bugs are caught, right gradients are not accused, at every scale of the loss."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import BUGS, broken, network

from gradcheck.errors import InputError
from gradcheck.numerics import Verdict, check_gradient, compare, entry_verdicts, numerical_gradient

SIZES = (6, 5, 3)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_bugs_are_caught_and_right_gradients_are_not_accused(activation, scale):
    for seed in range(3):
        net = network(seed, SIZES, activation=activation, scale=scale)
        numerical = numerical_gradient(net.loss, net.params)
        for bug in ("", *BUGS):
            verdicts = {c.verdict for c in compare(broken(net, bug, seed), numerical).values()}
            assert (Verdict.FAIL in verdicts) == bool(bug), (bug, seed)
            assert bug or verdicts <= {Verdict.PASS, Verdict.KINK}


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-4, 1e-2, 1.0, -2.0]))
def test_one_wrong_entry_is_named(seed, error):
    net = network(seed, SIZES)
    numerical = numerical_gradient(net.loss, net.params)
    grads = net.gradient(net.params)
    place = int(np.argsort(np.abs(grads["W0"]).reshape(-1))[-5])
    grads["W0"].flat[place] *= 1 + error
    comparison = compare(grads, numerical)["W0"]
    assert comparison.verdict is Verdict.FAIL
    assert comparison.wrong == (place,)


def test_the_figures_of_a_comparison():
    numerical = numerical_gradient(lambda p: 3 * p["a"][0] + 4 * p["a"][1], {"a": np.zeros(2)})
    comparison = compare({"a": np.array([3.0, -4.0])}, numerical)["a"]
    assert comparison.analytic_norm == pytest.approx(5)
    assert comparison.relative_error == pytest.approx(0.8)
    assert comparison.cosine == pytest.approx((9 - 16) / 25)
    assert comparison.checked == 2
    assert comparison.wrong == (1,)


@pytest.mark.parametrize("value", [-1.0, 0.0, 0.3, 1.0])
def test_any_subgradient_is_accepted_at_a_kink(value):
    comparison = compare(value, numerical_gradient(abs, 0.0))["x"]
    assert comparison.verdict is Verdict.KINK
    assert comparison.relative_error < 1e-9


@pytest.mark.parametrize("value", [-1.1, 1.01])
def test_what_is_no_subgradient_is_not(value):
    assert compare(value, numerical_gradient(abs, 0.0))["x"].verdict is Verdict.FAIL


def test_a_plateau_demands_zero():
    numerical = numerical_gradient(lambda x: 5.0 + 0 * x.sum(), np.ones(3))
    assert compare(np.zeros(3), numerical)["x"].verdict is Verdict.PASS
    assert compare(np.array([0.0, 1e-6, 0.0]), numerical)["x"].wrong == (1,)


def test_a_single_precision_gradient_is_given_its_own_rounding():
    net = network(0, SIZES)
    grads = {name: grad.astype(np.float32) for name, grad in net.gradient(net.params).items()}
    numerical = numerical_gradient(net.loss, net.params)
    assert {c.verdict for c in compare(grads, numerical).values()} == {Verdict.PASS}
    grads["W0"] *= np.float32(1.001)
    assert compare(grads, numerical)["W0"].verdict is Verdict.FAIL


def test_no_bar_is_inconclusive_and_nan_is_wrong():
    assert compare(1.0, numerical_gradient(np.sqrt, 0.0))["x"].verdict is Verdict.INCONCLUSIVE
    comparison = compare(np.nan, numerical_gradient(np.sin, 0.0))["x"]
    assert comparison.verdict is Verdict.FAIL
    assert "NaN" in comparison.reason


def test_verdicts_of_entries():
    numerical = numerical_gradient(lambda x: abs(x[0]) + x[1] ** 2 + x[2], np.array([0.0, 1.0, 1.0]))
    verdicts = entry_verdicts(np.array([0.5, 2.0, 3.0]), numerical)["x"]
    assert verdicts.tolist() == ["kink", "pass", "fail"]


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        ({"W": np.ones((2, 3))}, "shape (2, 3), the parameter has (3, 2)"),
        ({"V": np.ones((3, 2))}, "has keys 'V', the parameters have keys 'W'"),
        (np.ones((3, 2)), "an array of shape (3, 2)"),
        ({"W": np.full((3, 2), 1j)}, "complex"),
    ],
)
def test_a_gradient_that_does_not_match_is_refused(gradient, words):
    numerical = numerical_gradient(lambda p: p["W"].sum(), {"W": np.ones((3, 2))})
    with pytest.raises(InputError) as raised:
        compare(gradient, numerical)
    assert words in str(raised.value)


def test_check_gradient_in_full():
    net = network(1, SIZES)
    assert check_gradient(net.loss, net.gradient, net.params).passed
    check = check_gradient(net.loss, lambda p: net.gradient(p, "no factor 2"), net.params)
    assert check.verdict is Verdict.FAIL
    assert any(reason.startswith("W0: ") for reason in check.reasons)


def test_check_gradient_by_directions():
    net = network(1, (100, 50, 10))
    check = check_gradient(net.loss, net.gradient, net.params, full=False)
    assert check.verdict is Verdict.PASS
    assert "passes with probability 1e-06" in check.reasons[-1]
    wrong = net.gradient(net.params)
    wrong["W0"][70, 20] *= 1.01
    check = check_gradient(net.loss, wrong, net.params, full=False)
    assert check.verdict is Verdict.FAIL
    assert [(e.parameter, e.index) for e in check.located.entries] == [("W0", (70, 20))]


def test_nondeterminism_is_not_blamed_on_the_gradient():
    rng = np.random.default_rng(0)
    check = check_gradient(lambda x: np.sum(x * (rng.random(3) > 0.5)), np.full(3, 0.5), np.ones(3))
    assert check.verdict is Verdict.INCONCLUSIVE
    assert "nondeterministic" in check.reasons[0]
