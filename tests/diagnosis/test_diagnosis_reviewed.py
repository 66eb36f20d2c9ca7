"""What a review found broken, and holds now."""

import ast

import numpy as np
import pytest
from labs import lab_of

from gradcheck.diagnosis import diagnose
from gradcheck.errors import WiringError
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.training import accuracy, train_copy
from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.numerics import Verdict
from gradcheck.repair.context import Context
from gradcheck.repair.operators.calls import change_functions
from gradcheck.subject.slots import Slot
from gradcheck.subject.truth import same_loss
from gradcheck.subject.wiring import Grads, Step, Wiring
from gradcheck.trace import SourceMap

FLAT = """
import numpy as np
class Net:
    def __init__(self):
        self.theta = np.random.default_rng(0).normal(size=12)
        self.W1, self.W2 = self.theta[:8].reshape(4, 2), self.theta[8:].reshape(2, 2)
    def loss(self, X, Y):
        return float(np.sum((np.tanh(X @ self.W1) @ self.W2 - Y) ** 2))
    def gradient(self, X, Y):
        h = np.tanh(X @ self.W1)
        d = 2 * (h @ self.W2 - Y)
        return np.concatenate([(X.T @ (d @ self.W2.T * (1 - h * h))).ravel(), (h.T @ d).ravel()])
"""


def test_views_1_of_one_flat_vector_in_an_object():
    lab = lab_of(
        FLAT,
        setup="net = Net(); X = np.random.rand(5, 4); Y = np.random.rand(5, 2)",
        loss="net.loss(X, Y)",
        params={"theta": "net.theta"},
        grads=Grads("g = net.gradient(X, Y)", {"theta": "g"}),
    )
    assert lab.comparisons["theta"].verdict is Verdict.PASS


def test_views_2_of_one_flat_vector_in_globals():
    lab = lab_of(
        FLAT + "\nnet = Net()\n",
        setup="X = np.random.rand(5, 4); Y = np.random.rand(5, 2)",
        loss="net.loss(X, Y)",
        params={"theta": "net.theta"},
        grads=Grads("g = net.gradient(X, Y)", {"theta": "g"}),
    )
    assert lab.comparisons["theta"].verdict is Verdict.PASS


def test_none_is_not_a_number():
    with pytest.raises(WiringError):
        Slot("W1", "net").read({"net": None})


def test_infinity_is_not_the_same_loss():
    assert not same_loss(float("inf"), 1.0)


def test_accuracy_1_one_hot_columns():
    P = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]])
    assert accuracy(P.T, np.eye(3)[[0, 1, 2, 2]].T) == 0.75


def test_accuracy_2_binary_row():
    assert accuracy(np.array([[0.9, 0.2, 0.6]]), np.array([[1, 0, 0]])) == pytest.approx(2 / 3)


def test_accuracy_3_of_a_base():
    run, _ = train_copy("net.py", SOFTMAX_COLUMNS.source(), SOFTMAX_COLUMNS.wiring, 0)
    assert run.accuracy_after == 1.0


def test_snapshot_of_module_globals():
    lab = lab_of(
        """
        import numpy as np
        w = np.array([1.0, 2.0, 3.0])
        def train():
            lowest, best = np.inf, None
            for _ in range(5):
                now = float(w @ w)
                if now < lowest:
                    lowest, best = now, w
                w[...] -= 0.1 * 2 * w
            return best
        """,
        loss="float(m.w @ m.w)",
        params={"w": "m.w"},
        grads=Grads("pass", {"w": "2 * m.w"}),
        train="train()",
    )
    assert snapshot_audit(lab).facts["snapshots"]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n\x0c\ndef f(y):\n    return y + x\n",
        "s = 'a\u2028b'\ny = s + s\n",
        "s = 'a\x85b'\ny = s + s\n",
    ],
    ids=["form feed", "line separator", "next line"],
)
def test_spans_where_str_splitlines_and_python_differ(source):
    found = SourceMap(source)
    for site in found.sites:
        assert found.text(site) == ast.get_source_segment(source, site.node)


FUNCTIONS = """
import numpy as np
w, x = np.array([0.3, -0.7, 1.1]), np.array([1.0, 2.0, -0.5])
def act(z):
    return np.tanh(z)
def act_slope(z):
    return 1 - np.tanh(z) ** 2
def loss():
    return float(np.sum(act(w * x)))
def slope():
    return act(w * x) * x
"""


def test_change_functions_proposes_another_function_of_the_file():
    lab = lab_of(FUNCTIONS, loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
    context = Context(lab.tracer, lab.influence, lab.wrong)
    assert any("return act_slope(w * x) * x" in c.apply(FUNCTIONS) for c in change_functions(context))


def test_label_given_as_a_plain_number():
    from gradcheck.demos import find

    wiring = Wiring(
        setup="flowers = iris(); x, y = flowers.X[70:71], flowers.y[70]; net = FlowerNet((4, 4, 3))",
        loss="net.cost(x, [y])",
        params={name: f"net.{name}" for name in ("W1", "b1", "W2", "b2")},
        step=Step("net.learn_from(x, y)", "net.rate"),
    )
    report = diagnose(find("iris").path, wiring=wiring)
    assert report.findings[0].name == "label-ignored"


def test_penalty_finding_shows_the_line_of_the_loss():
    from gradcheck.demos import find

    wiring = Wiring(
        setup="flowers = iris(); x, y = flowers.X[70:71], flowers.y[70:71]; net = FlowerNet((4, 4, 3))",
        loss="net.cost(x, y)",
        params={name: f"net.{name}" for name in ("W1", "b1", "W2", "b2")},
        step=Step("net.learn_from(x, y[0])", "net.rate"),
    )
    report = diagnose(find("iris").path, wiring=wiring)
    (finding,) = (f for f in report.findings if f.name == "penalty-scale")
    (line,) = (
        n for n, row in enumerate(report.source.splitlines(), 1) if row.strip().startswith("penalty =")
    )
    assert line in {label.line for label in finding.labels}


def test_a_wiring_error_names_the_expression():
    lab = lab_of("w = 1.0\n", loss="lost(m.w)", params={"w": "m.w"}, grads=Grads("pass", {"w": "1.0"}))
    with pytest.raises(Exception, match="lost") as caught:
        lab.program.start().loss()
    assert "at line 1 ()" not in str(caught.value)
