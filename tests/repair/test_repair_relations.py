"""Relations: a small network's own arrays, spoiled in every way that has a name."""

import numpy as np
import pytest

from gradcheck.repair.relations.activations import KNOWN, activated, softmaxes
from gradcheck.repair.relations.arrays import fitted, multiple, near, quotient, reordered, spanned
from gradcheck.repair.relations.between import bias_relation, delta_relation, weight_relation
from gradcheck.repair.relations.ground import Ground

N, D, H, K = 7, 4, 5, 3
RNG = np.random.default_rng(3)
X = RNG.standard_normal((N, D))
W1, W2 = RNG.standard_normal((D, H)), RNG.standard_normal((H, K))
B1, B2 = RNG.standard_normal(H), RNG.standard_normal(K)
Z1 = X @ W1 + B1
H1 = np.tanh(Z1)
Z2 = H1 @ W2 + B2
P = np.exp(Z2) / np.exp(Z2).sum(axis=1, keepdims=True)
Y = np.eye(K)[RNG.permutation(np.arange(N) % K)]
DELTA2 = (P - Y) / N
UP = DELTA2 @ W2.T
SLOPE = 1.0 - H1**2
DELTA1 = UP * SLOPE
OTHER = RNG.standard_normal((N, H))  # the values of another layer as wide
MASK = (RNG.random((N, H)) < 0.6) / 0.6
DW1, DW2 = X.T @ DELTA1, H1.T @ DELTA2
LOSS = -float(np.log(P[Y == 1.0]).mean())


def ground(forward=(), backward=(), outputs=(P,), labels=(Y,)):
    arrays = [X, Z1, H1, OTHER, np.tanh(OTHER), Z2, P, *forward]
    return Ground(
        forward=tuple(arrays),
        backward=(DELTA2, UP, DELTA1, *backward),
        activations=tuple(activated(arrays)),
        softmaxes=tuple(softmaxes(arrays)),
        outputs=outputs,
        labels=labels,
        inputs=(X,),
        weights={"W1": W1, "W2": W2},
        loss=LOSS,
    )


PLAIN = ground(forward=(MASK,))


@pytest.mark.parametrize(
    ("old", "name"),
    [
        (-DELTA2, "sign"),
        (DELTA2 * N, "scale"),
        (DELTA2 * LOSS, "times-loss"),
        (P / N, "label-free"),
        ((P - 1.0) / N, "label-free"),
        ((P - 0.9 * Y) / N, "label-scaled"),
        ((P - Y[::-1]) / N, "misaligned"),
        ((Z2 - Y) / N, "logits"),
        ((np.eye(K)[P.argmax(axis=1)] - Y) / N, "argmax"),
        (-Y / P / N, "loss-only"),
        (-Y / P * P * (1.0 - P) / N, "diagonal"),
        (DELTA2 * np.abs(P - Y), "error-twice"),
        (DELTA2 * (P - Y), "error-twice"),
        (np.where(np.arange(N)[:, np.newaxis] == 2, DELTA2, 0.0), "one-sample"),
        (np.zeros_like(DELTA2), "zero"),
        (DELTA2 + RNG.standard_normal((N, K)), ""),
        (DELTA2, ""),
    ],
)
def test_of_the_outputs_delta(old, name):
    assert delta_relation(old, DELTA2, PLAIN, output=True).name == name


def test_of_the_outputs_delta_before_the_labels_are_taken_off():
    assert delta_relation(Z2, P, PLAIN, output=True).name == "logits"
    assert delta_relation(np.eye(K)[P.argmax(axis=1)], P, PLAIN, output=True).name == "argmax"


@pytest.mark.parametrize(
    ("old", "name"),
    [
        (lambda right, a: right / (a * (1.0 - a)), "missing-derivative"),
        (lambda right, a: right * a * (1.0 - a), "extra-derivative"),
        (lambda right, a: right / (a * (1.0 - a)) * (1.0 - a**2), "other-derivative"),
        (lambda right, a: right / (1.0 - a), "activation-for-derivative"),
        (lambda right, _: 2.0 * right, "loss-factor"),
        (lambda right, _: 3.0 * right, "scale"),
    ],
)
def test_of_a_squared_errors_delta(old, name):
    a = 1.0 / (1.0 + np.exp(-Z2))
    right = (a - Y) * a * (1.0 - a)
    known = ground(forward=(a,), outputs=(a,))
    assert delta_relation(old(right, a), right, known, output=True).name == name


def test_twice_a_cross_entropy_is_no_constant_of_the_loss():
    assert delta_relation(2.0 * DELTA2, DELTA2, PLAIN, output=True).name == "scale"


