"""Starts, inputs, rates and penalties as causes, and the symptoms they lead to, each measured with and without."""

import re

import pytest
from catalogued import assert_mended, diagnosed, first_of, told

from gradcheck.faults import CATALOGUE

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


def assert_clean_when_mended(code, findings, text, checks):
    """With the first finding's patch every gradient is right, and nothing is left to find."""
    assert_mended(code, findings[0], text, checks)
    assert [finding.code for finding in told(text, CATALOGUE[code].specimen.wiring)] == []


@pytest.mark.parametrize("code", CAUSES)
def test_a_cause_is_named_first_on_its_line_with_what_training_does_without_it(code):
    findings, text, checks = first_of(code)
    assert len(re.findall(r"\d[\d.e+-]*", findings[0].evidence[0])) >= 2
    assert {finding.explained_by for finding in findings[1:]} <= {code}
    assert_clean_when_mended(code, findings, text, checks)


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
    assert_clean_when_mended(code, findings, text, checks)
