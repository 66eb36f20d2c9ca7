"""Other sizes, other data, other parameters: what is varied, and what must not be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.subject.points import Point, other_labels, shifted, varied_wirings
from gradcheck.subject.program import Program
from gradcheck.subject.wiring import Grads, Step, Wiring


def wiring(setup, loss="f(X, y)", run="g = b(X, y)", **more):
    return Wiring(setup=setup, loss=loss, params={"w": "w"}, grads=Grads(run, {"w": "g"}), **more)


def setups(varied):
    return [change.setup for _, change in varied]


ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-5, 5))


@given(ARRAYS, st.integers(0, 99))
def test_shifted_parameters_repeat_themselves_and_differ_everywhere(value, seed):
    before = value.copy()
    one, other = shifted({"w": value}, seed=seed), shifted({"w": value}, seed=seed)
    assert one["w"].tobytes() == other["w"].tobytes()
    assert one["w"].shape == value.shape
    assert np.all(one["w"] != shifted({"w": value}, seed=seed + 1)["w"])
    assert np.array_equal(value, before)


def test_parameters_that_start_at_zero_or_alike_do_not_stay_there():
    moved = shifted({"b": np.zeros(4), "gamma": np.ones((2, 2)), "t": np.array(0.0)}, seed=3)
    assert np.all(moved["b"] != 0.0)
    assert len(set(moved["b"])) == 4
    assert len(set(moved["gamma"].ravel())) == 4
    assert moved["t"] != 0.0


def test_a_point_places_a_network():
    program = Program("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring)
    start = program.start().parameters()
    as_wired = Point(SOFTMAX_ROWS.wiring).place(program.start())
    assert all(np.array_equal(as_wired[name], start[name]) for name in start)
    live = program.start()
    moved = Point(SOFTMAX_ROWS.wiring, noise=5).place(live)
    assert all(np.array_equal(live.parameters()[name], moved[name]) for name in moved)
    assert all(np.all(moved[name] != start[name]) for name in moved)
    assert np.array_equal(Point(SOFTMAX_ROWS.wiring, noise=5).place(program.start())["W1"], moved["W1"])


def test_equal_literals_vary_together_and_each_alone():
    found = setups(varied_wirings(wiring("net = Net(4, 4, 3)"), {}))
    assert "net = Net(5, 5, 3)" in found
    assert "net = Net(5, 4, 3)" in found
    assert "net = Net(4, 5, 3)" in found
    assert "net = Net(4, 4, 4)" in found
    assert "net = Net(4, 5, 4)" in found


def test_rates_vary_alike_in_every_expression_and_stay_inside_one():
    given_ = Wiring(
        setup="net = Net(rate=0.5)",
        loss="f(w, 0.5) + 0.99",
        params={"w": "w"},
        step=Step("net.step(0.5, 0.25)", "0.5 * 0.25"),
    )
    (change,) = (c for label, c in varied_wirings(given_, {}) if label == "other rates")
    assert change.setup == "net = Net(rate=0.465)"
    assert change.loss == "f(w, 0.465) + 0.99"  # the latter has its like inside the code, if anywhere
    assert change.step.run == "net.step(0.465, 0.2325)"
    assert change.step.lr == "0.465 * 0.2325"


def test_whole_numbers_of_the_loss_are_no_sizes():
    varied = list(varied_wirings(wiring("n = 2", loss="f(X)[2] ** 2", run="g = b(X, 2)"), {}))
    assert {change.loss for _, change in varied} == {"f(X)[2] ** 2"}
    assert {change.grads.run for _, change in varied} == {"g = b(X, 2)"}


@pytest.mark.parametrize("text", ["s = 'naïve 12'; n = 12", "é = 12; n = f(é, 12)"])
def test_literals_after_letters_beyond_ascii(text):
    expected = text.replace("= 12", "= 13").replace(", 12", ", 13")
    assert expected in setups(varied_wirings(wiring(text), {}))


def run(setup, names):
    scope = {"np": np, **{name: value.copy() for name, value in names.items()}}
    exec(setup, scope)  # noqa: S102 -- a setup made of numpy alone
    return scope


CODINGS = {
    "classes": (np.array([0, 2, 1, 0]), lambda y: y.dtype.kind == "i" and y.min() >= 0),
    "one-hot rows": (
        np.eye(3)[[0, 2, 1, 0]],
        lambda y: np.all(y.sum(1) == 1) and set(np.unique(y)) == {0.0, 1.0},
    ),
    "one-hot columns": (np.eye(3)[:, [0, 2, 1, 0]], lambda y: np.all(y.sum(0) == 1)),
    "0 and 1": (np.array([0.0, 1.0, 1.0, 0.0]), lambda y: set(np.unique(y)) <= {0.0, 1.0}),
    "-1 and 1": (np.array([-1.0, 1.0, 1.0, -1.0]), lambda y: set(np.unique(y)) <= {-1.0, 1.0}),
    "a column of 0 and 1": (np.array([[0.0], [1.0], [1.0]]), lambda y: set(np.unique(y)) <= {0.0, 1.0}),
}


@pytest.mark.parametrize(("labels", "holds"), CODINGS.values(), ids=CODINGS)
def test_other_labels_keep_the_coding_of_the_labels(labels, holds):
    names = {"y": labels}
    varied = [run(s, names)["y"] for s in setups(other_labels(wiring("pass"), names))]
    assert varied
    assert any(not np.array_equal(y, labels) for y in varied)
    for y in varied:
        assert y.shape == labels.shape
        assert holds(y)


def test_inputs_are_no_labels():
    assert not setups(other_labels(wiring("pass"), {"X": np.array([[0.5, 1.5], [2.0, 0.1]])}))


def test_other_inputs_leave_labels_and_probabilities_alone():
    names = {
        "X": np.array([[0.5, 1.5], [2.0, 0.1]]),
        "T": np.array([[0.25, 0.75], [0.5, 0.5]]),
        "y": np.array([-1.0, 1.0]),
    }
    changed = set()
    for label, change in varied_wirings(wiring("pass"), names):
        if label != "other y":
            after = run(change.setup, names)
            changed |= {name for name in names if not np.array_equal(after[name], names[name])}
    assert changed == {"X"}


def test_one_more_feature_widens_the_data_and_the_literal_behind_it():
    text = "X = load(); W = np.ones((3, 4))"
    data = {"load": lambda: np.array([[0.5, 1.5, 2.5], [0.1, 0.2, 0.3]])}

    def shapes(setup):
        scope = {"np": np, **data}
        exec(setup, scope)  # noqa: S102 -- as above
        return scope["X"].shape, scope["W"].shape

    names = {"X": data["load"](), "W": np.ones((3, 4))}
    assert ((2, 4), (4, 4)) in {shapes(setup) for setup in setups(varied_wirings(wiring(text), names))}


def test_every_variation_of_a_real_wiring_is_python():
    live = Program("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring).start()
    varied = list(varied_wirings(SOFTMAX_ROWS.wiring, dict(live.scope)))
    assert len(varied) > 8
    for _, change in varied:
        compile(change.setup, "setup", "exec")
        assert change.params == SOFTMAX_ROWS.wiring.params
