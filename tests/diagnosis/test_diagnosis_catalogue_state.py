"""Every fault of aliasing, updates and optimisers: its bad specimen is named first, its good one stays clean."""

import pytest
from catalogued import diagnosed

from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.subject import any_wrong
from gradcheck.faults import CATALOGUE
from gradcheck.findings import Severity

CODES = [code for code in CATALOGUE if code.startswith(("GC4", "GC8"))]
GOOD = list({CATALOGUE[code].specimen.good_source(): code for code in reversed(CODES)}.values())
# One code for each good program: many share theirs.


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr(tasks, "report_progress", lambda *_: None)


@pytest.mark.parametrize("code", CODES)
def test_a_bad_specimen_has_its_fault_named_first_on_its_line_and_mended(code):
    specimen = CATALOGUE[code].specimen
    findings, text, checks = diagnosed(specimen.bad_source(), specimen.wiring)
    first = findings[0]
    assert (first.code, first.severity is Severity.NOTE) == (code, False)
    assert set(first.lines) & set(specimen.bad_lines())
    assert first.evidence
    assert 0.8 <= first.confidence <= 1.0
    assert first.fix is not None
    assert text != specimen.bad_source()
    assert checks
    assert not any(any_wrong(found) for found in checks)


@pytest.mark.parametrize("code", GOOD)
def test_a_good_specimen_has_no_finding(code):
    specimen = CATALOGUE[code].specimen
    findings, text, _ = diagnosed(specimen.good_source(), specimen.wiring)
    assert [finding.code for finding in findings] == []
    assert text == specimen.good_source()
