"""The mathematics of backpropagation, for random networks, batches and layers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck import reference as ref
from gradcheck.strategies import batches, layers, networks, well_conditioned_arrays

EVERYWHERE = ["dense", "normalised", "images", "sequences", "tokens"]
SEVERAL = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=25, deadline=None)


def with_batch(strategy, **options):
    return strategy.flatmap(lambda network: st.tuples(st.just(network), batches(network, **options)))


def of_body(body, **options):
    return networks(bodies=[body], layouts=["rows"], **options)


UNMIXED = st.one_of(networks(), of_body("images"), of_body("sequences"), of_body("tokens")).filter(
    lambda network: not network.chain.mixes_samples
)


def close(a, b, *, rtol=1e-9):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1.0, np.abs(b).max(initial=0)))


def all_close(a, b, *, rtol=1e-9):
    assert a.keys() == b.keys()
    for name, array in a.items():
        close(array, b[name], rtol=rtol)


def within_bars(network, batch, method):
    analytic, numerical = network.gradient(batch), network.numerical_gradient(batch, method=method)
    for name, gradient in analytic.items():
        error = np.abs(gradient - numerical.values[name])
        rounding = 1e-12 * (np.abs(gradient) + np.abs(gradient).max())  # of the analytic gradient itself
        assert (error <= numerical.bars[name] + rounding).all(), (name, error, numerical.bars[name])
        # A bar so wide that anything passes would be no bar.
        assert (numerical.bars[name] <= 1e-5 * max(1.0, np.abs(gradient).max())).all(), (
            name,
            numerical.bars[name],
        )


@pytest.mark.parametrize("method", ["auto", "inputs", "parameters"])
@pytest.mark.parametrize("body", EVERYWHERE)
@FEW
@given(data=st.data())
def test_backprop_agrees_with_the_numerical_gradient_within_its_bar(body, method, data):
    network, batch = data.draw(with_batch(of_body(body, smooth=True)))
    within_bars(network, batch, method)


@pytest.mark.parametrize("method", ["inputs", "parameters"])
@FEW
@given(case=with_batch(networks(smooth=True, layouts=["columns"])))
def test_backprop_agrees_in_columns_too(method, case):
    within_bars(*case, method)


@SEVERAL
@given(case=layers(smooth=True), data=st.data())
def test_a_layers_pullback_is_its_derivative(case, data):
    # <dh, f(x + t v) - f(x - t v)> / 2t against <pullback of dh, v>, for parameters and input in one
    # direction v.
    layer, p, x = case.layer, case.parameters, case.x
    cache = layer.forward(p, x)
    dh = data.draw(well_conditioned_arrays(cache["h"].shape))
    pulled = layer.backward(p, x, cache, dh)
    vp = {name: data.draw(well_conditioned_arrays(a.shape)) for name, a in p.items()}
    vx = data.draw(well_conditioned_arrays(x.shape))
    stretch = (
        1e-3 if not hasattr(layer, "epsilon") else 1e-5
    )  # a variance near 0 bends norms on a short scale

    def along(t):
        moved = {name: a + t * vp[name] for name, a in p.items()}
        return (dh * layer.forward(moved, x + t * vx)["h"]).sum()

    t = stretch
    coarse, fine = (along(t) - along(-t)) / (2 * t), (along(t / 2) - along(-t / 2)) / t
    numerical = fine + (fine - coarse) / 3
    analytic = (pulled["dx"] * vx).sum() + sum((pulled["d" + name] * v).sum() for name, v in vp.items())
    assert analytic == pytest.approx(numerical, rel=1e-6, abs=1e-6 * (1 + abs(fine - coarse) * 1e4))


@SEVERAL
@given(case=layers(), data=st.data(), a=st.integers(-3, 3), b=st.integers(-3, 3))
def test_the_pullback_is_linear_in_the_upstream_gradient(case, data, a, b):
    layer, p, x = case.layer, case.parameters, case.x
    cache = layer.forward(p, x)
    one, two = (data.draw(well_conditioned_arrays(cache["h"].shape)) for _ in range(2))
    together = layer.backward(p, x, cache, a * one + b * two)
    apart = layer.backward(p, x, cache, one), layer.backward(p, x, cache, two)
    all_close(together, {name: a * apart[0][name] + b * apart[1][name] for name in together})


@SEVERAL
@given(case=layers())
def test_forward_and_backward_change_nothing_in_place_and_repeat_themselves(case):
    layer, p, x = case.layer, case.parameters, case.x
    before = repr(case)
    cache = layer.forward(p, x)
    kept = {name: array.copy() for name, array in cache.items()}
    dh = np.ones_like(cache["h"])
    first = layer.backward(p, x, cache, dh)
    again = layer.backward(p, x, layer.forward(p, x), dh)
    assert repr(case) == before
    for now, then in ((cache, kept), (first, again)):
        assert now.keys() == then.keys()
        for name, array in now.items():
            np.testing.assert_array_equal(array, then[name])


@SEVERAL
@given(case=layers())
def test_copies_in_front_are_copies(case):
    layer, p, x = case.layer, case.parameters, case.x
    cache = layer.forward(p, x)
    copies = layer.replay(p, np.stack([x, x]), cache)
    close(copies, np.stack([cache["h"], cache["h"]]), rtol=1e-12)


@SEVERAL
@given(case=with_batch(UNMIXED))
def test_duplicating_the_batch(case):
    network, batch = case
    network = replace(network, penalty=ref.Penalty())
    twice = batch.take([*range(batch.size)] * 2)
    factor = 2.0 if network.loss.reduction == "sum" else 1.0
    once = network.gradient(batch)
    all_close(network.gradient(twice), {name: factor * g for name, g in once.items()})
    assert network.value(twice) == pytest.approx(factor * network.value(batch))


@SEVERAL
@given(case=with_batch(st.one_of(UNMIXED, of_body("normalised"))), data=st.data())
def test_permuting_the_samples_changes_nothing(case, data):
    network, batch = case
    stack = [ref.Dropout(0.0) if isinstance(layer, ref.Dropout) else layer for layer in network.layers]
    network = replace(network, layers=tuple(stack))  # a mask belongs to a place in the batch, not to a sample
    order = data.draw(st.permutations(range(batch.size)))
    all_close(network.gradient(batch.take(order)), network.gradient(batch))


@SEVERAL
@given(
    case=with_batch(networks(losses=st.just(ref.SoftmaxCrossEntropy()), layouts=["rows"])),
    shift=st.integers(-9, 9),
)
def test_shifting_the_logits_changes_nothing(case, shift):
    network, batch = case
    z = network.forward(batch)["h"]
    close(network.loss.gradient(z + shift, batch.y), network.loss.gradient(z, batch.y))
    close(network.loss.per_sample(z + shift, batch.y), network.loss.per_sample(z, batch.y))


def in_columns(network):
    """The same network with samples as columns."""
    stack = tuple(ref.DenseColumns(a.inputs, a.outputs, a.activation) for a in network.layers)
    parameters = {
        name: array.T.copy() if name.startswith("W") else array[:, None].copy()
        for name, array in network.parameters.items()
    }
    return ref.Network(stack, network.loss, parameters, network.penalty, "columns")


@SEVERAL
@given(case=with_batch(networks(layouts=["rows"])))
def test_rows_and_columns_agree(case):
    network, batch = case
    columns = in_columns(network)
    assert columns.value(batch.transposed()) == pytest.approx(network.value(batch))
    rows, transposed = network.backward(batch), columns.backward(batch.transposed())
    for name, array in rows.items():
        theirs = transposed[name]
        close(theirs.T if array.ndim == 2 else theirs.ravel(), array)


@SEVERAL
@given(case=with_batch(UNMIXED))
def test_per_sample_gradients_add_up_to_the_batchs(case):
    network, batch = case
    whole = replace(network, penalty=ref.Penalty()).gradient(batch)
    parts = network.sample_gradients(batch)
    assert len(parts) == batch.size
    all_close(whole, {name: sum(part[name] for part in parts) for name in whole})


SUMMED = networks(losses=st.just(ref.SquaredError("sum")), penalties=st.just(ref.Penalty()), layouts=["rows"])


@SEVERAL
@given(case=SUMMED.flatmap(lambda n: st.tuples(st.just(n), batches(n), batches(n))))
def test_the_gradient_of_a_sum_over_samples_is_the_sum_of_gradients(case):
    network, one, two = case
    both = ref.Batch(np.concatenate([one.x, two.x]), np.concatenate([one.y, two.y]))
    first, second = network.gradient(one), network.gradient(two)
    all_close(network.gradient(both), {name: first[name] + second[name] for name in first})


@SEVERAL
@given(
    case=with_batch(networks(losses=st.just(ref.SquaredError()))), l1=st.integers(0, 3), l2=st.integers(0, 3)
)
def test_the_gradient_of_a_sum_of_losses_is_the_sum_of_gradients(case, l1, l2):
    network, batch = case
    g = {
        (a, b): replace(network, penalty=replace(network.penalty, l1=a, l2=b)).gradient(batch)
        for a in (0, l1)
        for b in (0, l2)
    }
    for name, together in g[l1, l2].items():
        close(together + g[0, 0][name], g[l1, 0][name] + g[0, l2][name])


@SEVERAL
@given(data=st.data(), width=st.integers(1, 4), seed=st.integers(0, 99))
def test_an_orthogonal_change_of_basis_of_a_hidden_layer_is_compensated(data, width, seed):
    stack = (ref.Dense(3, width), ref.Dense(width, 2))
    shapes = ref.Chain(stack).shapes
    p = {name: data.draw(well_conditioned_arrays(shape)) for name, shape in shapes.items()}
    network = ref.Network(stack, ref.SoftmaxCrossEntropy(), p, ref.l2(0.5, biases=True))
    batch = data.draw(batches(network))
    Q = ref.initializers.orthogonal(np.random.default_rng(seed), (width, width), width, width)
    turned = network.with_parameters({**p, "W1": p["W1"] @ Q, "b1": p["b1"] @ Q, "W2": Q.T @ p["W2"]})
    assert turned.value(batch) == pytest.approx(network.value(batch))
    g = network.gradient(batch)
    expected = {**g, "W1": g["W1"] @ Q, "b1": g["b1"] @ Q, "W2": Q.T @ g["W2"]}
    all_close(turned.gradient(batch), expected)


@SEVERAL
@given(case=with_batch(st.one_of(UNMIXED, of_body("normalised"))))
def test_a_chain_equals_the_composed_function(case):
    network, batch = case
    chain = network.chain
    h = batch.x
    for layer, p in zip(chain.layers, chain.split(network.parameters), strict=True):
        h = layer.forward(p, h)["h"]
    close(chain.forward(network.parameters, batch.x)["h"], h, rtol=0)
    # ... and a chain of two chains is the chain of all.
    for cut in range(1, len(network.layers)):
        parts = ref.Chain(network.layers[:cut]), ref.Chain(network.layers[cut:])
        nested, own = ref.Chain(parts), {}
        for number, part in enumerate(chain.split(network.parameters), 1):
            outer, inner = (1, number) if number <= cut else (2, number - cut)
            own |= {f"{name}{outer}.{inner}": array for name, array in part.items()}
        close(nested.forward(own, batch.x)["h"], h, rtol=0)
        flat = chain.backward(network.parameters, batch.x, network.forward(batch), np.ones_like(h))
        deep = nested.backward(own, batch.x, nested.forward(own, batch.x), np.ones_like(h))
        close(deep["dx"], flat["dx"], rtol=0)


@FEW
@given(rate=st.sampled_from([0.1, 0.5, 0.75]), seed=st.integers(0, 999))
def test_dropout_keeps_the_expectation(rate, seed):
    # The mean of n independent masks, each 0 or 1 / (1 - rate), has standard deviation sqrt(rate / (1 - rate)
    # / n).
    n = 40_000
    layer = ref.Dropout(rate, seed)
    mask = layer.forward({}, np.ones((n, 1)))["h"]
    assert abs(mask.mean() - 1) < 6 * np.sqrt(rate / (1 - rate) / n)
    assert not np.array_equal(mask, layer.reseeded(seed + 1).forward({}, np.ones((n, 1)))["h"])
    np.testing.assert_array_equal(layer.evaluating().forward({}, mask)["h"], mask)


@SEVERAL
@given(data=st.data(), features=st.integers(1, 3), spatial=st.booleans())
def test_batch_norms_gradient_sums_to_zero_over_the_batch(data, features, spatial):
    layer = ref.BatchNorm(features, spatial=spatial)
    shape = (4, features, 2, 3) if spatial else (4, features)
    x, dh = data.draw(well_conditioned_arrays(shape)), data.draw(well_conditioned_arrays(shape))
    p = {name: data.draw(well_conditioned_arrays((features,))) for name in ("gamma", "beta")}
    dx = layer.backward(p, x, layer.forward(p, x), dh)["dx"]
    axes = (0, 2, 3) if spatial else 0
    np.testing.assert_allclose(dx.sum(axis=axes), 0, atol=1e-10 * (1 + np.abs(dx).max()))


@SEVERAL
@given(data=st.data(), smoothing=st.sampled_from([0.0, 0.25]), scale=st.sampled_from([1.0, 1e3]))
def test_softmax_deltas_sum_to_zero(data, smoothing, scale):
    z = scale * data.draw(well_conditioned_arrays((3, 4)))
    y = data.draw(st.lists(st.integers(0, 3), min_size=3, max_size=3).map(np.array))
    delta = ref.SoftmaxCrossEntropy(smoothing=smoothing).delta(z, y)
    np.testing.assert_allclose(delta.sum(axis=1), 0, atol=1e-14)
    dz = ref.Softmax().backward(z, data.draw(well_conditioned_arrays((3, 4))))
    np.testing.assert_allclose(dz.sum(axis=1), 0, atol=1e-14)


@SEVERAL
@given(case=with_batch(networks()))
def test_float32_agrees_with_float64(case):
    network, batch = case
    single = network.with_parameters({name: a.astype(np.float32) for name, a in network.parameters.items()})
    small = replace(batch, x=batch.x.astype(np.float32))
    gradient = single.gradient(small)
    assert {a.dtype for a in gradient.values()} == {np.dtype(np.float32)}
    if not kinks_within_reach(network, batch):
        all_close(gradient, network.gradient(batch), rtol=1e-4)


def kinks_within_reach(network, batch):
    """Whether rounding may carry a weighted input or an output across a kink."""
    trace = network.forward(batch)
    near = [np.abs(a).min() for name, a in trace.items() if name.startswith("z")]
    margins = isinstance(network.loss, ref.AbsoluteError | ref.Hinge | ref.MulticlassHinge)
    return margins or min(near) < 1e-4


@SEVERAL
@given(
    data=st.data(), layer=st.sampled_from([ref.LayerNorm(3), ref.BatchNorm(3), ref.Activate(ref.Softmax())])
)
def test_a_layer_of_rows_transposed_is_the_layer_in_columns(data, layer):
    x, dh = data.draw(well_conditioned_arrays((4, 3))), data.draw(well_conditioned_arrays((4, 3)))
    p = {name: data.draw(well_conditioned_arrays(shape)) for name, shape in layer.shapes.items()}
    columns = ref.Transposed(layer)
    rows_cache, cache = layer.forward(p, x), columns.forward(p, x.T)
    close(cache["h"].T, rows_cache["h"], rtol=0)
    rows, pulled = layer.backward(p, x, rows_cache, dh), columns.backward(p, x.T, cache, dh.T)
    close(pulled["dx"].T, rows["dx"], rtol=0)
    close(columns.replay(p, np.stack([x.T, x.T]), cache)[1].T, rows_cache["h"], rtol=1e-12)
