"""Starts, inputs, rates and penalties as causes, and the symptoms they lead to, each measured with and without."""

import re

import pytest
from catalogued import diagnosed, told

from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.subject import any_wrong
from gradcheck.faults import CATALOGUE
from gradcheck.findings import Severity

CAUSES = ["GC311", "GC621", "GC622", "GC623", "GC624", "GC701", "GC807", "GC808"]
LEADS = {
    "GC602": "",  # the catalogue has no code for biases far from zero: the symptom stands on their line
    "GC603": "GC623",
    "GC604": "GC624",
    "GC605": "GC623",
    "GC606": "GC622",
    "GC607": "GC808",
    "GC608": "GC807",
}
# Symptom -> the cause that its specimen has.


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr(tasks, "report_progress", lambda *_: None)


def mended(specimen, findings, text, checks):
    """Whether the first finding's patch was made, left every gradient right, and left nothing to find."""
    assert findings[0].fix is not None
    assert findings[0].fix.after < findings[0].fix.before
    assert text != specimen.bad_source()
    assert checks
    assert not any(any_wrong(found) for found in checks)
    return [finding.code for finding in told(text, specimen.wiring)] == []


@pytest.mark.parametrize("code", CAUSES)
def test_a_cause_is_named_first_on_its_line_with_what_training_does_without_it(code):
    specimen = CATALOGUE[code].specimen
    findings, text, checks = diagnosed(specimen.bad_source(), specimen.wiring)
    first = findings[0]
    assert (first.code, first.severity is Severity.NOTE) == (code, False)
    assert set(first.lines) & set(specimen.bad_lines())
    assert len(re.findall(r"\d[\d.e+-]*", first.evidence[0])) >= 2
    assert {finding.explained_by for finding in findings[1:]} <= {code}
    assert mended(specimen, findings, text, checks)


@pytest.mark.parametrize(("code", "cause"), LEADS.items())
def test_a_symptom_is_told_behind_the_cause_without_which_it_was_measured_again(code, cause):
    specimen = CATALOGUE[code].specimen
    findings, text, checks = diagnosed(specimen.bad_source(), specimen.wiring)
    (symptom,) = (finding for finding in findings if finding.code == code)
    assert findings[0].code == (cause or code)
    assert symptom.explained_by == cause
    assert set(findings[0].lines) & set(specimen.bad_lines())
    measured, threshold = symptom.evidence
    assert len(re.findall(r"\d[\d.e+-]*", measured)) >= 2
    assert re.search(r"\d", threshold)
    assert mended(specimen, findings, text, checks)
