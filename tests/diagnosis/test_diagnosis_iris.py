"""The shipped iris network, from the file to the patch, through the real worker."""

import shutil
import subprocess

import numpy as np
import pytest
from labs import RIGHT, central_differences, independent_errors

from gradcheck.demos import find as find_demo
from gradcheck.diagnosis import check, diagnose
from gradcheck.diagnosis.ranking import ranked
from gradcheck.findings import Kind, Outcome, Severity
from gradcheck.subject.wiring import Step, Wiring

NAMES = ("W1", "b1", "W2", "b2")
ONE_FLOWER = Wiring(
    setup="flowers = iris(); x, y = flowers.X[70:71], flowers.y[70:71]; net = FlowerNet((4, 4, 3))",
    loss="net.cost(x, y)",
    params={name: f"net.{name}" for name in NAMES},
    step=Step("net.learn_from(x, y[0])", "net.rate"),
    inputs="flowers.X",
    labels="flowers.y",
    outputs="net.predict(flowers.X)[1]",
    train="net.train(flowers.X, flowers.y, steps=2000)",
)


@pytest.fixture(scope="module")
def source():
    return find_demo("iris").path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, source):
    made = tmp_path_factory.mktemp("iris")
    (made / "iris_net.py").write_text(source, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def report(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return diagnose("iris_net.py", wiring=ONE_FLOWER)


def line_of(source, text):
    (line,) = (number for number, row in enumerate(source.splitlines(), 1) if row.strip().startswith(text))
    return line


def found(report, name):
    (finding,) = (finding for finding in report.findings if finding.name == name)
    return finding


def test_the_root_cause_comes_first(report, source):
    assert report.outcome is Outcome.FAULTY
    assert report.exit_code == 1
    first = report.findings[0]
    assert (first.code, first.name, first.severity) == ("GC101", "label-ignored", Severity.ERROR)
    assert line_of(source, "d_out -= 1") in first.lines
    assert first.explained_by == ""
    assert any("0" in sentence for sentence in first.evidence)


def test_the_penalty_with_both_of_its_lines_and_its_coefficients(report, source):
    finding = found(report, "penalty-scale")
    assert set(finding.lines) >= {line_of(source, "grad_W2 ="), line_of(source, "grad_W1 =")}
    assert set(finding.parameters) == {"W1", "W2"}
    # lam = 0.01 over 4 inputs and 1 flower: the loss implies 2 * 0.01 / 4 W, the code adds 0.01 W
    assert any("0.005 W1" in s and "0.01 W1" in s for s in finding.evidence)
    assert "2 times" in finding.message


def test_the_write_into_the_outputs(report, source):
    finding = found(report, "aliased-output")
    assert set(finding.lines) == {line_of(source, "d_out -= 1"), line_of(source, "d_out = probs")}


def test_the_best_weights_kept_by_reference(report, source):
    finding = found(report, "best-by-reference")
    assert finding.lines[0] == line_of(source, "lowest, best = now")
    assert set(finding.parameters) == set(NAMES)


def test_uniform_outputs_are_a_consequence(report):
    finding = found(report, "uniform-outputs")
    assert finding.kind is Kind.SYMPTOM
    assert finding.explained_by == "GC101"
    assert finding.code in report.findings[0].explains
    assert "0.33" in finding.message


def test_every_fix_was_verified_and_says_what_it_was_before(report):
    for finding in report.findings:
        if finding.kind is Kind.FAULT:
            assert finding.fix is not None, finding.name
            assert finding.fix.verified
            assert finding.fix.after < finding.fix.before


def test_labels_stand_inside_the_lines_they_mark(report, source):
    rows = source.splitlines()
    for finding in report.findings:
        for label in finding.labels:
            assert 0 <= label.column < label.end_column <= len(rows[label.line - 1])


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
def test_one_patch_makes_every_gradient_right(report, folder, tmp_path):
    shutil.copy(folder / "iris_net.py", tmp_path)
    (tmp_path / "fix.diff").write_text(report.patch, encoding="utf-8")
    command = [str(shutil.which("patch")), "--fuzz=0", "iris_net.py", "fix.diff"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    patched = (tmp_path / "iris_net.py").read_text(encoding="utf-8")
    assert max(independent_errors(patched, ONE_FLOWER).values()) < RIGHT
    after = diagnose(tmp_path / "iris_net.py", wiring=ONE_FLOWER)
    assert after.outcome is Outcome.CLEAN
    assert {comparison.verdict for comparison in after.parameters} == {"pass"}
    assert report.patched_error < 1e-6


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
def test_each_fix_applies_alone(report, folder, tmp_path):
    for finding in report.findings:
        if finding.fix is not None:
            shutil.copy(folder / "iris_net.py", tmp_path / "iris_net.py")
            (tmp_path / "fix.diff").write_text(finding.fix.diff, encoding="utf-8")
            command = [str(shutil.which("patch")), "--fuzz=0", "iris_net.py", "fix.diff"]
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
            assert (tmp_path / "iris_net.py").read_text(encoding="utf-8") != report.source


def test_training_before_and_after(report):
    training = report.training
    assert training.call == ONE_FLOWER.train
    assert training.original.accuracy_after < 0.5
    assert training.patched.accuracy_after > 0.9


def test_the_report_carries_what_it_was_made_from(report, source):
    assert report.target == "iris_net.py"
    assert report.source == source
    assert report.wiring == ONE_FLOWER.table()
    assert [comparison.name for comparison in report.parameters] == list(NAMES)
    assert {comparison.verdict for comparison in report.parameters} == {"fail"}
    assert report.evaluations > 0
    assert report.patch.startswith("--- iris_net.py\n+++ iris_net.py\n")


def test_nothing_was_written(report, folder):
    assert [path.name for path in folder.iterdir()] == ["iris_net.py"]


@pytest.fixture(scope="module")
def table(folder):
    return check(folder / "iris_net.py", wiring=ONE_FLOWER)


def test_the_table_alone(table):
    assert table.outcome is Outcome.FAULTY
    assert {comparison.verdict for comparison in table.parameters} == {"fail"}
    assert (table.patch, table.training) == ("", None)
    assert all(finding.fix is None for finding in table.findings)


def test_the_table_holds_the_norms_that_central_differences_give(table, source):
    numerical = central_differences(source, ONE_FLOWER)
    for comparison in table.parameters:
        assert comparison.numerical_norm == pytest.approx(
            np.linalg.norm(numerical[comparison.name]), rel=1e-6
        )
        assert comparison.relative_error > 0.1
        assert comparison.error_bar < 1e-6


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ({"select": ["GC4"]}, {"GC401", "GC402"}),
        ({"select": ["GC101"]}, {"GC101"}),
        ({"ignore": ["GC4", "GC6"]}, {"GC101", "GC301"}),
    ],
    ids=["a family", "a code", "all but some"],
)
def test_only_some_findings_are_asked_for(report, chosen, codes):
    left = ranked(report.findings, chosen.get("select", ()), chosen.get("ignore", ()))
    assert {finding.code for finding in left} == codes


def test_select_goes_through_the_whole_walk(folder):
    report = diagnose(folder / "iris_net.py", wiring=ONE_FLOWER, select=["GC4"], repair=False)
    assert {finding.code[:3] for finding in report.findings} == {"GC4"}
    assert report.patch == ""
    assert report.outcome is Outcome.FAULTY
