"""The search repairs broken networks, one fault after another, and leaves correct ones alone."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from labs import RIGHT, independent_errors, lab_of

from gradcheck.demos import find as find_demo
from gradcheck.experiments.lab import Lab
from gradcheck.faults import CATALOGUE, find
from gradcheck.faults.bases import (
    NORM_DROPOUT,
    OPTIMISERS,
    RELU_BINARY,
    RESIDUAL_REGRESSION,
    SIGMOID_SGD,
    SOFTMAX_COLUMNS,
    SOFTMAX_ROWS,
    TIED_EMBEDDING,
    TINY_CONV,
)
from gradcheck.repair.search import Budget, Search
from gradcheck.subject.wiring import Step, Wiring


def searched(lab, *, seconds=300.0):
    search = Search("net.py", [lab.truth, *lab.proving], Budget(seconds=seconds))
    return search.run(lab.source), search


def lab_with(source, wiring):
    return Lab("net.py", source, wiring)


def assert_repaired(source, wiring):
    """The search makes every gradient right, by differences at points that it never saw; returns its steps."""
    assert max(independent_errors(source, wiring, points=(101,)).values()) > 100 * RIGHT
    steps, _ = searched(lab_with(source, wiring))
    assert steps, "nothing was found"
    assert max(independent_errors(steps[-1].after, wiring, points=(101, 102)).values()) < RIGHT
    return steps


@cache
def repaired(name):
    """The steps that repair a specimen; several tests look at them."""
    specimen = find(name).specimen
    return assert_repaired(specimen.bad_source(), specimen.wiring)


FAST = (
    "label-ignored",
    "argmax-for-probabilities",
    "missing-output-derivative",
    "missing-hidden-derivative",
    "derivative-twice",
    "weights-not-transposed",
    "input-for-activation",
    "transposed-weight-gradient",
    "one-block-scaled",
    "penalty-half",
    "layer-unpenalised",
    "mean-twice",
)
LATER = (
    "output-delta-sign",
    "logits-for-probabilities",
    "loss-times-delta",
    "hidden-delta-sign",
    "penalty-sign",
    "weights-updated-first",
    "gradient-aliases-parameter",
    "stray-factor",
    "branch-dropped",
)


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in LATER)])
def test_a_specimen_is_repaired(name):
    specimen, steps = find(name).specimen, repaired(name)
    assert steps[-1].grades.total == 1.0
    assert steps[0].before == specimen.bad_source()
    assert all(one.after == other.before for one, other in pairwise(steps))
    right = {name for step in steps for name in step.made_right}
    assert right == set(specimen.spoils)


@pytest.mark.parametrize(
    "name", ["transposed-weight-gradient", "penalty-half", "one-block-scaled", "mean-twice"]
)
def test_some_are_put_back_to_the_letter(name):
    assert repaired(name)[-1].after == find(name).specimen.good_source()


@pytest.mark.parametrize(
    "name", ["label-ignored", "weights-not-transposed", "one-block-scaled", "mean-twice"]
)
def test_the_line_that_is_changed_is_the_line_at_fault(name):
    specimen = find(name).specimen
    (step,) = repaired(name)
    changed = {specimen.bad_source().count("\n", 0, splice.start) + 1 for splice in step.candidate.splices}
    assert changed <= set(specimen.bad_lines())


BASES = (
    SOFTMAX_ROWS,
    SOFTMAX_COLUMNS,
    SIGMOID_SGD,
    RELU_BINARY,
    RESIDUAL_REGRESSION,
    OPTIMISERS,
    NORM_DROPOUT,
    TINY_CONV,
    TIED_EMBEDDING,
)


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_nothing_is_proposed_for_a_correct_network(base):
    lab = lab_with(base.source(), base.wiring)
    search = Search("net.py", [lab.truth])
    assert search.run(lab.source) == []
    assert search.budget.tried == 0


def twice_broken(base, *changes):
    source = base.source()
    for right, wrong in changes:
        assert source.count(right) == 1, right
        source = source.replace(right, wrong)
    return source


SEVERAL = {
    "labels and a factor": (
        SOFTMAX_ROWS,
        ("delta2[np.arange(n), y] -= 1", "delta2 -= 1"),
        ("dW2 = self.h1.T @ delta2", "dW2 = (self.h1.T @ delta2) / 2"),
    ),
    "a derivative and a penalty": (
        SOFTMAX_ROWS,
        (" * (1 - self.h1**2)", ""),
        ("dW2 += 2 * self.reg * self.W2", "dW2 += self.reg * self.W2"),
    ),
    "two biases": (
        SOFTMAX_ROWS,
        ("db2 = delta2.sum(axis=0)", "db2 = delta2.mean(axis=0)"),
        ("db1 = delta1.sum(axis=0)", "db1 = -delta1.sum(axis=0)"),
    ),
}


@pytest.mark.parametrize("case", SEVERAL.values(), ids=SEVERAL)
def test_several_faults_are_repaired_one_after_another(case):
    base, *changes = case
    steps = assert_repaired(twice_broken(base, *changes), base.wiring)
    assert len(steps) >= len(changes)
    right = frozenset()
    for step in steps:
        assert step.grades.right >= right, "a step spoils what was right"
        right = step.grades.right


def test_the_demo_of_all_three_faults():
    source = find_demo("iris").path.read_text(encoding="utf-8")
    names = ("W1", "b1", "W2", "b2")
    wiring = Wiring(
        setup="flowers = iris(); x, y = flowers.X[70:71], flowers.y[70:71]; net = FlowerNet((4, 4, 3))",
        loss="net.cost(x, y)",
        params={name: f"net.{name}" for name in names},
        step=Step("net.learn_from(x, y[0])", "net.rate"),
    )
    steps = assert_repaired(source, wiring)
    assert "label" in steps[-1].after.split("d_out[")[1].splitlines()[0]
    assert "lowest, best = now, (self.W1, self.b1, self.W2, self.b2)" in steps[-1].after


def test_a_budget_of_nothing_finds_nothing():
    specimen = find("label-ignored").specimen
    lab = lab_with(specimen.bad_source(), specimen.wiring)
    for budget in (Budget(candidates=0), Budget(seconds=0.0)):
        assert Search("net.py", [lab.truth], budget).run(lab.source) == []
        assert budget.tried == 0
    few = Budget(candidates=5)
    Search("net.py", [lab.truth], few).run(lab.source)
    assert few.tried == 5


def test_progress_is_told_of():
    specimen = find("label-ignored").specimen
    lab, told = lab_with(specimen.bad_source(), specimen.wiring), []
    search = Search("net.py", [lab.truth], Budget(), progress=lambda *args: told.append(args))
    search.run(lab.source)
    assert told
    assert all(0 <= done < total for _, done, total in told)


def test_a_repair_holds_at_other_sizes():
    """At n = 12 both / 12 and / len(y) are right; only points of other sizes tell them apart."""
    specimen = find("summed-gradient").specimen
    assert "make_data(12" in specimen.wiring.setup
    other = replace(specimen.wiring, setup=specimen.wiring.setup.replace("make_data(12", "make_data(9"))
    assert max(independent_errors(repaired("summed-gradient")[-1].after, other).values()) < RIGHT


def test_a_gradient_that_cannot_be_run_is_left_alone():
    source = "import numpy as np\nw = np.ones(3)\ndef slope():\n    raise ValueError('no')\n"
    lab = lab_of(source, loss="float(m.w @ m.w)", params={"w": "m.w"}, step=Step("m.w -= slope()", "1.0"))
    assert Search("net.py", [lab.truth]).run(lab.source) == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", CATALOGUE.values(), ids=lambda fault: fault.name)
def test_whatever_is_called_repaired_is_right(fault):
    """Over the whole catalogue: nothing for good programs, and no bad one is called right that is not."""
    specimen = fault.specimen
    good, _ = searched(lab_with(specimen.good_source(), specimen.wiring))
    assert good == []
    lab = lab_with(specimen.bad_source(), specimen.wiring)
    if not lab.wrong:
        return
    steps, _ = searched(lab, seconds=20.0)
    if steps and steps[-1].grades.total == 1.0:
        assert max(independent_errors(steps[-1].after, specimen.wiring, points=(101, 102)).values()) < RIGHT
