"""The bar holds: over functions drawn at random, and where the evidence is weak."""

import numpy as np
import pytest
from random_functions import sweep

from gradcheck.numerics import numerical_gradient


def test_the_bar_holds_over_random_functions():
    swept = sweep(0, 500)
    assert swept.tried > 400
    assert not swept.missed
    assert swept.wide < 0.4 * swept.tried


@pytest.mark.slow
def test_the_bar_misses_at_most_one_in_ten_thousand_random_functions():
    sweeps = [sweep(number, 10_000) for number in (1, 2, 3)]
    tried, wide = (sum(getattr(swept, what) for swept in sweeps) for what in ("tried", "wide"))
    missed = [line for swept in sweeps for line in swept.missed]
    assert tried > 27_000
    assert len(missed) <= tried / 10_000, "\n".join(missed)
    assert wide < 0.4 * tried


def _bent(x):
    t = (x - 0.000101) / 1e-4
    return 1000 + 1000 * np.sqrt(1 + (1.547 * t) ** 2) * -1.515 * np.abs(1.154 * t + 0.142) * t


def _single(x):
    t = np.float32(x) + np.float32(2)
    return np.float32(1e6) * t * np.abs(t)


def _slope_of_bent(x):
    t, tail = (x - 0.000101) / 1e-4, 1.547**2
    root, line = np.sqrt(1 + tail * t * t), 1.154 * t + 0.142
    return -1.515e7 * (tail * t / root * line * t + root * (1.154 * t + line))


def _even_and_drowned(x):
    t = 0.694 * (x - 5.1e-10) / 1e-9
    return 100 + 1e-6 * np.sqrt(1 + 0.694**2 * (1 + t * t))


def _slope_of_even_and_drowned(x):
    t = 0.694 * (x - 5.1e-10) / 1e-9
    return 694 * 0.694**2 * t / np.sqrt(1 + 0.694**2 * (1 + t * t))


def _half_a_parabola(x):
    x = np.float32(x)
    bump = np.maximum(np.float32(-1.73) * x + np.float32(1.94), 0) * x
    return np.float32(1e7) + np.float32(1000) * np.maximum(np.float32(1.569) * bump, 0) * bump


def _cancelling(x):
    return 1e9 * np.tanh(2.367 * (1.312 * x / 1e-5 - 0.993)) + 1e9


def _slope_of_cancelling(x):
    return 1e9 * 2.367 * 1.312e5 / np.cosh(np.longdouble(2.367) * (1.312 * x / 1e-5 - 0.993)) ** 2


def _kink_below_a_bowl(x):
    t = (x + 1.92e-6) / 1e-6
    return 1000 * (-0.4 * np.abs(-0.5 * (np.sin(-2.786 * t) + t)) + 0.05) ** 2 + 1e7


def _corner_under_rounding(x):
    t = x / 10
    return 1e8 * np.abs(2.267 * np.abs(0.25 * t) * t + 0.14) + 1e16


