"""What cannot be worked with is refused in one sentence that names it; what merely looks odd is worked with."""

import numpy as np
import pytest

from gradcheck.errors import InputError
from gradcheck.numerics import check_gradient, check_vjp, compare, examine, numerical_gradient

W = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]])
PARAMS = {"W": W, "b": np.array([0.5, -0.5])}


def loss(p):
    return (p["W"] ** 2).sum() + (p["b"] ** 2).sum()


def right(p):
    return {name: 2 * value for name, value in p.items()}


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ({}, "x holds no parameters"),
        ([], r"parameter 'x' has shape \(0,\), which holds no numbers"),
        (np.zeros(0), r"parameter 'x' has shape \(0,\), which holds no numbers"),
        ({"W": W, "b": np.zeros((0, 2))}, r"parameter 'b' has shape \(0, 2\), which holds no numbers"),
        ({"W": W, "b": None}, "parameter 'b' is None"),
        ({"W": W.astype(object)}, "parameter 'W' has dtype object"),
        ({"net": [W, np.array(["a"])]}, r"parameter 'net\[1\]' has dtype <U1"),
        ({"W": np.array([True])}, "parameter 'W' has dtype bool"),
        ({"a.b": 1.0, "a": {"b": 2.0}}, "two parameters have the name 'a.b'"),
        ({"W": W, "b": np.array([1.0, np.nan])}, r"x is not finite at b\[1\]"),
    ],
    ids=["no names", "no list", "no array", "size 0", "none", "objects", "text", "booleans", "twice", "nan"],
)
def test_x_that_holds_no_numbers_is_refused(x, message):
    def total(x):
        return (
            sum(map(total, x.values() if isinstance(x, dict) else x))
            if isinstance(x, dict | list)
            else np.sum(x)
        )

    with pytest.raises(InputError, match=message):
        numerical_gradient(total, x)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda p: p["W"], r"f must return one number, it returned an array of shape \(3, 2\)"),
        (lambda p: (loss(p), 0.5), r"f must return one number, it returned an array of shape \(2,\)"),
        (lambda _: [[1.0], [1.0, 2.0]], "f must return one number, it returned"),
        (lambda _: None, "f must return one number, it returned None"),
        (lambda p: p["c"], "f raised at x: KeyError: 'c'"),
        (lambda _: np.inf, "f.x. is inf, so there is no derivative at x"),
    ],
    ids=["array", "pair", "ragged", "none", "raises", "infinite"],
)
def test_f_that_gives_no_number_is_refused(f, message):
    with pytest.raises(InputError, match=message):
        numerical_gradient(f, PARAMS)
    with pytest.raises(InputError, match=message):
        check_gradient(f, right, PARAMS)


def test_f_that_raises_on_the_way_is_outside_its_domain_there():
    def f(x):
        if x[0] < 1:
            raise ValueError
        return x[0] ** 2 + x[1]

    measured = numerical_gradient(f, np.array([1.0, 5.0]))
    assert np.allclose(measured.values["x"], [2, 1], rtol=1e-5)
    assert measured.methods["x"].tolist() == ["forward", "complex"]


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        ({"W": W.T, "b": PARAMS["b"]}, r"gradient of 'W' has shape \(2, 3\), the parameter has \(3, 2\)"),
        ({"W": W, "b": np.zeros((1, 2))}, r"gradient of 'b' has shape \(1, 2\), the parameter has \(2,\)"),
        ({"W": W, "bias": W}, "the gradient has keys 'W', 'bias', the parameters have keys 'W', 'b'"),
        ({}, "the gradient has no keys, the parameters have keys 'W', 'b'"),
        ([W, W], "the gradient has 2 items, the parameters have keys 'W', 'b'"),
        (W, r"the gradient has an array of shape \(3, 2\), the parameters have keys 'W', 'b'"),
        (None, "the gradient is None, the parameters have keys 'W', 'b'"),
        ({"W": W.astype(object), "b": PARAMS["b"]}, "the gradient of 'W' has dtype object"),
        ({"W": 1j * W, "b": PARAMS["b"]}, "the gradient of 'W' is complex, the parameter is real"),
    ],
    ids=["transposed", "row", "key", "empty", "list", "one array", "none", "objects", "complex"],
)
def test_a_gradient_of_another_form_is_refused(gradient, message):
    with pytest.raises(InputError, match=message):
        check_gradient(loss, lambda _: gradient, PARAMS)
    with pytest.raises(InputError, match=message):
        compare(gradient, numerical_gradient(loss, PARAMS))


def test_a_gradient_that_raises_is_told_from_f():
    with pytest.raises(InputError, match="the gradient raised at x: ZeroDivisionError"):
        examine(loss, PARAMS, lambda _: 1 / 0)


def _read_only():
    x = W.copy()
    x.flags.writeable = False
    return x


@pytest.mark.parametrize(
    "x",
    [_read_only(), np.arange(12.0).reshape(3, 4)[:, ::2], W.T, W[::-1], np.asfortranarray(W), np.array(2.0)],
    ids=["read-only", "strided", "transposed", "reversed", "column-major", "0-d"],
)
def test_any_layout_is_worked_with_and_left_alone(x):
    before = x.copy()
    check = check_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, x)
    assert check.passed
    assert np.allclose(check.numerical.values["x"], 2 * x)
    assert np.shape(check.numerical.gradient) == x.shape
    assert np.array_equal(x, before)


def test_a_layer_without_numbers_to_move_is_refused():
    with pytest.raises(InputError, match="no input of the layer holds floating-point numbers"):
        check_vjp(lambda i: W[i], lambda _: None, (np.array([0, 2]),))
    with pytest.raises(InputError, match="a tuple or a mapping"):
        check_vjp(lambda x: x, lambda d: d, W)


def test_a_layer_s_gradient_of_another_shape_is_refused():
    with pytest.raises(
        InputError, match=r"gradient of 'input 0' has shape \(2, 3\), the parameter has \(3, 2\)"
    ):
        check_vjp(lambda x: 2 * x, lambda d: 2 * d.T, (W,))
