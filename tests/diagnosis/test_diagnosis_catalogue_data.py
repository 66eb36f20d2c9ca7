"""Every fault of data and evaluation: its bad specimen is named first on its line, mended, and measured again."""

import pytest
from catalogued import diagnosed, told

from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.subject import any_wrong
from gradcheck.faults import CATALOGUE
from gradcheck.findings import Severity

CODES = [code for code in CATALOGUE if code.startswith("GC7") and code != "GC701"]
# Inputs on a raw scale are told by what they do to the layers: see the tests of symptoms.


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
    assert first.fix.after < first.fix.before
    assert text != specimen.bad_source()
    assert checks
    assert not any(any_wrong(found) for found in checks)
    assert [finding.code for finding in told(text, specimen.wiring)] == []
