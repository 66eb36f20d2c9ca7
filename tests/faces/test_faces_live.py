"""The library door: live objects in a script, callables, and cells of a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError

LAYERED = '''
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Net:
    """Numbers in layers; the gradient is left on the network."""

    def __init__(self, sizes):
        rng = np.random.default_rng(3)
        self.W = [rng.normal(size=(a, b)) for a, b in zip(sizes, sizes[1:])]
        self.b = [np.zeros(n) for n in sizes[1:]]
        self.act = lambda z: sigmoid(z)

    def forward(self, x):
        self.a = [x]
        for W, b in zip(self.W, self.b):
            self.a.append(self.act(self.a[-1] @ W + b))
        return self.a[-1]

    def loss(self, x, y):
        return 0.5 * np.mean(np.sum((self.forward(x) - y) ** 2, axis=1))

    def backward(self, x, y):
        self.forward(x)
        d = (self.a[-1] - y) / len(x)
        self.dW, self.db = [], []
        for i in reversed(range(len(self.W))):
            dz = d * self.a[i + 1] * (1 - self.a[i + 1])
            self.dW.insert(0, self.a[i].T @ dz)
            self.db.insert(0, dz.SUM(0))
            d = dz @ self.W[i].T
'''
RIGHT = LAYERED.replace("SUM", "sum")
WRONG = LAYERED.replace("SUM", "mean")


@pytest.fixture
def module(tmp_path, monkeypatch, request):
    (tmp_path / "layered.py").write_text(request.param)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("layered", None)
    import layered

    yield layered
    del sys.modules["layered"]


def data():
    rng = np.random.default_rng(4)
    return rng.normal(size=(30, 3)), np.eye(2)[rng.integers(0, 2, 30)]


@pytest.mark.parametrize("module", [WRONG], indirect=True)
def test_a_live_network_is_diagnosed_from_its_class_and_left_alone(module):
    X, y = data()
    net = module.Net([3, 4, 2])
    net.W[0] *= 1.5  # as no constructor would make it
    before = [w.copy() for w in net.W]
    report = gradcheck.diagnose(net, X, y)
    line = WRONG.split("\n").index("            self.db.insert(0, dz.mean(0))") + 1
    assert report.findings[0].lines == (line,)
    assert "+            self.db.insert(0, dz.sum(0))" in report.patch
    assert {p.name for p in report.parameters if p.verdict == "fail"} == {"b[0]", "b[1]"}
    assert "net, X, y are the live objects" in " ".join(report.understood)
    assert not hasattr(net, "a")
    assert all(np.array_equal(a, b) for a, b in zip(net.W, before, strict=True))


@pytest.mark.parametrize("module", [RIGHT], indirect=True)
def test_a_right_one_is_clean(module):
    report = gradcheck.check(module.Net([3, 4, 2]), *data())
    assert (report.outcome, len(report.parameters)) == ("clean", 4)


@pytest.mark.parametrize("module", [WRONG], indirect=True)
def test_callables_are_repaired_in_the_file_that_they_run(module):
    X, y = data()
    net = module.Net([3, 4, 2])

    def grads():
        net.backward(X, y)
        return {"W": net.dW[1], "b": net.db[1]}

    report = gradcheck.diagnose(
        gradcheck.subject(loss=lambda: net.loss(X, y), params={"W": net.W[1], "b": net.b[1]}, grads=grads)
    )
    assert report.target == "layered.py"
    assert "+            self.db.insert(0, dz.sum(0))" in report.patch


def test_without_a_source_the_numbers_are_reported_and_named():
    w = np.array([1.0, 2.0, 3.0])
    report = gradcheck.diagnose(gradcheck.subject(loss=lambda: np.sum(w**2), params={"w": w}, grads=[4 * w]))
    assert [f.name for f in report.findings] == ["gradient-scaled"] or report.findings[0].family == "scaling"
    assert "2 times the true one" in report.findings[0].message
    assert "the gradient came as numbers" in report.understood[-1]
    assert report.patch == ""


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((3.0,), "a file or a network of your own class, but a float came"),
        (("net.py", [1.0]), "a file takes no samples"),
    ],
)
def test_what_is_no_network_is_refused(given, says):
    with pytest.raises(UsageError, match=says):
        gradcheck.diagnose(*given)


@pytest.mark.parametrize("module", [RIGHT], indirect=True)
def test_samples_are_asked_for_and_compared(module):
    net = module.Net([3, 2])
    with pytest.raises(UsageError, match="a Net alone shows no gradient: it needs samples"):
        gradcheck.diagnose(net)
    with pytest.raises(UsageError, match=r"X has shape \(5, 3\) and y \(4, 2\)"):
        gradcheck.diagnose(net, np.ones((5, 3)), np.ones((4, 2)))
    with pytest.raises(UsageError, match="finite numbers in X, but 1 of 3 are nan"):
        gradcheck.diagnose(net, np.array([[1.0, np.nan, 2.0]]), np.ones((1, 2)))


def test_a_network_that_shows_no_gradient_is_asked_about(tmp_path, monkeypatch):
    (tmp_path / "silent.py").write_text("class Net:\n    def forward(self, x):\n        return x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import silent

    with pytest.raises(gradcheck.GradcheckError, match=r"no method of net was found that trains") as told:
        gradcheck.diagnose(silent.Net(), np.ones((4, 2)), np.ones(4))
    assert "gradcheck.subject(loss=" in told.value.hint
    del sys.modules["silent"]


SCRIPT = (
    WRONG
    + """
import gradcheck
X = np.random.default_rng(4).normal(size=(20, 3))
Y = np.eye(2)[(X[:, 0] > 0).astype(int)]
net = Net([3, 4, 2])
print("once")
report = gradcheck.diagnose(net, X, Y)
print(report.findings[0].lines, report.target)
"""
)


def test_a_script_hands_over_its_own_network_and_is_not_run_again(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment(),
    )
    line = SCRIPT.split("\n").index("            self.db.insert(0, dz.mean(0))") + 1
    assert done.stdout.splitlines() == ["once", f"({line},) script.py"]


CELLS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True).raise_error()
"""


def test_a_notebook_cell_hands_over_what_other_cells_define(tmp_path):
    imports, classes = WRONG.split("\n\n\n", 1)
    cells = [
        "%time 1",
        f"{imports}\nimport gradcheck",
        classes,
        "X = np.random.default_rng(4).normal(size=(20, 3))\nY = np.eye(2)[(X[:, 0] > 0).astype(int)]",
        "net = Net([3, 4, 2])\nreport = gradcheck.diagnose(net, X, Y)",
        "from gradcheck.report import as_text\nprint([row for row in as_text(report).split('\\n') if '-->' in row])",
    ]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CELLS.format(cells=cells))],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**environment(), "IPYTHONDIR": str(tmp_path)},
    )
    line = classes.split("\n").index("            self.db.insert(0, dz.mean(0))") + 1
    assert done.stdout.splitlines()[-1].startswith(f"['  --> cells, cell 3, line {line}:")


def environment():
    return {**os.environ, "PYTHONPATH": str(Path(gradcheck.__file__).parents[1])}
