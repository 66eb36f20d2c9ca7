"""Two names for one array: what the gradient overwrites, and weights that were best and are no more."""

from textwrap import indent

import pytest
from labs import lab_of, specimen_lab

from gradcheck.demos import find
from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.subject.wiring import Grads, Step

HEAD = """\
import numpy as np

w = np.array([1.0, 2.0, 3.0])


def forward(x):
    return w * x


"""


def slope(body, *, args="x"):
    return HEAD + f"def slope({args}):\n" + indent(body, "    ")


def writes_of(source, run="g = slope(x)"):
    lab = lab_of(
        source,
        setup="x = np.array([1.0, -1.0, 2.0])",
        loss="float(np.sum(forward(x) ** 2)) / 2",
        params={"w": "m.w"},
        grads=Grads(run, {"w": "g"}),
    )
    return alias_audit(lab).facts["writes"]


def line_of(source, text):
    (line,) = (number for number, row in enumerate(source.splitlines(), 1) if row.strip() == text)
    return line


def test_a_write_that_a_later_line_reads():
    source = slope("p = forward(x)\nd = p\nd *= x\nprint(p)\nreturn d\n")
    (write,) = writes_of(source)
    assert write["target"] == "d"
    assert write["other"] == "p"
    assert write["line"] == line_of(source, "d *= x")
    assert write["bound"] == line_of(source, "d = p")
    assert write["read_later"] == line_of(source, "print(p)")


def test_a_write_that_nothing_reads_later():
    (write,) = writes_of(slope("p = forward(x)\nd = p\nd *= x\nreturn d\n"))
    assert write["read_later"] == 0


def test_a_write_to_some_entries():
    source = slope("p = forward(x)\nd = p\nd[0] -= 1\nd[0] += 1\nreturn d * x\n")
    assert {write["line"] for write in writes_of(source)} == {
        line_of(source, "d[0] -= 1"),
        line_of(source, "d[0] += 1"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "p = forward(x)\nd = p.copy()\nd *= x\nreturn d\n",
        "p = forward(x)\nd = p * 1.0\nd *= x\nreturn d\n",
        "p = forward(x)\nd = p\nd = d * x\nreturn d\n",
        "d = forward(x)\nd *= x\nreturn d\n",
        "p = forward(x)\nd = p\nreturn d * x\n",
        "p = 3.0\nd = p\nd *= 2\nreturn forward(x) * x\n",
    ],
    ids=["a copy", "a new array", "another binding", "one name only", "no write", "a number"],
)
def test_what_is_no_write_under_another_name(body):
    assert writes_of(slope(body)) == []


def test_an_update_of_parameters_in_place_does_not_count():
    body = "weights = {}\nv = weights\ng = forward(x) * x\nv -= 0.1 * g\nreturn g\n"
    assert writes_of(slope(body.format("w"))) == []
    assert len(writes_of(slope(body.format("w.copy()")))) == 1


def test_one_write_in_a_loop_is_one_write():
    source = slope("p = forward(x)\nfor _ in range(3):\n    d = p\n    d += 0\nreturn p * x\n")
    assert len(writes_of(source)) == 1


def test_the_demo_that_overwrites_its_outputs():
    source = find("iris").path.read_text(encoding="utf-8")
    lab = lab_of(
        source,
        setup="flowers = iris(); x, y = flowers.X[:1], flowers.y[0]; net = FlowerNet((4, 4, 3))",
        loss="net.cost(x, [y])",
        params={"W1": "net.W1", "b1": "net.b1", "W2": "net.W2", "b2": "net.b2"},
        step=Step("net.learn_from(x, y)", "net.rate"),
    )
    observation = alias_audit(lab)
    (write,) = observation.facts["writes"]
    assert (write["target"], write["other"], write["read_later"]) == ("d_out", "probs", 0)
    assert write["line"] == line_of(source, "d_out -= 1")
    assert "probs" in observation.summary


