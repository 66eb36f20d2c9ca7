"""Wrong entries are found for few evaluations, and what they have in common is named."""

import numpy as np
import pytest
from small_networks import network

from gradcheck.numerics import locate_errors

SIZE = 20_000


def _sum_of_tanh(refuse_complex):
    weights = np.random.default_rng(1).normal(size=SIZE)

    def f(v):
        if refuse_complex and np.iscomplexobj(v):
            raise TypeError("real numbers only")
        return np.sum(np.tanh(v) * weights)

    x = np.random.default_rng(2).normal(size=SIZE)
    return f, weights / np.cosh(x) ** 2, x


@pytest.mark.parametrize(("refuse_complex", "error", "limit"), [(False, 1e-4, 4), (True, 1e-4, 130)])
@pytest.mark.parametrize("seed", range(4))
def test_one_wrong_entry(refuse_complex, error, limit, seed):
    f, gradient, x = _sum_of_tanh(refuse_complex)
    place = int(np.random.default_rng(seed).choice(np.flatnonzero(np.abs(gradient) > 0.1)))
    gradient[place] *= 1 + error
    located = locate_errors(f, gradient, x, seed=seed)
    assert [entry.index for entry in located.entries] == [(place,)]
    assert located.complete
    assert located.evaluations <= limit


@pytest.mark.parametrize("refuse_complex", [False, True])
def test_several_wrong_entries(refuse_complex):
    f, gradient, x = _sum_of_tanh(refuse_complex)
    places = np.random.default_rng(3).choice(np.flatnonzero(np.abs(gradient) > 0.1), 5, replace=False)
    gradient[places] *= 1.1
    located = locate_errors(f, gradient, x)
    assert {entry.index[0] for entry in located.entries} == set(places.tolist())
    assert located.patterns == {"x": "5 scattered entries"}


@pytest.mark.parametrize("seed", range(3))
def test_ten_wrong_entries_cost_a_half_of_a_block_each_level(seed):
    f, gradient, x = _sum_of_tanh(refuse_complex=True)
    places = np.random.default_rng(seed).choice(SIZE, 10, replace=False)
    gradient[places] *= 1.01
    located = locate_errors(f, gradient, x, seed=seed)
    assert {entry.index[0] for entry in located.entries} == set(places.tolist())
    assert located.complete
    assert located.evaluations <= 900


def test_a_right_gradient_has_no_wrong_entries():
    f, gradient, x = _sum_of_tanh(refuse_complex=False)
    located = locate_errors(f, gradient, x)
    assert located.entries == ()
    assert located.complete


def _spoil(grad, what):
    if what == "column 7":
        grad[:, 7] *= 2
    elif what == "row 3":
        grad[3] *= 2
    elif what == "all entries":
        grad *= 1.01
    else:
        inner = grad[1:-1, 1:-1].copy()
        grad *= 1.1
        grad[1:-1, 1:-1] = inner


@pytest.mark.parametrize("what", ["column 7", "row 3", "all entries", "border"])
def test_patterns_are_named(what):
    net = network(0, (20, 30, 5))
    grads = net.gradient(net.params)
    _spoil(grads["W0"], what)
    located = locate_errors(net.loss, grads, net.params)
    assert located.patterns["W0"] == what
    assert located.patterns.keys() == {"W0"}
