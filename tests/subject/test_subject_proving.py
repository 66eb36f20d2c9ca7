"""The points at which a gradient has to be right, and the truth there."""

import numpy as np
import pytest
from labs import lab_of, specimen_lab

from gradcheck.errors import GradcheckError, SubjectError
from gradcheck.faults.bases import OPTIMISERS, RELU_BINARY, SOFTMAX_COLUMNS, SOFTMAX_ROWS
from gradcheck.subject.points import Point
from gradcheck.subject.program import Program
from gradcheck.subject.proving import Signature, fresh_points, proving_points, proving_truths
from gradcheck.subject.truth import fit_shape, measure, same_loss, sample_entries
from gradcheck.subject.wiring import Grads, Step, Wiring


def points_of(base, points=proving_points):
    return list(points("net.py", base.source(), base.wiring, seed=0))


def shapes(program, point):
    return {name: value.shape for name, value in point.place(program.start()).items()}


@pytest.mark.parametrize("base", [SOFTMAX_ROWS, SOFTMAX_COLUMNS, OPTIMISERS], ids=lambda base: base.name)
def test_points_have_other_widths_other_batches_and_other_parameters(base):
    found = points_of(base)
    start = shapes(Program("net.py", base.source(), base.wiring), Point(base.wiring))
    widths = [shapes(*pair) for pair in found]
    assert any(other != start for other in widths)
    assert any(other == start for other in widths)
    losses = []
    for program, point in found:
        live = program.start()
        point.place(live)
        losses.append(live.loss())
    assert np.all(np.isfinite(losses))
    assert len(set(losses)) == len(losses)


def test_programs_with_one_size_for_everything_are_told_apart():
    """A square weight matrix hides a missing transpose; some point makes it oblong."""
    lab = specimen_lab("GC233")
    pairs = proving_points("net.py", lab.source, lab.wiring, seed=0)
    assert any(
        len(set(shape)) == len(shape) for pair in pairs for shape in shapes(*pair).values() if len(shape) == 2
    )


def test_fresh_points_are_none_that_the_search_sees():
    def places(points):
        return {
            b"".join(value.tobytes() for value in point.place(program.start()).values())
            for program, point in points_of(SOFTMAX_ROWS, points)
        }

    fresh = places(fresh_points)
    assert len(fresh) >= 3
    assert fresh.isdisjoint(places(proving_points))


def test_points_repeat_themselves():
    one, other = points_of(RELU_BINARY), points_of(RELU_BINARY)
    assert [point for _, point in one] != []
    assert [(p.wiring, p.noise, p.seed, p.label) for _, p in one] == [
        (p.wiring, p.noise, p.seed, p.label) for _, p in other
    ]


def signature(widths=((2, 3),), batch=(("X", (5, 2)), ("y", (5,))), loss=1.0):
    return Signature(widths, dict(batch), loss)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, ""),
        ({"loss": 2.0}, "data"),
        ({"loss": 2.0, "batch": (("X", (6, 2)), ("y", (6,)))}, "batch"),
        ({"loss": 2.0, "widths": ((4, 3),)}, "widths"),
        ({"loss": 2.0, "batch": (("X", (6, 2)), ("y", (5,)))}, ""),
        ({"loss": float("nan")}, ""),
        ({"loss": float("inf"), "widths": ((4, 3),)}, ""),
    ],
    ids=["same", "data", "batch", "widths", "X longer than y", "NaN", "infinite"],
)
def test_kinds_of_variation(changes, kind):
    assert signature(**changes).kind(signature()) == kind


