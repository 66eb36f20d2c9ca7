"""Layers, forward mode, Hessians; batches and pools."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from small_networks import network

from gradcheck.errors import InputError
from gradcheck.numerics import Verdict, check_hessian, check_jvp, check_vjp, numerical_gradient
from gradcheck.numerics.batching import Pace

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2)


def _dense(x, w, b):
    return x @ w + b


def _dense_backward(dout):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def test_a_right_layer_passes():
    assert check_vjp(_dense, _dense_backward, (X, W, B)).passed


def test_a_wrong_input_is_named():
    check = check_vjp(_dense, lambda d: (d @ W.T, X.T @ d, d.mean(axis=0)), (X, W, B))
    assert not check.passed
    assert check.reasons[0].startswith("input 2: 2 of 2 entries are wrong")
    assert not check.upstream_ignored


def test_an_ignored_upstream_gradient_is_told_apart():
    check = check_vjp(_dense, lambda d: _dense_backward(np.ones_like(d)), (X, W, B))
    assert check.upstream_ignored
    assert "ignored" in check.reasons[0]


def test_integer_inputs_and_none():
    table, index = RNG.normal(size=(5, 2)), np.array([0, 3, 3])

    def backward(dout):
        grad = np.zeros_like(table)
        np.add.at(grad, index, dout)
        return grad, None

    assert check_vjp(lambda t, i: t[i], backward, (table, index)).passed


def test_several_outputs_and_named_inputs():
    check = check_vjp(
        lambda x, y: (x * y, np.sin(x)),
        lambda d: {"x": d[0] * X + d[1] * np.cos(X), "y": d[0] * X},
        {"x": X, "y": X.copy()},
    )
    assert check.passed


def test_a_wrong_number_of_gradients_is_refused():
    with pytest.raises(InputError, match="2 gradients for 3 inputs"):
        check_vjp(_dense, lambda d: (d, d), (X, W, B))


def test_a_layer_that_works_in_place_is_named_and_its_inputs_are_left_alone():
    def relu(x):
        x[x < 0] = 0
        return x

    x = X.copy()
    check = check_vjp(relu, lambda d: d * (X > 0), (x,))
    assert check.passed
    assert check.reasons == ("forward writes to input 0: work on a copy there",)
    assert np.array_equal(x, X)


def test_a_backward_pass_that_works_in_place_is_named_and_not_blamed():
    check = check_vjp(lambda x: 2 * x, lambda d: np.multiply(d, 2, out=d), (X,))
    assert check.passed
    assert check.reasons == ("backward writes to the upstream gradient: work on a copy there",)


def test_a_layer_may_return_what_it_was_given():
    check = check_vjp(lambda x: x, lambda d: d, (X,))
    assert (check.passed, check.reasons) == (True, ())


def test_a_dropout_layer_is_named_and_not_judged():
    rng = np.random.default_rng(0)
    masks = []

    def forward(x):
        masks.append(rng.random(x.shape) > 0.5)
        return x * masks[-1]

    check = check_vjp(forward, lambda d: d * masks[-1], (X,))
    assert check.verdict is Verdict.INCONCLUSIVE
    assert "nondeterministic" in check.reasons[0]


def test_a_layer_whose_result_is_not_finite_is_refused():
    at = np.argwhere(X < 0)[0].tolist()
    with pytest.raises(InputError, match=f"result 1 of forward is not finite at \\[{at[0]}, {at[1]}\\]"):
        check_vjp(lambda x: (x, np.sqrt(np.where(x < 0, np.nan, x))), lambda d: d[0], (X,))


def test_forward_mode():
    assert check_jvp(lambda x, w: x @ w, lambda p, t: t[0] @ p[1] + p[0] @ t[1], (X, W)).passed
    assert not check_jvp(lambda x, w: x @ w, lambda p, t: t[0] @ p[1], (X, W)).passed


def _rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def _rosenbrock_hessian(x):
    return np.array([[2 - 400 * (x[1] - 3 * x[0] ** 2), -400 * x[0]], [-400 * x[0], 200]])


def test_hessians():
    x = np.array([-1.2, 1.0])
    assert check_hessian(_rosenbrock, _rosenbrock_hessian, x).passed
    wrong = _rosenbrock_hessian(x)
    wrong[0, 1] *= 1.001
    check = check_hessian(_rosenbrock, wrong, x)
    assert not check.passed
    assert not check.symmetric
    assert check.rows[0].wrong == (1,)


class Broadcasting:
    """A loss that takes copies of its parameters on a leading axis; picklable."""

    def __init__(self):
        self.net = network(0, (4, 4, 3), batch=30)
        self.calls = 0

    def __call__(self, p):
        self.calls += 1
        z = np.tanh(self.net.X @ p["W0"] + p["b0"][..., None, :]) @ p["W1"] + p["b1"][..., None, :]
        return (z**2).mean(axis=(-2, -1))


def test_batches_give_the_same_and_call_f_less():
    loss = Broadcasting()
    options = {"method": "central", "order": 2}
    single = numerical_gradient(loss, loss.net.params, **options)
    before, loss.calls = loss.calls, 0
    batched = numerical_gradient(loss, loss.net.params, batched=True, **options)
    assert loss.calls < before / 5
    assert batched.evaluations >= single.evaluations
    for name, value in single.values.items():
        assert np.allclose(batched.values[name], value, atol=1e-9)


@pytest.mark.parametrize(
    ("each", "most", "copies"),
    [(0.2, 512, 42), (0.2, 32, 32), (0.3, 512, 16), (0.95, 512, 8)],
    ids=["overhead dominates", "memory bounds", "half and half", "arithmetic dominates"],
)
def test_batches_are_as_large_as_makes_overhead_small(each, most, copies):
    assert Pace.of(1.0, 8, 8 * each, most).copies == copies


@pytest.mark.parametrize(("second", "copies"), [(0.5, 8), (1.2, 0)])
def test_batches_that_seem_slow_get_a_second_chance(second, copies):
    pace = Pace.of(1.0, 8, 8 * 30.0, 512)
    pace.learn(8, 8 * second)
    assert (pace.copies, pace.settled) == (copies, True)


def test_batches_shrink_until_they_are_as_fast_as_the_first():
    pace = Pace(copies=64, alone=5.0, each=1.0)
    pace.learn(10, 100.0)  # cut short
    assert pace.copies == 64
    pace.learn(64, 64 * 1.5)
    assert (pace.copies, pace.settled) == (32, False)
    pace.learn(32, 32 * 0.9)
    assert (pace.copies, pace.settled) == (32, True)
    pace.learn(32, 32 * 9.0)  # something else was running
    assert pace.copies == 32


@pytest.mark.parametrize("size", [2, 5000])
def test_a_function_that_remembers_its_last_arguments_is_measured_right(size):
    """Its parameters must not change under its hands."""
    kept = []

    def remembers(x):
        if not kept or not np.array_equal(kept[0], x):
            kept[:] = [x, (x[:2] ** 2).sum()]
        return kept[1]

    entries = [0, 1]
    for method in ("central", "forward"):
        measured = numerical_gradient(
            remembers, np.array([1.0, 3.0] + [0.5] * (size - 2)), method=method, entries=entries
        )
        assert np.allclose(measured.values["x"][:2], [2, 6], rtol=1e-6)


@pytest.mark.parametrize("late", [False, True])
def test_a_function_that_writes_to_its_parameters_is_measured_right(late):
    calls = []

    def writes(p):
        calls.append(1)
        loss = (p["a"] ** 2).sum()
        if not late or len(calls) > 5:
            p["a"] *= 2
        return loss

    measured = numerical_gradient(writes, {"a": np.array([1.0, 3.0, -2.0])}, method="central", order=2)
    assert np.allclose(measured.values["a"], [2, 6, -4], rtol=1e-6)


@pytest.mark.parametrize("nested", [False, True])
def test_a_large_f_may_put_other_arrays_in_the_places_of_its_parameters(nested):
    x = {"a": np.ones(5000), "b": np.full(3, 2.0)}

    def rebinds(p):
        p = p["net"][0] if nested else p
        p["b"] = p["b"] * 3
        return (p["a"][:2] ** 2).sum() + (p["b"] ** 2).sum()

    x = {"net": [x]} if nested else x
    measured = numerical_gradient(rebinds, x, method="central", order=2)
    found = measured.gradient["net"][0] if nested else measured.gradient
    assert np.allclose(found["b"], 36, rtol=1e-6)
    assert np.allclose(found["a"][:3], [2, 2, 0], rtol=1e-6, atol=1e-6)


def test_batches_are_not_used_where_f_does_not_broadcast():
    net = network(0, (4, 4, 3))
    batched = numerical_gradient(net.loss, net.params, batched=True)
    for name, value in net.gradient(net.params).items():
        assert np.allclose(batched.values[name], value, rtol=1e-7, atol=1e-9)


def test_threads_and_processes_give_the_same_bits():
    loss = Broadcasting()
    alone = numerical_gradient(loss, loss.net.params)
    with (
        ThreadPoolExecutor(2) as threads,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes,
    ):
        for pool in (threads, processes):
            pooled = numerical_gradient(loss, loss.net.params, executor=pool)
            for name, value in alone.values.items():
                assert np.array_equal(pooled.values[name], value)


def test_a_function_that_cannot_be_sent_is_explained():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(InputError, match="top level"),
    ):
        numerical_gradient(lambda x: x.sum(), np.ones(3), executor=pool)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_real_dask_cluster():
    distributed = pytest.importorskip("distributed", reason="needs dask: pip install 'gradcheck[peers]'")
    loss = Broadcasting()
    alone = numerical_gradient(loss, loss.net.params)
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        pooled = numerical_gradient(loss, loss.net.params, executor=client.get_executor())
    for name, value in alone.values.items():
        assert np.array_equal(pooled.values[name], value)
