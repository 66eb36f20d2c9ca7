"""How near a gradient is to the truth, and that nothing but the truth is called right."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import lab_of, specimen_lab

from gradcheck.repair import grade as grading
from gradcheck.repair.grade import grade
from gradcheck.subject.wiring import Grads


@pytest.fixture(scope="module")
def truth():
    """A point with a true gradient 2 W for W, 1 for b, and none for c."""
    return lab_of(
        "import numpy as np\nW = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])\nb, c = np.zeros(3), np.ones(3)\n",
        loss="float(np.sum(m.W ** 3) / 3 + m.b.sum())",
        params={"W": "m.W", "b": "m.b", "c": "m.c"},
        grads=Grads("pass", {"W": "m.W", "b": "m.b", "c": "m.c"}),
    ).truth


W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
TRUE = W**2


def graded(truth, gradient, name="W"):
    return grade({"W": TRUE, "b": np.ones(3), "c": np.zeros(3), name: np.asarray(gradient)}, truth).of[name]


def test_the_truth_is_right(truth):
    found = grade({"W": TRUE, "b": np.ones(3), "c": np.zeros(3)}, truth)
    assert found.of == {"W": 1.0, "b": 1.0, "c": 1.0}
    assert found.total == 1.0
    assert found.right == {"W", "b", "c"}


@pytest.mark.parametrize(
    ("gradient", "expected"),
    [
        (3 * TRUE, grading.PROPORTIONAL),
        (-TRUE, grading.PROPORTIONAL),
        (TRUE + 0.3 * W, grading.OFF_BY_WEIGHTS),
        (TRUE.ravel()[::-1].reshape(2, 3), grading.TRANSPOSED),
        (np.full((2, 3), np.nan), 0.0),
        (np.zeros((3, 4)), 0.0),
    ],
    ids=["k times", "sign", "penalty missing", "other places", "NaN", "no such shape"],
)
def test_near_misses(truth, gradient, expected):
    assert graded(truth, gradient) == expected


def test_the_nearer_the_better(truth):
    one, two = TRUE.copy(), TRUE.copy()
    one[0, 0], two[0, 0], two[1, 1] = 90.0, 90.0, -70.0
    assert 0.0 < graded(truth, two) < graded(truth, one) < grading.OFF_BY_WEIGHTS
    assert graded(truth, np.zeros((2, 3))) < graded(truth, one)


def test_a_missing_gradient_is_worth_nothing(truth):
    assert grade({"W": TRUE, "b": np.ones(3)}, truth).of["c"] == 0.0


@given(st.integers(0, 5), st.floats(1e-4, 1e3), st.sampled_from([-1, 1]))
def test_one_wrong_entry_is_never_right(truth, at, size, sign):
    gradient = TRUE.copy()
    gradient.flat[at] += sign * size
    assert graded(truth, gradient) < 1.0


@given(st.floats(1e-3, 1e3))
def test_a_gradient_where_there_is_none_is_wrong(truth, size):
    assert graded(truth, np.full(3, size), "c") < 1.0


def test_two_entries_fit_any_factor_so_they_say_nothing():
    lab = lab_of(
        "import numpy as np\nw = np.array([1.0, 2.0])\n",
        loss="float(m.w @ m.w)",
        params={"w": "m.w"},
        grads=Grads("pass", {"w": "m.w"}),
    )
    assert grade({"w": 3 * np.array([2.0, 4.0])}, lab.truth).of["w"] < grading.PROPORTIONAL


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_grades_do_not_depend_on_the_scale_of_the_loss(factor):
    lab = lab_of(
        f"import numpy as np\nw = np.array([1.0, -2.0, 3.0, 0.5])\nk = {factor}\n",
        loss="float(m.k * np.sum(m.w ** 4))",
        params={"w": "m.w"},
        grads=Grads("pass", {"w": "m.w"}),
    )
    right = factor * 4 * np.array([1.0, -2.0, 3.0, 0.5]) ** 3
    wrong = right.copy()
    wrong[2] *= 1.001
    assert grade({"w": right}, lab.truth).of["w"] == 1.0
    assert 0.0 < grade({"w": wrong}, lab.truth).of["w"] < grading.PROPORTIONAL


def test_the_sample_that_was_drawn_is_the_one_that_counts():
    """Where the code drew one of several samples, its gradient is held to the likeliest of them."""
    lab = specimen_lab("GC101", bad=False)
    truth = lab.truth
    assert grade(lab.gradient, truth).total == 1.0
    other = {name: value + 1.0 for name, value in truth.numerical.values.items()}
    rows = (replace(truth.numerical, values=other), truth.numerical)
    masked = replace(truth, numerical=replace(truth.numerical, values=other), rows=rows)
    assert grade(lab.gradient, masked).total == 1.0
    assert grade(lab.gradient, replace(masked, rows=())).total < 1.0