@pytest.mark.parametrize("fault", ["aliased-output", "label-ignored", "best-by-reference"])
def test_good_specimens_overwrite_nothing(fault):
    observation = alias_audit(specimen_lab(fault, bad=False))
    assert (observation.facts["writes"], observation.summary) == ([], "")


TRAINING = """\
import numpy as np


class Kept:
    def __init__(self, w, b):
        self.w, self.b = w, b


class Net:
    def __init__(self):
        self.w, self.b = np.array([1.0, 2.0, 3.0]), np.zeros(1)

    def loss(self, w=None):
        if w is None:
            w = self.w
        if w.ndim < 2:
            w = self.w
        for layer in range(2):
            if layer < 1:
                held = Kept(w, self.b)
        w = held.w
        return float(self.w @ self.w + self.b @ self.b)

    def slope(self):
        return 2 * self.w, 2 * self.b

    def train(self):
        lowest, best = np.inf, None
        for _ in range(5):
            now = self.loss()
            if now < lowest:
                {keep}
            gw, gb = self.slope()
            {update}
        {use}
"""
REFERENCE = "lowest, best = now, (self.w, self.b)"
IN_PLACE = "self.w -= 0.1 * gw; self.b -= 0.1 * gb"
REBOUND = "self.w = self.w - 0.1 * gw; self.b = self.b - 0.1 * gb"


def snapshots_of(keep=REFERENCE, update=IN_PLACE, use="print(best)"):
    source = TRAINING.format(keep=keep, update=update, use=use)
    lab = lab_of(
        source,
        setup="net = Net()",
        loss="net.loss()",
        params={"w": "net.w", "b": "net.b"},
        grads=Grads("g = net.slope()", {"w": "g[0]", "b": "g[1]"}),
        train="net.train()",
    )
    return snapshot_audit(lab).facts["snapshots"], source


@pytest.mark.parametrize(
    ("keep", "target"),
    [
        (REFERENCE, "best"),
        ("best = [self.w, self.b]; lowest = now", "best"),
        ("best = {'w': self.w, 'b': self.b}; lowest = now", "best"),
        ("lowest = now; self.best = (self.w, self.b); best = 1", "self.best"),
        ("lowest = now; p = self.w, self.b; best = p", "best"),
        ("lowest, best = now, Kept(self.w, self.b)", "best"),
    ],
    ids=["a tuple on both sides", "a list", "a dict", "an attribute", "through another name", "an object"],
)
def test_weights_kept_by_reference_and_updated_in_place(keep, target):
    (snapshot,), source = snapshots_of(keep, use=f"print({target})")
    assert snapshot["target"] == target
    assert set(snapshot["parameters"]) == {"w", "b"}
    assert source.splitlines()[snapshot["line"] - 1].strip() == keep
    assert source.splitlines()[snapshot["used"] - 1].strip() == f"print({target})"


def test_one_weight_kept_by_reference_beside_one_that_is_copied():
    (snapshot,), _ = snapshots_of("lowest, best = now, (self.w, self.b.copy())")
    assert snapshot["parameters"] == ["w"]


@pytest.mark.parametrize(
    ("keep", "update", "use"),
    [
        ("lowest, best = now, (self.w.copy(), self.b.copy())", IN_PLACE, "print(best)"),
        ("lowest, best = now, (np.array(self.w), self.b + 0)", IN_PLACE, "print(best)"),
        (REFERENCE, REBOUND, "print(best)"),
        (REFERENCE, IN_PLACE, "return lowest"),
        ("lowest, best = now, (lowest, now)", IN_PLACE, "return best"),
    ],
    ids=["copies", "new arrays", "updates that rebind", "never read again", "no weights in it"],
)
def test_what_is_safe_to_keep(keep, update, use):
    assert snapshots_of(keep, update, use)[0] == []


@pytest.mark.parametrize("bad", [True, False], ids=["bad", "good"])
def test_the_specimen_of_weights_kept_by_reference(bad):
    lab = specimen_lab("best-by-reference", bad=bad)
    observation = snapshot_audit(lab)
    assert bool(observation.facts["snapshots"]) is bad
    assert bool(observation.summary) is bad
