"""The feed-forward network: names, both layouts, per sample and batch, and the gradient itself."""

import numpy as np
import pytest

from gradcheck import reference
from gradcheck.errors import InputError
from gradcheck.reference import (
    Batch,
    BinaryCrossEntropy,
    Dense,
    DenseColumns,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
    datasets,
    elastic,
    l1,
    l2,
)


def central_difference(network, batch, h=1e-5):
    """The textbook double loop, as a second opinion that shares no code with the network's backward pass."""
    numerical = {}
    for name, array in network.parameters.items():
        numerical[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            values = []
            for step in (h, -h):
                moved = array.copy()
                moved[index] += step
                values.append(network.with_parameters({**network.parameters, name: moved}).value(batch))
            numerical[name][index] = (values[0] - values[1]) / (2 * h)
    return numerical


LOSSES = {
    "softmax": (SoftmaxCrossEntropy(), lambda rng: rng.integers(0, 3, 7)),
    "softmax-sum": (SoftmaxCrossEntropy("sum", smoothing=0.1), lambda rng: np.eye(3)[rng.integers(0, 3, 7)]),
    "binary": (BinaryCrossEntropy("elements"), lambda rng: rng.integers(0, 2, (7, 3))),
    "squared": (SquaredError("mean", halved=True), lambda rng: rng.normal(size=(7, 3))),
}
PENALTIES = [None, l2(0.1, halved=True, over_samples=True), l1(0.1, biases=True), elastic(0.1, 0.2)]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES, ids=["none", "l2", "l1", "elastic"])
@pytest.mark.parametrize("activation", [Tanh(), Sigmoid(), ReLU(), Identity()])
@pytest.mark.parametrize("kind", [Dense, DenseColumns])
def test_gradient_agrees_with_the_double_loop(loss, penalty, activation, kind):
    rng = np.random.default_rng(3)
    function, targets = LOSSES[loss]
    layers = [kind(4, 5, activation), kind(5, 3)]
    layout = "columns" if kind is DenseColumns else "rows"
    network = Network.create(layers, function, seed=1, penalty=penalty, layout=layout)
    network = network.with_parameters(
        {k: v + 0.1 * rng.normal(size=v.shape) for k, v in network.parameters.items()}
    )
    batch = Batch(rng.normal(size=(7, 4)), targets(rng))
    batch = batch.transposed() if layout == "columns" else batch
    analytic, numerical = network.gradient(batch), central_difference(network, batch)
    for name in network.parameters:
        np.testing.assert_allclose(analytic[name], numerical[name], rtol=1e-7, atol=1e-9)


def test_every_intermediate_and_delta_has_its_textbook_name():
    iris = datasets.iris()
    network = Network.create([Dense(4, 4, Tanh()), Dense(4, 3)], SoftmaxCrossEntropy(), seed=0)
    trace = network.backward(Batch(iris.X, iris.y))
    p = network.parameters
    np.testing.assert_array_equal(trace["z1"], iris.X @ p["W1"] + p["b1"])
    np.testing.assert_array_equal(trace["h1"], np.tanh(trace["z1"]))
    np.testing.assert_allclose(
        trace["delta1"], trace["delta2"] @ p["W2"].T * (1 - trace["h1"] ** 2), rtol=1e-12
    )
    np.testing.assert_array_equal(trace["dW2"], trace["h1"].T @ trace["delta2"])
    assert set(trace) == {"h", "dx"} | {
        *("h0", "z1", "h1", "z2", "h2"),
        *("dh2", "delta2", "dW2", "db2", "dh1", "delta1", "dW1", "db1"),
    }


def test_gradient_descent_learns_iris():
    iris = datasets.iris()
    batch = Batch((iris.X - iris.X.mean(axis=0)) / iris.X.std(axis=0), iris.y)
    network = Network.create([Dense(4, 4, Tanh()), Dense(4, 3)], SoftmaxCrossEntropy(), seed=0)
    for _ in range(500):
        gradient = network.gradient(batch)
        network = network.with_parameters({k: v - 0.5 * gradient[k] for k, v in network.parameters.items()})
    accuracy = (network.forward(batch)["h"].argmax(axis=1) == iris.y).mean()
    assert accuracy > 0.95
    assert network.value(batch) < 0.1


def test_float32_stays_float32():
    network = Network.create(
        [Dense(4, 4, Tanh()), Dense(4, 3)], SoftmaxCrossEntropy(), seed=0, penalty=l2(0.1), dtype=np.float32
    )
    iris = datasets.iris()
    trace = network.backward(Batch(iris.X.astype(np.float32), iris.y))
    assert {array.dtype for array in trace.values()} == {np.dtype(np.float32)}


def test_repr_is_code_that_makes_the_network_again():
    network = Network.create(
        [DenseColumns(2, 2, Tanh())],
        SquaredError("sum", halved=True),
        seed=0,
        penalty=l2(0.5),
        layout="columns",
    )
    batch = Batch(np.array([[1.0], [2.0]]), np.array([[0.5], [1e-300]]), "columns")
    scope = {"np": np, **vars(reference)}
    again, same = eval(repr(network), scope), eval(repr(batch), scope)  # noqa: S307 - our own repr is under test
    assert repr(again) == repr(network)
    assert again.value(same) == network.value(batch)


def test_wrong_parameters_and_batches_are_refused_with_words():
    network = Network.create([Dense(2, 2)], SquaredError(), seed=0)
    with pytest.raises(InputError, match="expected parameters of shapes"):
        network.with_parameters({"W1": np.zeros((2, 2))})
    with pytest.raises(InputError, match="as many targets as samples"):
        Batch(np.zeros((3, 2)), np.zeros(2))
    with pytest.raises(InputError, match="expected targets of shape"):
        network.value(Batch(np.zeros((3, 2)), np.zeros(3)))
    with pytest.raises(InputError, match="integers from 0 to 1"):
        SoftmaxCrossEntropy().value(np.zeros((1, 2)), np.array([2]))