@pytest.mark.parametrize(
    ("old", "name"),
    [
        (UP, "missing-derivative"),
        (UP * SLOPE**2, "extra-derivative"),
        (UP * (1.0 - np.tanh(H1) ** 2), "derivative-at-activation"),
        (UP * H1, "activation-for-derivative"),
        (UP * (1.0 - H1), "activation-for-derivative"),
        (UP * H1 * (1.0 - H1), "other-derivative"),
        (UP * (1.0 - np.tanh(OTHER) ** 2), "other-layer"),
        (SLOPE, "missing-factor"),
        (-DELTA1, "sign"),
        (DELTA1 / N, "scale"),
        (np.zeros_like(DELTA1), "zero"),
        (DELTA1 - OTHER, "missing-term"),
        (UP * (1.0 - H1) ** 2, "other-slope"),
        (UP * np.exp(H1), ""),
    ],
)
def test_of_a_hidden_delta(old, name):
    assert delta_relation(old, DELTA1, PLAIN, output=False).name == name


def test_of_a_delta_behind_a_mask():
    drawn = (np.random.default_rng(9).random((N, H)) < 0.6) / 0.6
    assert delta_relation(UP, UP * MASK, PLAIN, output=False).name == "missing-mask"
    assert delta_relation(UP * drawn, UP * MASK, PLAIN, output=False).name == "other-mask"
    maps, shared = RNG.standard_normal((2, 3, 4)), (np.random.default_rng(9).random((3, 4)) < 0.6) / 0.6
    known = ground(forward=(shared,))
    assert delta_relation(maps, maps * shared, known, output=False).name == "missing-mask"


def test_of_a_delta_behind_a_pooling_of_one_axis():
    windows = RNG.standard_normal((5, 3, 2))
    winners = np.eye(2)[windows.argmax(axis=2)]
    up = RNG.standard_normal((5, 3, 1))
    assert delta_relation(0.5 * up * np.ones_like(winners), up * winners, PLAIN, output=False).name == "moved"
    assert delta_relation(up * winners[..., ::-1], up * winners, PLAIN, output=False).name == "moved"


def test_of_a_delta_behind_a_normalisation_and_a_pooling():
    centred = UP - UP.mean(axis=0)
    assert delta_relation(UP, centred, PLAIN, output=False).name == "uncentred"
    maps = RNG.standard_normal((2, 3, 4, 4))
    assert delta_relation(maps[..., ::-1, :], maps, PLAIN, output=False).name == "moved"


def test_of_a_delta_that_lacks_a_path_through_a_mean_or_a_deviation():
    centred = UP - UP.mean(axis=0)
    normal = centred / centred.std(axis=0)
    up = UP[::-1] + UP[:, ::-1] ** 2
    middle = up - up.mean(axis=0)
    through = middle - normal * np.mean(up * normal, axis=0)
    for turn in (False, True):
        above, between, right, x_hat = (a.T if turn else a for a in (up, middle, through, normal))
        known = ground(forward=(x_hat,))
        assert delta_relation(above, right, known, output=False).name == "uncentred"
        assert delta_relation(between, right, known, output=False).name == "unprojected"


def test_a_constant_is_told_from_the_number_of_samples():
    assert delta_relation(DELTA1 / N, DELTA1, PLAIN, output=False).of_batch
    assert delta_relation(DELTA1 / N**2, DELTA1, PLAIN, output=False).of_batch
    assert not delta_relation(DELTA1 / 2, DELTA1, PLAIN, output=False).of_batch
    assert delta_relation(DELTA1 * 5, DELTA1, PLAIN, output=False).factor == 5.0


@pytest.mark.parametrize("penalty", [0.0, 0.3])
@pytest.mark.parametrize(
    ("old", "name"),
    [
        (3.0 * DW2, "scale"),
        (Z1.T @ DELTA2, "preactivation"),
        (np.tanh(OTHER).T @ DELTA2, "other-array"),
        (H1[::-1].T @ DELTA2, "shuffled"),
        (np.outer(H1[0], DELTA2[0]), "one-sample"),
        (H1[1:].T @ DELTA2[1:], "some-samples"),
        (DW2 * 0.0, "zero"),
        (DW2 + 1.0, ""),
    ],
)
def test_of_a_weights_gradient(old, name, penalty):
    known = ground(forward=(H1[::-1],))
    assert weight_relation(old + penalty * W2, DW2 + penalty * W2, W2, known).name == name


def test_of_a_weights_gradient_with_the_inputs_or_the_weights_in_it():
    square = RNG.standard_normal((N, D))
    right = square.T @ DELTA2
    known = ground(forward=(square,), backward=(DELTA2,))
    assert weight_relation(X.T @ DELTA2, right, RNG.standard_normal((D, K)), known).name == "input"
    h, delta, weights = H1[:1], DELTA2[:1], W2
    known = ground(forward=(h,), backward=(delta,))
    assert weight_relation(weights * delta, h.T @ delta, weights, known).name == "weights"
    a = RNG.standard_normal((4, 4))
    assert weight_relation(a.T, a, RNG.standard_normal((4, 4)), known).name == "transposed"


