"""Five networks that give every sample the same outputs, each for another reason; none of them once it is mended."""

import subprocess
from pathlib import Path

import pytest

from gradcheck.diagnosis import diagnose
from gradcheck.findings import Outcome
from gradcheck.subject.wiring import Grads, Wiring

NETWORKS = Path(__file__).with_name("networks")
FLAT = ("W", "b", "V", "c")
PARTS = ("A", "a", "B", "b")

WIRINGS = {
    "no_labels": Wiring(
        setup="points, corners = sample(40); theta = begin()",
        loss="loss(theta, points, corners)",
        params={name: f"theta['{name}']" for name in FLAT},
        grads=Grads("g = gradient(theta, points, corners)", {name: f"g['{name}']" for name in FLAT}),
        inputs="points",
        labels="corners",
        outputs="forward(theta, points)[1]",
        train="train(theta, points, corners)",
    ),
    "zero_start": Wiring(
        setup="x, t = waves(30); net = Waves(8, 6, 3)",
        loss="net.cost(x, t)",
        params={f"{kind}{i}": f"net.layers[{i}][{j}]" for i in (0, 1) for j, kind in enumerate("wb")},
        grads=Grads(
            "g = net.slopes(x, t)",
            {f"{kind}{i}": f"g[{i}][{j}]" for i in (0, 1) for j, kind in enumerate("wb")},
        ),
        inputs="x",
        labels="t",
        outputs="net.run(x)",
        train="net.learn(x, t)",
    ),
    "whole_rate": Wiring(
        setup="x, y = digits(N_DATA)",
        loss="error(x, y)",
        params={"w_in": "weights[0]", "w_out": "weights[1]"},
        grads=Grads("g = backward(x, y)", {"w_in": "g[0]", "w_out": "g[1]"}),
        inputs="x",
        labels="y",
        outputs="predict(x)[1]",
        train="train(x, y)",
    ),
    "heavy_penalty": Wiring(
        setup="X, T = stripes(40); net = Model(Settings())",
        loss="net.objective(X, T)",
        params={name: f"net.{name}" for name in PARTS},
        grads=Grads("g = net.derivatives(X, T)", {name: f"g[{i}]" for i, name in enumerate(PARTS)}),
        inputs="X",
        labels="T",
        outputs="net(X)",
        train="net.fit(X, T)",
    ),
    "dead_units": Wiring(
        setup="x, t = points(60); net = Square()",
        loss="net.loss(x, t)",
        params={f"{part}.{kind}": f"net.{part}.{kind}" for part in ("first", "last") for kind in "Wb"},
        grads=Grads(
            "net.backward(x, t)",
            {f"{part}.{kind}": f"net.{part}.d{kind}" for part in ("first", "last") for kind in "Wb"},
        ),
        inputs="x",
        labels="t",
        outputs="net.probability(x)",
        train="net.train(x, t)",
    ),
}
CAUSES = {
    "no_labels": "label-ignored",
    "zero_start": "zero-initialisation",
    "whole_rate": "zero-learning-rate",
    "heavy_penalty": "penalty-too-strong",
    "dead_units": "dead-hidden-layer",
}
LINES = {
    "no_labels": "error = chances / len(corners)",
    "zero_start": "self.layers = [[np.zeros((m, n))",
    "whole_rate": "rate = N_HIDDEN // N_DATA",
    "heavy_penalty": "decay: float = 2.0",
    "dead_units": "self.b = np.full(m, bias)",
}
TWINS = {
    "no_labels": ("chances / len(corners)", "(chances - np.eye(4)[corners]) / len(corners)"),
    "zero_start": ("np.zeros((m, n))", "np.random.default_rng(n).normal(size=(m, n)) / np.sqrt(n)"),
    "whole_rate": ("N_HIDDEN // N_DATA", "N_HIDDEN / N_DATA"),
    "heavy_penalty": ("decay: float = 2.0", "decay: float = 0.001"),
    "dead_units": ("bias=-8.0", "bias=0.1"),
}
# What a person would write where no patch is offered.


def source_of(name):
    return (NETWORKS / f"{name}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=WIRINGS)
def case(request):
    """A network's name and its diagnosis, made once."""
    return request.param, diagnose(NETWORKS / f"{request.param}.py", wiring=WIRINGS[request.param])


def test_the_cause_comes_first_with_uniform_outputs_under_it(case):
    name, report = case
    first, *rest = report.findings
    assert first.name == CAUSES[name]
    (uniform,) = (finding for finding in rest if finding.name == "uniform-outputs")
    assert uniform.explained_by == first.code
    assert uniform.code in first.explains
    assert {finding.explained_by for finding in rest} == {first.code}
    assert report.outcome is Outcome.FAULTY


def test_the_cause_is_on_its_line(case):
    name, report = case
    lines = source_of(name).splitlines()
    assert any(LINES[name] in lines[line - 1] for line in report.findings[0].lines)


def test_the_network_is_clean_once_it_is_mended(case, tmp_path):
    name, report = case
    path = tmp_path / f"{name}.py"
    path.write_text(source_of(name), encoding="utf-8")
    if report.patch:
        (tmp_path / "fix.patch").write_text(report.patch, encoding="utf-8")
        subprocess.run(["patch", "-s", str(path), str(tmp_path / "fix.patch")], check=True)  # noqa: S607 -- as the README says to
    else:
        old, new = TWINS[name]
        assert source_of(name).count(old) == 1
        path.write_text(source_of(name).replace(old, new), encoding="utf-8")
    mended = diagnose(path, wiring=WIRINGS[name])
    assert [finding.code for finding in mended.findings] == []
    assert mended.outcome is Outcome.CLEAN
