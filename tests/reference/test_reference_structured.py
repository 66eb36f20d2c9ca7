"""The structured numerical gradient: the black box's numbers, honest bars, no backward code, little memory."""

import itertools
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest

from gradcheck import reference as ref
from gradcheck.errors import InputError
from gradcheck.numerics import numerical_gradient
from gradcheck.reference.structured import logistic


def network_and_batch(*widths, activation=None, samples=7, seed=0):
    rng = np.random.default_rng(seed)
    activation = activation or ref.Tanh()
    hidden = [ref.Dense(a, b, activation) for a, b in itertools.pairwise(widths[:-1])]
    layers = [*hidden, ref.Dense(widths[-2], widths[-1])]
    penalty = ref.elastic(0.01, 0.1, halved=True, over_samples=True, biases=True)
    network = ref.Network.create(layers, ref.SoftmaxCrossEntropy(), seed=seed, penalty=penalty)
    batch = ref.Batch(rng.normal(size=(samples, widths[0])), rng.integers(0, widths[-1], samples))
    return network, batch


@pytest.mark.parametrize("method", ["auto", "inputs", "parameters"])
@pytest.mark.parametrize("activation", [ref.Tanh(), ref.Sigmoid(), ref.Swish(), ref.Softmax()], ids=repr)
def test_the_same_numbers_as_the_black_box(activation, method):
    network, batch = network_and_batch(3, 4, 5, 3, activation=activation)

    def value(parameters):
        return network.with_parameters(parameters).value(batch)

    black_box = numerical_gradient(value, dict(network.parameters), method="central")
    ours = network.numerical_gradient(batch, method=method)
    for name in network.parameters:
        error = np.abs(ours.values[name] - black_box.values[name])
        assert (error <= ours.bars[name] + black_box.bars[name]).all()
        smooth = ~black_box.kinks[name]  # a bias that starts at 0 sits on the kink of its penalty
        np.testing.assert_allclose(
            ours.values[name][smooth], black_box.values[name][smooth], rtol=1e-6, atol=1e-8
        )


def test_the_two_ways_agree_and_say_which_they_are():
    network, batch = network_and_batch(6, 4, 5, 3)
    inputs = network.numerical_gradient(batch, method="inputs")
    parameters = network.numerical_gradient(batch, method="parameters")
    assert set(inputs.methods.values()) == {"inputs"}
    assert set(parameters.methods.values()) == {"parameters"}
    for name, value in inputs.values.items():
        assert (np.abs(value - parameters.values[name]) <= inputs.bars[name] + parameters.bars[name]).all()


def test_samples_that_mix_are_never_measured_by_inputs():
    layers = [ref.Dense(3, 4), ref.BatchNorm(4), ref.Activate(ref.Tanh()), ref.Dense(4, 2)]
    network = ref.Network.create(layers, ref.SoftmaxCrossEntropy(), seed=0)
    batch = ref.Batch(np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 1, 0, 1, 1]))
    found = network.numerical_gradient(batch, method="inputs")
    assert found.methods == {
        "W1": "parameters",
        "b1": "parameters",
        "gamma2": "parameters",
        "beta2": "parameters",
    } | {
        "W4": "inputs",
        "b4": "inputs",
    }
    for name, gradient in network.gradient(batch).items():
        assert (np.abs(found.values[name] - gradient) <= found.bars[name] + 1e-12).all()


@dataclass(frozen=True, slots=True)
class WrongBackwards(ref.Dense):
    def backward(self, p, x, cache, dh):
        return {name: 1.1 * array for name, array in ref.Dense.backward(self, p, x, cache, dh).items()}


@dataclass(frozen=True, slots=True)
class OtherForwards(ref.Dense):
    def forward(self, p, x):
        cache = ref.Dense.forward(self, p, x)
        return cache | {"h": 3 * cache["h"]}


@pytest.mark.parametrize("method", ["inputs", "parameters"])
def test_no_backward_code_is_used(method):
    network, batch = network_and_batch(3, 4, 2)
    layers = tuple(WrongBackwards(a.inputs, a.outputs, a.activation) for a in network.layers)
    wrong = ref.Network(layers, network.loss, network.parameters, network.penalty)
    right, found = network.gradient(batch), wrong.numerical_gradient(batch, method=method)
    for name, gradient in right.items():
        assert (np.abs(found.values[name] - gradient) <= found.bars[name] + 1e-12).all()
    assert np.abs(wrong.gradient(batch)["W1"] - right["W1"]).max() > 1e-3


