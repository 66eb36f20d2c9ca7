"""Start values: the variances of the papers, orthogonality, and one seed for both layouts."""

import numpy as np
import pytest

from gradcheck import reference as ref
from gradcheck.reference import initializers

FAN_IN, FAN_OUT = 200, 300


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("he_normal", 2 / FAN_IN),
        ("he_uniform", 2 / FAN_IN),
        ("glorot_normal", 2 / (FAN_IN + FAN_OUT)),
        ("glorot_uniform", 2 / (FAN_IN + FAN_OUT)),
        ("lecun_normal", 1 / FAN_IN),
        ("lecun_uniform", 1 / FAN_IN),
    ],
)
def test_variances(name, variance):
    W = getattr(initializers, name)(np.random.default_rng(0), (FAN_IN, FAN_OUT), FAN_IN, FAN_OUT)
    # 60,000 numbers: the sample variance of a normal scatters by sqrt(2 / 60,000), 0.6 %.
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
    if name.endswith("uniform"):
        assert np.abs(W).max() <= np.sqrt(3 * variance)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 2, 3)])
def test_orthogonal(shape):
    W = initializers.orthogonal(np.random.default_rng(0), shape, 1, 1).reshape(shape[0], -1)
    gram = W @ W.T if W.shape[0] <= W.shape[1] else W.T @ W
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-14)


def test_zeros_and_constant():
    rng = np.random.default_rng(0)
    assert not initializers.zeros(rng, (2, 3), 2, 3).any()
    assert (initializers.constant(0.3)(rng, (2, 3), 2, 3) == 0.3).all()


def test_one_seed_gives_the_same_network_in_both_layouts_and_again():
    rows = ref.Network.create([ref.Dense(4, 3)], ref.SquaredError(), seed=5)
    columns = ref.Network.create([ref.DenseColumns(4, 3)], ref.SquaredError(), seed=5, layout="columns")
    np.testing.assert_array_equal(rows.parameters["W1"], columns.parameters["W1"].T)
    again = ref.Network.create([ref.Dense(4, 3)], ref.SquaredError(), seed=5)
    np.testing.assert_array_equal(rows.parameters["W1"], again.parameters["W1"])
    other = ref.Network.create([ref.Dense(4, 3)], ref.SquaredError(), seed=6)
    assert not np.array_equal(rows.parameters["W1"], other.parameters["W1"])


def test_every_layer_draws_parameters_of_the_shapes_it_names():
    for layer in (
        *(
            ref.Conv2d(2, 3, 2),
            ref.BatchNorm(3),
            ref.LayerNorm(3),
            ref.Embedding(4, 2),
            ref.RNN(2, 3),
            ref.LSTM(2, 3),
        ),
        *(
            ref.GRU(2, 3),
            ref.MultiHeadAttention(4, 2),
            ref.Residual(ref.Dense(2, 2)),
            ref.Transposed(ref.LayerNorm(3)),
        ),
        ref.Chain((ref.Dense(2, 3), ref.Chain((ref.Dense(3, 2), ref.Dropout(0.5))))),
    ):
        drawn = layer.initial(np.random.default_rng(0), initializers.he_normal)
        assert {name: a.shape for name, a in drawn.items()} == layer.shapes
        assert set(layer.weights) <= set(layer.shapes)