def test_truths_hold_for_the_network_as_it_is():
    """On a correct network the code's gradient is the truth at every point."""
    for truth in proving_truths("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring, seed=0):
        live = Program("net.py", SOFTMAX_ROWS.source(), truth.point.wiring, seed=truth.point.seed).start()
        live.set(truth.values)
        gradient = live.gradient()
        for name, numerical in truth.numerical.values.items():
            known = np.isfinite(numerical)
            scale = np.max(np.abs(numerical[known]))
            assert np.allclose(gradient[name][known], numerical[known], rtol=1e-6, atol=1e-6 * scale)


SAMPLED = """
import numpy as np
w = np.array([0.5, -1.0])
X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
y = np.array([1.0, 0.5, -2.0])
def loss(X, y):
    return np.mean((X @ w - y) ** 2)
def update(X, y):
    global w
    i = np.random.randint(len(y))
    w = w - 0.1 * 2 * (X[i] @ w - y[i]) * X[i]
"""


def test_a_code_that_draws_a_sample_is_held_to_each_single_one():
    wiring = Wiring(
        setup="X, y = m.X, m.y", loss="loss(X, y)", params={"w": "m.w"}, step=Step("update(X, y)", "0.1")
    )
    truths = proving_truths("net.py", SAMPLED, wiring, seed=0)
    assert truths
    for truth in truths:
        assert len(truth.rows) == 3
        live = Program("net.py", SAMPLED, truth.point.wiring, seed=truth.point.seed).start()
        live.set(truth.values)
        gradient = live.gradient()["w"]
        assert sum(np.allclose(gradient, row.values["w"], rtol=1e-6) for row in truth.rows) == 1


def test_a_code_that_draws_nothing_has_no_single_samples():
    assert all(
        not t.rows for t in proving_truths("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring, seed=0)
    )


def test_the_truth_of_a_quadratic_is_exact():
    lab = lab_of(
        "import numpy as np\nw = np.array([1.0, -2.0, 4.0])\n",
        loss="float(m.w @ m.w)",
        params={"w": "m.w"},
        grads=Grads("g = 2 * m.w", {"w": "g"}),
    )
    truth = measure(lab.program, Point(lab.wiring))
    assert truth.loss == 21.0
    assert truth.entries is None
    error = np.abs(truth.numerical.values["w"] - [2.0, -4.0, 8.0])
    assert np.all(error <= truth.numerical.bars["w"])
    assert np.all(error <= 1e-8)
    assert truth.evaluations > 3


def test_large_networks_are_measured_in_part():
    lab = lab_of(
        "import numpy as np\nw = np.arange(2000.0)\nb = np.ones(3)\n",
        loss="float(m.w[:50].sum() + m.b @ m.b)",
        params={"w": "m.w", "b": "m.b"},
        grads=Grads("g = m.w", {"w": "g", "b": "m.b"}),
    )
    truth = measure(lab.program, Point(lab.wiring), full=100, sample=20)
    assert truth.entries["w"].size == 20
    assert truth.entries["b"].size == 3
    assert np.isfinite(truth.numerical.values["w"]).sum() == 20


@pytest.mark.parametrize(("sizes", "whole"), [((60, 40), True), ((60, 41), False)])
def test_which_entries_are_measured(sizes, whole):
    values = {f"w{i}": np.zeros(size) for i, size in enumerate(sizes)}
    entries = sample_entries(values, seed=1, full=100, sample=48)
    if whole:
        assert entries is None
        return
    for name, chosen in entries.items():
        assert len(set(chosen)) == min(48, values[name].size)
        assert np.all(np.diff(chosen) > 0)
        assert np.all((chosen >= 0) & (chosen < values[name].size))
    again = sample_entries(values, seed=1, full=100, sample=48)
    assert all(np.array_equal(again[name], entries[name]) for name in entries)


@pytest.mark.parametrize(
    ("loss", "error"), [("np.log(-np.abs(m.w).sum())", GradcheckError), ("missing", SubjectError)]
)
def test_a_loss_that_has_no_gradient(loss, error):
    source = "import numpy as np\nw = np.ones(2)\n"
    lab = lab_of(source, loss=loss, params={"w": "m.w"}, grads=Grads("g = m.w", {"w": "g"}))
    with pytest.raises(error):
        measure(lab.program, Point(lab.wiring))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0, True),
        (1.0, 1.0 + 1e-13, True),
        (1.0, 1.0 + 1e-10, False),
        (1e-20, 1.1e-20, False),
        (float("nan"), float("nan"), True),
        (float("nan"), 1.0, False),
        (float("inf"), float("inf"), True),
        (0.0, -0.0, True),
    ],
)
def test_the_same_loss(one, other, same):
    assert same_loss(one, other) is same
    assert same_loss(other, one) is same


@pytest.mark.parametrize(
    ("given_", "wanted", "fits"),
    [
        ((3,), (3,), True),
        ((1, 3), (3,), True),
        ((3, 1), (3,), True),
        ((3,), (1, 3), True),
        ((), (2, 3), True),
        ((1,), (2, 3), True),
        ((3,), (2, 3), False),
        ((3, 2), (2, 3), False),
        ((6,), (2, 3), False),
        ((4,), (3,), False),
    ],
    ids=str,
)
def test_gradients_that_have_the_shape_of_their_parameter(given_, wanted, fits):
    array = np.arange(float(np.prod(given_))).reshape(given_) if given_ else np.array(2.0)
    fitted = fit_shape(array, wanted)
    assert (fitted is not None) is fits
    if fits:
        assert fitted.shape == wanted
        assert set(fitted.ravel()) == set(array.ravel())
