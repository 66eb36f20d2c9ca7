"""Five networks with a dead or a saturated hidden layer, each for another reason: the reason comes first."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradcheck.diagnosis import diagnose
from gradcheck.findings import Outcome, Severity
from gradcheck.subject.wiring import Grads, Wiring

NETWORKS = Path(__file__).parent / "networks"


@dataclass(frozen=True)
class Case:
    """A network, what is wrong with it, and where."""

    name: str
    cause: str  # its code, or the beginning of it
    symptom: str
    old: str  # the fault, as it stands on its line
    new: str  # what a person would have written
    wiring: Wiring
    also: frozenset[int] = frozenset()  # lines that are as good a place

    def fixed(self, source):
        assert source.count(self.old) == 1
        return source.replace(self.old, self.new)

    def lines(self, source):
        start = source[: source.index(self.old)].count("\n") + 1
        return set(range(start, start + self.old.rstrip("\n").count("\n") + 1)) | self.also


def wired(setup, loss, params, run, of, **more):
    return Wiring(setup=setup, loss=loss, params=params, grads=Grads(run, of), **more)


CASES = [
    Case(
        "raw_inputs",
        "GC701",
        "GC603",
        "    return np.stack([age, income, months], axis=1), np.digitize(score, [-0.8, 0.8])\n",
        "    raw = np.stack([age, income, months], axis=1)\n"
        "    return (raw - raw.mean(axis=0)) / raw.std(axis=0), np.digitize(score, [-0.8, 0.8])\n",
        wired(
            "x, y = applicants(40); params = new_parameters((3, 6, 5, 3))",
            "cross_entropy(params, x, y)",
            {f"{kind}{k}": f"params['{kind}{k}']" for k in (1, 2, 3) for kind in "Wb"},
            "g = gradients(params, x, y)",
            {f"{kind}{k}": f"g['{kind}{k}']" for k in (1, 2, 3) for kind in "Wb"},
            inputs="x",
            labels="y",
            outputs="forward(params, x)[-1]",
            train="train(params, x, y)",
        ),
        frozenset({28}),  # where the first layer multiplies them
    ),
    Case(
        "large_start",
        "GC623",
        "GC603",
        "spread * draw.standard_normal((m, n))",
        "draw.standard_normal((m, n)) / np.sqrt(n)",
        wired(
            "x, t = points(40); net = Ring()",
            "net.cost(x, t)",
            {"w0": "net.w[0]", "w1": "net.w[1]", "b0": "net.b[0]", "b1": "net.b[1]"},
            "gw, gb = net.backprop(x, t)",
            {"w0": "gw[0]", "w1": "gw[1]", "b0": "gb[0]", "b1": "gb[1]"},
            inputs="x",
            labels="t",
            outputs="net.activations(x)[-1]",
            train="net.learn(x, t)",
        ),
    ),
    Case(
        "hot_rate",
        "GC807",
        "GC602",
        "rate = 1.2",
        "rate = 0.1",
        wired(
            "X, Y = throws(30); net = Flight()",
            "net.error(X, Y)",
            {name: f"net.{name}" for name in "VcUd"},
            "g = net.slopes(X, Y)",
            {name: f"g[{place}]" for place, name in enumerate("VcUd")},
            inputs="X",
            labels="Y",
            outputs="net.predict(X)",
            train="net.fit(X, Y)",
        ),
    ),
    Case(
        "one_signed_start",
        "GC625",
        "GC602",
        "rng.random((fan_in, fan_out)) - 1.0",
        "rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))",
        wired(
            "x, y = pictures(30); net = Bars()",
            "net.loss(x, y)",
            {f"{kind}{k}": f"net.dense[{k}].{kind}" for k in range(3) for kind in "wb"},
            "net.backward(x, y)",
            {f"{kind}{k}": f"net.dense[{k}].d{kind}" for k in range(3) for kind in "wb"},
            inputs="x",
            labels="y",
            outputs="net.probabilities(x)",
            train="net.run(x, y)",
        ),
    ),
    Case(
        "wrong_slope",
        "GC2",  # the derivative of a hidden layer
        "GC603",
        "(1 + one**2)",
        "(1 - one**2)",
        wired(
            "x, t = sensors(40)",
            "loss(x, t)",
            {name: f"m.{name}" for name in "AaBbCc"},
            "g = slopes(x, t)",
            {name: f"g[{place}]" for place, name in enumerate("AaBbCc")},
            inputs="x",
            labels="t",
            outputs="alarm(x)",
            train="train(x, t)",
        ),
    ),
]
ADVICE_ONLY = {"raw_inputs"}
# No edit of a line: nothing scales the inputs, so there is no place to do it in.


@pytest.fixture(params=CASES, ids=[case.name for case in CASES], scope="module")
def case(request):
    return request.param


@pytest.fixture(scope="module")
def source(case):
    return (NETWORKS / f"{case.name}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(case):
    return diagnose(NETWORKS / f"{case.name}.py", wiring=case.wiring)


def test_the_cause_comes_first_on_its_line(case, source, report):
    first = report.findings[0]
    assert report.outcome is Outcome.FAULTY
    assert first.code.startswith(case.cause)
    assert first.severity is not Severity.NOTE
    assert first.explained_by == ""
    assert set(first.lines) & case.lines(source)


def test_the_layer_is_told_with_what_it_was_like_with_the_cause_and_without(case, report):
    (symptom,) = (finding for finding in report.findings if finding.code == case.symptom)
    assert symptom.explained_by == report.findings[0].code
    assert case.symptom in report.findings[0].explains
    own, other = (int(share) for share in re.findall(r"(\d+)%", symptom.evidence[0]))
    assert own > 50 >= other
    assert len(symptom.evidence) == 2  # the second is the threshold, and whose it is


def test_every_finding_follows_from_the_cause(report):
    others = [finding for finding in report.findings[1:] if finding.severity is not Severity.NOTE]
    assert {finding.explained_by for finding in others} == {report.findings[0].code}


def test_the_repaired_network_is_clean(case, source, tmp_path):
    (tmp_path / "net.py").write_text(case.fixed(source), encoding="utf-8")
    report = diagnose(tmp_path / "net.py", wiring=case.wiring)
    assert report.outcome is Outcome.CLEAN
    assert report.findings == ()


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
def test_an_offered_patch_leaves_nothing_to_find(case, source, report, tmp_path):
    assert bool(report.patch) == (case.name not in ADVICE_ONLY)
    if report.patch:
        (tmp_path / f"{case.name}.py").write_text(source, encoding="utf-8")
        (tmp_path / "fix.diff").write_text(report.patch, encoding="utf-8")
        command = [str(shutil.which("patch")), "--fuzz=0", f"{case.name}.py", "fix.diff"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        assert diagnose(tmp_path / f"{case.name}.py", wiring=case.wiring).findings == ()
