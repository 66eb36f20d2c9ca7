"""Each reason why numbers disagree, in a case in which it is the only thing wrong."""

import numpy as np
import pytest

from gradcheck.numerics import Cause, examine, slope_test, step_size_curve

X = np.array([0.5, -0.75, 1.25])


def _nondeterministic():
    rng = np.random.default_rng(0)
    return (lambda x: np.sum(x * (rng.random(3) > 0.5))), X, None


def _noisy():
    return (lambda x: np.sum(np.sin(x)) + 1e-7 * np.sin(1e12 * np.sum(x))), X, None


def _writes_input():
    def f(x):
        x *= 2
        return np.sum(x)

    return f, X, None


def _aliases_input():
    return (lambda x: np.sum(x**2) / 2), X, (lambda x: x)


def _not_finite():
    return (lambda x: np.sum(np.log(x))), np.array([1.0, 0.0]), None


def _kink():
    return (lambda x: np.abs(x).sum()), np.array([0.0, 1.0, 2.0]), None


def _cancellation():
    return (lambda x: 1e10 + np.sum(np.sin(x))), X, None


CASES = {
    Cause.NONDETERMINISTIC: _nondeterministic,
    Cause.NOISY: _noisy,
    Cause.WRITES_INPUT: _writes_input,
    Cause.ALIASES_INPUT: _aliases_input,
    Cause.INTEGER: lambda: ((lambda x: np.sum(x**2)), np.array([1, 2, 3]), None),
    Cause.SINGLE_PRECISION: lambda: ((lambda x: np.sum(x**2)), X.astype(np.float32), None),
    Cause.CANCELLATION: _cancellation,
    Cause.NOT_FINITE: _not_finite,
    Cause.KINK: _kink,
    Cause.PLATEAU: lambda: ((lambda x: float(np.floor(x + 0.4).sum())), X, None),
}


@pytest.mark.parametrize("cause", CASES)
def test_the_only_thing_wrong_is_named(cause):
    f, x, grad = CASES[cause]()
    assert set(examine(f, x, grad).causes) == {cause}


def test_every_cause_has_its_case():
    assert set(CASES) == set(Cause)


@pytest.mark.parametrize(
    ("f", "grad", "who"),
    [
        (lambda x: x[:1], None, "f returns its input x"),
        (lambda x: np.sum(x**2) / 2, lambda x: x.reshape(-1)[:], "the gradient returns its input x"),
    ],
    ids=["f", "a view from the gradient"],
)
def test_results_that_are_the_input_are_told_apart(f, grad, who):
    found = examine(f, X, grad)
    assert set(found.causes) == {Cause.ALIASES_INPUT}
    assert who in found.reasons[0]


def test_a_gradient_that_works_in_its_input_is_named():
    found = examine(lambda x: np.sum(x**2), X, lambda x: np.multiply(x, 2, out=x).copy())
    assert set(found.causes) == {Cause.WRITES_INPUT}
    assert "the gradient writes to its input x" in found.reasons[0]


@pytest.mark.parametrize(
    ("f", "x", "place"),
    [
        (lambda p: np.sum(np.log(p["a"])), {"a": np.array([1.0, 0.0])}, "turns on a[1]"),
        (lambda p: np.sum(np.sqrt(p["a"])) + p["b"], {"a": np.array([9.0, 1e-4]), "b": 2.0}, "turns on a[1]"),
        (lambda p: np.divide(p["a"], p["b"]), {"a": 1.0, "b": 0.0}, "turns on b;"),
        (lambda p: np.sum(p["a"]), {"a": np.array([1.0, np.nan])}, "x itself is not finite at a[1]"),
    ],
    ids=["log of 0", "root near 0", "division by 0", "x is nan"],
)
def test_where_f_is_not_finite_is_named(f, x, place):
    found = examine(f, x)
    assert set(found.causes) == {Cause.NOT_FINITE}
    assert place in found.causes[Cause.NOT_FINITE]


def test_where_the_gradient_is_not_finite_is_named():
    found = examine(lambda x: np.sum(x**2), X, lambda x: np.where(x < 0, np.nan, 2 * x))
    assert set(found.causes) == {Cause.NOT_FINITE}
    assert "the gradient is nan at x[1] (1 such entries)" in found.reasons[0]


def test_a_function_that_casts_down_is_named():
    causes = examine(lambda x: np.sum(x.astype(np.float32) ** 2), X).causes
    assert "float32" in causes[Cause.SINGLE_PRECISION]


def test_nothing_is_found_where_nothing_is_wrong():
    assert examine(lambda x: np.sum(np.sin(x)), X, np.cos).causes == {}


def test_a_gradient_that_changes_is_named():
    rng = np.random.default_rng(0)
    causes = examine(np.sum, X, lambda _: rng.random(3)).causes
    assert "the gradient is nondeterministic" in causes[Cause.NONDETERMINISTIC]


def test_the_slope_is_two_for_a_right_gradient_and_one_for_a_wrong_one():
    right = slope_test(lambda x: np.sum(np.exp(x)), np.exp, X)
    wrong = slope_test(lambda x: np.sum(np.exp(x)), lambda x: 1.001 * np.exp(x), X)
    assert right.right
    assert right.slope == pytest.approx(2, abs=0.05)
    assert not wrong.right
    assert wrong.slope == pytest.approx(1, abs=0.05)


def test_the_curve_of_a_right_gradient_is_a_v():
    curve = step_size_curve(lambda x: np.sum(np.exp(x)), np.exp, X)
    lowest = int(np.argmin(curve.errors))
    assert 0 < lowest < curve.errors.size - 1
    assert curve.errors[lowest] < 1e-9 < min(curve.errors[0], curve.errors[-1])