def test_a_layer_with_another_forward_pass_is_measured_as_it_is():
    network, batch = network_and_batch(3, 4, 2)
    first, last = network.layers
    changed = ref.Network(
        (OtherForwards(first.inputs, first.outputs, first.activation), last), network.loss, network.parameters
    )
    found = changed.numerical_gradient(batch)
    black_box = numerical_gradient(
        lambda p: changed.with_parameters(p).value(batch), dict(network.parameters)
    )
    np.testing.assert_allclose(found.values["W1"], black_box.values["W1"], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("method", ["inputs", "parameters"])
def test_at_a_kink_the_bar_covers_both_slopes_and_elsewhere_stays_narrow(method):
    parameters = {
        "W1": np.array([[0.0, 1, 2, -1, 3]]),
        "b1": np.zeros(5),
        "W2": np.ones((5, 1)),
        "b2": np.zeros(1),
    }
    layers = (ref.Dense(1, 5, ref.ReLU()), ref.Dense(5, 1))
    network = ref.Network(layers, ref.SquaredError(), parameters)
    batch = ref.Batch(np.array([[1.0]]), np.array([5.5]))
    found = network.numerical_gradient(batch, method=method)
    low, high = found.values["b1"] - found.bars["b1"], found.values["b1"] + found.bars["b1"]
    # The output is 0 + 1 + 2 + 0 + 3 = 6, so dL/dh = 2 (6 - 5.5) = 1; unit 0 sits on its kink, unit 3 is off.
    assert low[0] <= 0
    assert high[0] >= 1
    np.testing.assert_allclose(found.values["b1"][1:], [1, 1, 0, 1], atol=1e-8)
    assert (found.bars["b1"][1:] < 1e-8).all()


@pytest.mark.parametrize("method", ["inputs", "parameters"])
def test_where_the_loss_is_a_staircase_the_bar_covers_the_step(method):
    # log(1 + e) for e = exp(-29) moves in steps of eps, and differences of it are mostly 0.
    parameters = {"W1": np.array([[29.0, 0.0]]), "b1": np.zeros(2)}
    network = ref.Network((ref.Dense(1, 2),), ref.SoftmaxCrossEntropy(), parameters)
    batch = ref.Batch(np.array([[1.0]]), np.array([0]))
    truth, measured = network.gradient(batch), network.numerical_gradient(batch, method=method)
    for name, gradient in truth.items():
        assert 0 < np.abs(gradient).min() < 1e-12
        assert (np.abs(measured.values[name] - gradient) <= measured.bars[name]).all()
        assert (measured.bars[name] < 1e-9).all()


def test_float32_networks_are_measured_in_float64():
    network, batch = network_and_batch(3, 4, 2)
    single = network.with_parameters({name: a.astype(np.float32) for name, a in network.parameters.items()})
    found = single.numerical_gradient(batch)
    exact = network.with_parameters({name: a.astype(np.float64) for name, a in single.parameters.items()})
    for name, gradient in exact.gradient(batch).items():
        assert found.values[name].dtype == np.float64
        np.testing.assert_allclose(found.values[name], gradient, rtol=1e-7, atol=1e-9)


def test_without_bars_the_result_says_so():
    network, batch = network_and_batch(3, 4, 2)
    with_bars, without = network.numerical_gradient(batch), network.numerical_gradient(batch, bars=False)
    assert without.bars == {}
    assert with_bars.bars.keys() == with_bars.values.keys()
    for name, value in without.values.items():
        np.testing.assert_array_equal(value, with_bars.values[name])


def test_an_unknown_method_is_refused():
    network, batch = network_and_batch(3, 4, 2)
    with pytest.raises(InputError, match='"inputs" or "parameters", and got \'complex\''):
        network.numerical_gradient(batch, method="complex")


@pytest.mark.parametrize("f", [ref.Tanh(), ref.Sigmoid()], ids=repr)
def test_the_logistic_series_is_the_activation_to_the_last_digits(f):
    rng = np.random.default_rng(0)
    z, w, W = 20 * rng.normal(size=(30, 6)), rng.normal(size=30), rng.normal(size=(4, 30))
    z[0] = [-900, 900, 0, 1e-9, -40, 40]
    for size in (1e-8, 1e-5, 1e-4):
        d = size * rng.uniform(-1, 1, size=(11, 6))
        product = logistic.weighted(f, z, w, d, W)
        assert product is not None
        exact = np.einsum("ku,ucn->kcn", W, f.forward(z[:, None, :] + w[:, None, None] * d))
        np.testing.assert_allclose(product, exact, rtol=0, atol=1e-14)


def test_the_logistic_series_declines_what_is_out_of_its_reach():
    z, w, W = np.zeros((2, 1)), np.ones(2), np.ones((1, 2))
    assert logistic.weighted(ref.Tanh(), z, w, np.array([[1e-2]]), W) is None
    assert logistic.weighted(ref.Swish(), z, w, np.array([[1e-6]]), W) is None


def test_memory_stays_bounded():
    network, batch = network_and_batch(784, 100, 100, 10, samples=64)
    tracemalloc.start()
    network.numerical_gradient(batch, method="inputs")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
