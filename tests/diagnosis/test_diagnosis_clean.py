"""Correct networks are clean, however they are written and however large their loss is."""

from pathlib import Path

import pytest
from labs import RIGHT, independent_errors

from gradcheck.diagnosis import diagnose
from gradcheck.findings import Outcome, Severity
from gradcheck.subject.wiring import Grads, Step, Wiring

NETWORKS = Path(__file__).parent.parent / "networks"
NAMES = ("W1", "b1", "W2", "b2")


def attributes(scale):
    return Wiring(
        setup="flowers = iris(); X, y = flowers.X[::10], flowers.y[::10]; "
        f"net = FlowerNet((4, 5, 3), scale={scale!r})",
        loss="net.cost(X, y)",
        params={name: f"net.{name}" for name in NAMES},
        grads=Grads("g = net.gradients(X, y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
        inputs="X",
        labels="y",
        outputs="net.predict(X)[1]",
        train="net.train(flowers.X, flowers.y, steps=60)",
    )


def in_a_dict(scale):
    return Wiring(
        setup=f"flowers = iris(); x, label = flowers.X[70], flowers.y[70]; p = init((4, 5, 3)); k = {scale!r}",
        loss="cost(p, x, label, k)",
        params={name: f"p['{name}']" for name in NAMES},
        step=Step("update(p, x, label, 0.05, k)", "0.05 / k"),
        train="train(p, flowers.X, flowers.y, 200)",
    )


def in_a_tuple(scale):
    return Wiring(
        setup="flowers = iris(); X, Y = flowers.X[::10].T, np.eye(3)[:, flowers.y[::10]]; "
        f"ws = start((4, 5, 3)); k = {scale!r}",
        loss="cost_and_gradients(ws, X, Y, k)[0]",
        params={name: f"ws[{i}]" for i, name in enumerate(NAMES)},
        grads=Grads("_, g = cost_and_gradients(ws, X, Y, k)", {n: f"g[{i}]" for i, n in enumerate(NAMES)}),
        train="train(ws, X, Y, 60)",
    )


STYLES = {"flowers_attributes": attributes, "flowers_dict": in_a_dict, "flowers_tuple": in_a_tuple}


def sweep(*rows, by_default):
    """One row a style by default, every other combination in the slow run."""
    return [pytest.param(*row, marks=() if row in by_default else pytest.mark.slow) for row in rows]


@pytest.mark.parametrize(
    ("name", "scale"),
    sweep(
        *((name, scale) for name in STYLES for scale in (1e-6, 1.0, 1e6)),
        by_default={("flowers_attributes", 1e-6), ("flowers_dict", 1.0), ("flowers_tuple", 1e6)},
    ),
)
def test_a_correct_network_is_clean(name, scale):
    report = diagnose(NETWORKS / f"{name}.py", wiring=STYLES[name](scale))
    assert report.outcome is Outcome.CLEAN
    assert report.exit_code == 0
    assert {comparison.verdict for comparison in report.parameters} == {"pass"}
    assert all(finding.severity is Severity.NOTE for finding in report.findings)
    assert report.patch == ""


@pytest.mark.parametrize("name", STYLES)
def test_the_networks_are_correct(name):
    """By differences that the package has no part in."""
    source = (NETWORKS / f"{name}.py").read_text(encoding="utf-8")
    assert max(independent_errors(source, STYLES[name](1.0)).values()) < RIGHT


SMALL_FAULTS = {
    "flowers_attributes": ("hidden.T @ d_out", "1.001 * hidden.T @ d_out"),
    "flowers_dict": ('grads["b1"] = d_hidden', 'grads["b1"] = 0.999 * d_hidden'),
    "flowers_tuple": ("(1 - hidden**2)", "(1 - hidden**2 + 1e-4)"),
}


@pytest.mark.parametrize(
    ("name", "scale"),
    sweep(
        *((name, scale) for name in STYLES for scale in (1e-6, 1e6)),
        by_default={("flowers_dict", 1e-6), ("flowers_dict", 1e6)},
    ),
)
def test_a_fault_of_one_in_a_thousand_is_seen_at_every_scale(name, scale, tmp_path):
    source, (old, new) = (NETWORKS / f"{name}.py").read_text(encoding="utf-8"), SMALL_FAULTS[name]
    assert old in source
    (tmp_path / "net.py").write_text(source.replace(old, new), encoding="utf-8")
    report = diagnose(tmp_path / "net.py", wiring=STYLES[name](scale), repair=False)
    assert report.outcome is Outcome.FAULTY


def test_a_trainer_that_makes_its_own_weights_says_nothing_of_those_that_were_checked():
    path = NETWORKS.parent / "subject" / "networks" / "votes_functional.py"
    report = diagnose(path)
    assert [finding.code for finding in report.findings] == []
    assert report.training is None