WEAK_EVIDENCE = {
    # f, x, slopes to the left and right. In each, some rungs agree on a slope that is not the one at x.
    "the scale of a small x, f being flat on all others": (
        lambda x: 0.1 + 1e-9 * np.tanh(6.5 * np.abs(x) / 1e-9),
        1.45e-9,
        (6.5 / np.cosh(6.5 * 1.45) ** 2,) * 2,
    ),
    "a kink below all rungs but one": (
        lambda x: 1 + 1e-4 * np.exp(-2 * np.abs(x) / 1e-4),
        0.0,
        (2.0, -2.0),
    ),
    "a bend below the rungs that extrapolate well": (
        _bent,
        0.0001730047,
        (_slope_of_bent(0.0001730047),) * 2,
    ),
    "terms that cancel to nothing": (lambda x: 10 * (1 - (1e-5 * x + 1)), 1e-13, (-1e-4,) * 2),
    "single precision, a slope with a bend": (_single, -2.0, (0.0, 0.0)),
    "even and drowned in an offset at all but small steps": (
        _even_and_drowned,
        5.0993896484375e-10,
        (_slope_of_even_and_drowned(5.0993896484375e-10),) * 2,
    ),
    "a kink closer to x than all rungs that extrapolate": (
        lambda x: 1e5 + 3e14 * np.maximum(3.1e-10 - x, 0),
        6.43333e-10,
        (0.0, 0.0),
    ),
    "another slope far away, and a plateau at x": (
        lambda x: 0.1 + 1e-9 * np.maximum(2 * np.abs(0.25e8 * x) * np.abs(2.29e8 * x) - 1.713, 0),
        5e-9,
        (0.0, 0.0),
    ),
    "a kink with curvature to one side": (
        lambda x: 1e8 * ((2.4 * 1.9 * max(x, 0.0) + 0.7) ** 2 + max(0.4 - 2.5 * x, 0.0)) + 1e8,
        0.0,
        (-2.5e8, 3.884e8),
    ),
    "single precision, half a parabola within the noise": (_half_a_parabola, 0.0, (0.0, 0.0)),
    "stairs of terms that cancel": (
        lambda x: 10 * (-1 * (0.466 * (x / 1e5) - 1.426) - 1.426),
        1e-13,
        (-4.66e-5,) * 2,
    ),
    "stairs that the smallest move shows on one side of x only": (
        lambda x: 10 * (x / 1e8 + np.tanh(-x / 1e8)),
        23488.417891126956,
        (10 * np.tanh(23488.417891126956 / 1e8) ** 2 / 1e8,) * 2,
    ),
    "a kink too close to x to be told from one at x": (
        lambda x: 1e-8 * (1.255 * (1.255 * np.abs(1.282 * (x / 1e7)) - 1.958)) + 1e-8,
        -3.33958587314075e-116,
        (-1e-15 * 1.255 * 1.255 * 1.282,) * 2,
    ),
    "a kink that only the lowest rung shows, in a bowl": (_kink_below_a_bowl, -1.92e-6, (-3.572e7, 3.572e7)),
    "a jump of curvature at x, under rounding": (_corner_under_rounding, 0.0, (0.0, 0.0)),
    "values much smaller than what they are made of": (
        _cancelling,
        -5e-6,
        (_slope_of_cancelling(-5e-6),) * 2,
    ),
}


@pytest.mark.parametrize("case", WEAK_EVIDENCE)
def test_the_bar_holds_where_the_evidence_is_weak(case):
    f, x, slopes = WEAK_EVIDENCE[case]
    measured = numerical_gradient(f, x, method="central")
    value, bar = float(measured.values["x"]), float(measured.bars["x"])
    assert value - bar <= min(slopes) <= max(slopes) <= value + bar


def test_a_dead_unit_has_a_slope_of_zero():
    measured = numerical_gradient(lambda x: 3.7 + np.maximum(x - 1, 0), 0.4, method="central")
    assert measured.gradient == 0
    assert measured.bars["x"] <= 1e-9


def test_a_line_in_noise_far_above_rounding_has_a_bar_that_says_so():
    rng = np.random.default_rng(1)
    measured = numerical_gradient(lambda x: 2 * x + 1e-9 * rng.standard_normal(), 1.0, method="central")
    assert abs(measured.gradient - 2) <= measured.bars["x"] <= 1e-6
    assert 1e-10 < measured.noise < 1e-7


@pytest.mark.parametrize("budget", [5, 11, 31, 40, 49, 64, 90])
@pytest.mark.parametrize("f", [np.sin, np.abs, lambda x: np.maximum(x - 1e-5, 0) + 1e8])
@pytest.mark.parametrize("x", [0.0, 1e-5, 0.7])
def test_no_budget_is_exceeded_where_the_evidence_is_weak(f, x, budget):
    assert numerical_gradient(f, x, method="central", budget=budget).evaluations <= budget
