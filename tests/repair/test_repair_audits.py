"""What an audit found is mended, and the same audit judges it."""

import pytest
from labs import independent_errors

from gradcheck.demos import find as find_demo
from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.faults import find
from gradcheck.faults.bases import RELU_BINARY, SOFTMAX_COLUMNS, SOFTMAX_ROWS
from gradcheck.repair.mending.recipes import RECIPES, TRAINER_RECIPES
from gradcheck.repair.mending.search import mend_audits
from gradcheck.subject.wiring import Step, Wiring

FLOWERS = Wiring(
    setup="flowers = iris(); x, y = flowers.X[70:71], flowers.y[70:71]; net = FlowerNet((4, 4, 3))",
    loss="net.cost(x, y)",
    params={name: f"net.{name}" for name in ("W1", "b1", "W2", "b2")},
    step=Step("net.learn_from(x, y[0])", "net.rate"),
    train="net.train(flowers.X, flowers.y, steps=50)",
)


def mend(source, wiring):
    """Everything that the audits mend, on the gradient first and then on training."""
    steps = mend_audits("net.py", source, RECIPES, wiring, 0)
    return steps + mend_audits("net.py", steps[-1].after if steps else source, TRAINER_RECIPES, wiring, 0)


@pytest.fixture(scope="module")
def flowers():
    return find_demo("iris").path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def mended(flowers):
    return mend(flowers, FLOWERS)


def test_the_demo_that_shares_two_things(mended, flowers):
    assert {step.audit for step in mended} >= {"alias_audit", "snapshot_audit"}
    assert mended[0].before == flowers
    assert all(step.remaining < step.found for step in mended)
    after = mended[-1].after
    assert "d_out = probs.copy()" in after
    assert "lowest, best = now, (self.W1.copy(), self.b1.copy(), self.W2.copy(), self.b2.copy())" in after


def test_afterwards_the_audits_find_nothing(mended):
    lab = Lab("net.py", mended[-1].after, FLOWERS)
    assert alias_audit(lab).facts["writes"] == []
    assert snapshot_audit(lab).facts["snapshots"] == []


def test_a_copy_changes_no_gradient(mended, flowers):
    before, after = (independent_errors(text, FLOWERS, points=(5,)) for text in (flowers, mended[-1].after))
    assert after == pytest.approx(before, rel=1e-9)


def test_only_the_lines_that_share_are_changed(mended, flowers):
    rows, now = flowers.splitlines(), mended[-1].after.splitlines()
    assert len(now) == len(rows)
    changed = [row.strip() for row, other in zip(rows, now, strict=True) if row != other]
    assert changed == ["d_out = probs", "lowest, best = now, (self.W1, self.b1, self.W2, self.b2)"]


@pytest.mark.parametrize("base", [SOFTMAX_ROWS, SOFTMAX_COLUMNS, RELU_BINARY], ids=lambda base: base.name)
def test_correct_networks_are_left_alone(base):
    assert mend(base.source(), base.wiring) == []


def test_the_specimen_of_weights_kept_by_reference():
    specimen = find("best-by-reference").specimen
    steps = mend(specimen.bad_source(), specimen.wiring)
    assert [step.audit for step in steps] == ["snapshot_audit"]
    assert steps[0].line in specimen.bad_lines()
    assert ".copy()" in steps[0].after.splitlines()[steps[0].line - 1]


def test_an_edit_after_which_training_stops_is_no_repair():
    """An optimiser made from the loop's own count cannot be made above the loop."""
    fault = find("GC825").specimen
    made, again = "type(optimiser)(schedule(lr, epoch))", "type(optimiser)(schedule(lr, epoch), 0.9)"
    source = fault.bad_source()
    assert source.count(made) == 1
    assert any("lr = schedule(lr, epoch)" in step.after for step in mend(source, fault.wiring))
    assert mend(source.replace(made, again), fault.wiring) == []
