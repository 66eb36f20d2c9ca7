"""The promise of the room: the truth lies within value +- bar."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from small_networks import network

from gradcheck.errors import InputError, UsageError
from gradcheck.numerics import Parameters, numerical_gradient

# Squire and Trapp's function and others that are hard by scale, offset or curvature: f, f', x.
HARD = {
    "large argument": (np.sin, np.cos, 1000.0),
    "fast oscillation": (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), 0.3),
    "large offset": (lambda x: 100 + np.tanh(x), lambda x: 1 / np.cosh(x) ** 2, 0.4),
    "edge of the domain": (np.log, lambda x: 1 / x, 0.3),
    "close to the edge": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e-6),
    "small scale": (lambda x: np.exp(x / 1e-8), lambda x: 1e8 * np.exp(x / 1e-8), 2e-8),
    "large scale": (lambda x: np.exp(x / 1e8), lambda x: 1e-8 * np.exp(x / 1e8), 3e7),
    "Runge": (lambda x: 1 / (1 + 25 * x * x), lambda x: -50 * x / (1 + 25 * x * x) ** 2, 0.2),
    "power": (lambda x: x**7, lambda x: 7 * x**6, 1.3),
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("method", ["central", "auto"])
def test_the_truth_lies_within_the_bar_and_the_bar_is_tight(name, method):
    f, slope, x = HARD[name]
    measured = numerical_gradient(f, x, method=method)
    error = abs(measured.gradient - slope(x))
    assert error <= measured.bars["x"] + 4e-16 * abs(slope(x))
    assert measured.bars["x"] <= 1e-7 * abs(slope(x))


@pytest.mark.parametrize("name", [name for name in HARD if "scale" not in name])
def test_a_budget_of_32_is_kept_and_is_enough(name):
    f, slope, x = HARD[name]
    calls = []
    measured = numerical_gradient(lambda v: calls.append(1) or f(v), x, method="central", budget=32)
    assert len(calls) == measured.evaluations <= 32
    assert abs(measured.gradient - slope(x)) <= measured.bars["x"] <= 1e-7 * abs(slope(x))


@given(st.floats(-10, 10), st.sampled_from([1e-8, 1.0, 1e8]))
@settings(max_examples=30)
def test_scaling_the_function_scales_the_measurement(x, scale):
    plain = numerical_gradient(np.tanh, x, method="central")
    scaled = numerical_gradient(lambda v: scale * np.tanh(v), x, method="central")
    assert math.isclose(
        scaled.gradient, scale * plain.gradient, rel_tol=1e-9, abs_tol=2 * scale * plain.bars["x"]
    )


def test_a_kink_has_both_slopes():
    measured = numerical_gradient(lambda x: np.abs(x) + 2 * x, 0.0)
    assert measured.kinks["x"]
    assert measured.left["x"] == pytest.approx(1)
    assert measured.right["x"] == pytest.approx(3)
    assert measured.gradient == pytest.approx(2)
    assert measured.bars["x"] >= 1


@pytest.mark.parametrize("distance", [1e-2, 1e-5, 1e-8, 1e-11])
def test_close_to_a_kink_is_not_on_it(distance):
    measured = numerical_gradient(lambda x: np.maximum(x, 0) + x, distance, method="central")
    assert not measured.kinks["x"]
    assert abs(measured.gradient - 2) <= measured.bars["x"] <= 1e-3


def test_only_one_side_exists():
    measured = numerical_gradient(lambda x: math.sqrt(x) ** 3, 0.0)
    assert measured.methods["x"] == "forward"
    assert abs(measured.gradient) <= measured.bars["x"]


def test_no_bar_for_a_vertical_tangent_or_a_jump():
    assert numerical_gradient(np.sqrt, 0.0).bars["x"] == np.inf
    assert numerical_gradient(lambda x: np.sign(x) + 2.0, 0.0).bars["x"] == np.inf


def test_noise_is_measured_and_widens_the_bar():
    rng = np.random.default_rng(0)
    measured = numerical_gradient(lambda x: np.sin(x) + 1e-6 * rng.standard_normal(), 1.0, method="central")
    assert abs(measured.gradient - np.cos(1.0)) <= measured.bars["x"]
    assert 1e-7 < measured.noise < 1e-4


def test_the_structure_of_x_is_given_to_f_and_back():
    x = {"W": np.ones((2, 2)), "layers": [{"b": 1.0}, [[1.0, 2.0]]]}

    def f(p):
        assert isinstance(p["layers"][0]["b"], float)
        assert isinstance(p["layers"][1], list)
        return p["W"].sum() * p["layers"][0]["b"] + p["layers"][1][0][1] ** 2

    gradient = numerical_gradient(f, x, method="central").gradient
    assert gradient["layers"][0]["b"] == pytest.approx(4)
    assert gradient["layers"][1] == [[pytest.approx(0, abs=1e-9), pytest.approx(4)]]


def test_the_callers_arrays_are_never_written_to():
    x = np.ones(3)
    x.flags.writeable = False

    def writes(v):
        v *= 2
        return v.sum()

    assert np.allclose(numerical_gradient(writes, x).gradient, 2)
    large = np.ones(5000)
    assert np.allclose(numerical_gradient(writes, large, entries=range(3), method="central").gradient[:3], 2)


def test_views_and_integers_are_read():
    x = np.arange(12.0).reshape(3, 4)[:, ::2]
    assert np.allclose(numerical_gradient(lambda v: (v**2).sum(), x).gradient, 2 * x)
    assert np.allclose(numerical_gradient(lambda v: (v**2).sum(), np.array([1, 2, 3])).gradient, [2, 4, 6])


def test_complex_parameters_have_both_real_parts_measured():
    z = np.array([1 + 2j, -0.5j])
    measured = numerical_gradient(lambda v: np.sum(np.abs(v) ** 2), z)
    assert np.allclose(measured.gradient, 2 * z)
    assert measured.bars["x"].shape == (2,)


def test_entries_alone_are_measured():
    measured = numerical_gradient(lambda p: np.sum(p["W"] ** 2), {"W": np.arange(4.0)}, entries={"W": [3, 1]})
    assert np.isnan(measured.values["W"][[0, 2]]).all()
    assert np.allclose(measured.values["W"][[1, 3]], [2, 6])


@pytest.mark.parametrize("order", [2, 6, 16])
def test_every_order_agrees_with_backpropagation(order):
    net = network(0, (6, 5, 3))
    measured = numerical_gradient(net.loss, net.params, method="central", order=order)
    truth = net.gradient(net.params)
    for name, grad in truth.items():
        assert np.all(np.abs(measured.values[name] - grad) <= measured.bars[name])
        assert measured.bars[name].max() <= 1e-4 * np.abs(grad).max()


def test_forward_differences_use_larger_x_only():
    def f(x):
        assert x >= 1.0
        return np.log(x)

    measured = numerical_gradient(f, 1.0, method="forward")
    assert abs(measured.gradient - 1) <= measured.bars["x"] <= 1e-6


def _through_a_buffer(x):
    buffer = np.zeros(2)
    buffer[:] = x
    return np.sum(buffer**3)


TRAPS = {
    "abs": lambda x: np.abs(x).sum(),
    "real": lambda x: np.sum(np.sin(x.real)),
    "cast": lambda x: np.sum(np.sin(x.astype(np.float64))),
    "conjugate": lambda x: np.sum((x * x.conj()).real),
    "buffer": _through_a_buffer,
    "refuses": lambda x: math.sin(x[0]) + math.exp(x[1]),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_the_complex_step_steps_aside(trap):
    x = np.array([0.5, -0.75])
    plain = numerical_gradient(TRAPS[trap], x, method="central")
    auto = numerical_gradient(TRAPS[trap], x)
    assert np.allclose(auto.gradient, plain.gradient, rtol=1e-9)
    assert np.all(np.abs(auto.gradient - plain.gradient) <= auto.bars["x"] + plain.bars["x"])


def test_the_complex_step_alone_has_no_bar_where_it_is_not_proven():
    x = np.array([0.5, -0.75])
    assert (numerical_gradient(TRAPS["abs"], x, method="complex").bars["x"] == np.inf).all()
    assert numerical_gradient(lambda v: np.sum(np.exp(v)), x, method="complex").bars["x"].max() < 1e-10


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ({}, "holds no parameters"),
        ({"W": np.empty((0, 3))}, "'W' has shape (0, 3)"),
        ({"W": np.array(["a"])}, "'W' has dtype"),
        ({"W": np.array([None], dtype=object)}, "'W' has dtype object"),
    ],
)
def test_unusable_parameters_are_named(x, words):
    with pytest.raises(InputError, match=r".") as raised:
        numerical_gradient(lambda _: 0.0, x)
    assert words in str(raised.value)


def test_an_unusable_function_is_explained():
    with pytest.raises(InputError, match="one number"):
        numerical_gradient(lambda x: x, np.ones(3))
    with pytest.raises(InputError, match="raised at x: KeyError"):
        numerical_gradient(lambda _: {}["no"], np.ones(3))
    with pytest.raises(InputError, match="no derivative at x"):
        numerical_gradient(np.log, 0.0)


def test_impossible_wishes_are_refused():
    with pytest.raises(UsageError, match="unknown method"):
        numerical_gradient(np.sin, 1.0, method="magic")
    with pytest.raises(UsageError, match="order 3"):
        numerical_gradient(np.sin, 1.0, method="central", order=3)
    with pytest.raises(UsageError, match="too small"):
        numerical_gradient(lambda x: x.sum(), np.ones(100), budget=10)
    with pytest.raises(InputError, match="from 0 to 2"):
        numerical_gradient(lambda x: x.sum(), np.ones(3), entries=[3])


def test_parameters_survive_a_round_trip():
    x = {"a": np.ones((2, 3)), "b": (1.0, [np.zeros(2), 3])}
    parameters = Parameters.of(x)
    assert parameters.names == ("a", "b[0]", "b[1][0]", "b[1][1]")
    assert np.array_equal(parameters.flatten(parameters.build(parameters.vector.copy())), parameters.vector)
    assert parameters.whereabouts(5) == ("a", (1, 2))