def test_of_a_kernels_gradient_turned_round():
    for shape in ((3,), (3, 2, 2), (2, 3, 3)):
        kernel = RNG.standard_normal(shape)
        weights = RNG.standard_normal(shape)
        assert weight_relation(np.flip(kernel), kernel, weights, PLAIN).name == "flipped"
        assert weight_relation(kernel[::-1], kernel, weights, PLAIN).name == "flipped"


@pytest.mark.parametrize(
    ("term", "name"),
    [
        (0.4 * W2, "penalty"),
        (0.2 * np.sign(W2) - 0.4 * W2, "penalty-kind"),
        (0.2 * W2**2 - 0.4 * W2, "penalty-power"),
    ],
)
def test_of_a_weights_penalty(term, name):
    assert weight_relation(DW2 + term, DW2, W2, PLAIN).name == name


@pytest.mark.parametrize(
    ("old", "name"),
    [
        (np.zeros(H), "zero"),
        (DELTA1.mean(axis=0), "scale"),
        (np.full(H, DELTA1.sum()), "one-number"),
        (DELTA1, "unsummed"),
        (N * DELTA1, "unsummed"),
        (DELTA1.sum(axis=1), "wrong-axis"),
        (DELTA1[1:].sum(axis=0), "some-samples"),
        (UP.sum(axis=0), "other-array"),
        (DELTA1.sum(axis=0) + 0.2 * B1, "penalty"),
        (RNG.standard_normal(H), ""),
    ],
)
def test_of_a_biass_gradient(old, name):
    assert bias_relation(old, DELTA1.sum(axis=0), B1, PLAIN).name == name


@pytest.mark.parametrize("act", KNOWN, ids=lambda act: act.name)
def test_the_slope_of_an_activation_is_its_derivative(act):
    z = np.linspace(-3.0, 3.0, 25) + 0.01
    step = 1e-6
    assert np.allclose((act.value(z + step) - act.value(z - step)) / (2 * step), act.slope(z), atol=1e-8)


def test_an_activation_is_known_by_its_values():
    z = RNG.standard_normal((3, 4))
    for act in KNOWN:
        assert act.name in {found.act.name for found in activated([z, act.value(z)])}
    assert activated([np.abs(z), np.maximum(np.abs(z), 0.0)]) == []


def test_a_softmaxs_product_is_that_of_its_jacobian():
    [soft] = softmaxes([Z2, P])
    g = RNG.standard_normal((N, K))
    jacobians = [np.diag(p) - np.outer(p, p) for p in P]
    assert np.allclose(soft.product(g), [jacobian @ row for jacobian, row in zip(jacobians, g, strict=True)])


def test_arrays_compared():
    a = RNG.standard_normal((3, 4))
    assert near(a, a + 1e-12)
    assert not near(a, a + 1e-3)
    assert multiple(2.5 * a, a) == pytest.approx(2.5)
    assert multiple(a, a + 1.0) is None
    assert multiple(a, 0.0 * a) is None
    assert spanned(2 * a - 3 * a**2, [a, a**2]) == pytest.approx([2.0, -3.0])
    assert spanned(a, [a, 2 * a]) is None
    assert spanned(a.ravel()[:3], [a.ravel()[:3], a.ravel()[1:4]]) is None
    assert fitted(a[:, :1], (3,)).shape == (3,)
    assert fitted(a, (4, 3)) is None
    assert reordered(a[::-1], a, 0)
    assert not reordered(a, a, 0)
    assert quotient(a, 0.0 * a) is None
    assert quotient(np.array([0.0, 4.0]), np.array([0.0, 2.0])).tolist() == [1.0, 2.0]


SHAPES = ((), (1,), (3,), (1, 1), (1, 3), (3, 1), (3, 3), (7, 3), (2, 3, 4, 4))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("other", SHAPES, ids=str)
def test_quantities_of_any_shapes_have_some_relation_or_none(shape, other):
    rng = np.random.default_rng(0)
    old, new = rng.standard_normal(shape), rng.standard_normal(other)
    for output in (False, True):
        assert isinstance(delta_relation(old, new, PLAIN, output=output).name, str)
        assert delta_relation(new, new, PLAIN, output=output).name == ""
    assert isinstance(bias_relation(old, new, new, PLAIN).name, str)
    if old.shape == new.shape:
        assert isinstance(weight_relation(old, new, rng.standard_normal(other), PLAIN).name, str)
