"""Faults of the forward pass, of the loss and of its numbers: named first on their line, mended where an edit can."""

import pytest
from catalogued import assert_mended, diagnosed, first_of, told

from gradcheck.faults import CATALOGUE
from gradcheck.findings import Severity

MENDED = [f"GC{n}" for n in (123, 144, 145, 147, 149, 150, 151, 152, 153, 503, 504, 509, 521, 522, 523)]
ADVISED = ["GC142", "GC143", "GC507"]
# An activation or a generator that only the author can choose.
NOTED = ["GC122", "GC502", "GC505", "GC506", "GC508"]
# Right code under a caveat: about the check, or about data that have not come yet.


def alone(code, *, note=False):
    """The first finding of a bad specimen, which is the only error."""
    findings, text, checks = first_of(code, note=note)
    assert [finding.code for finding in findings if finding.severity is Severity.ERROR][1:] == []
    return findings[0], text, checks


@pytest.mark.parametrize("code", MENDED)
def test_a_fault_of_the_forward_pass_is_named_first_and_mended_before_any_gradient_is_blamed(code):
    first, text, checks = alone(code)
    assert first.confidence > 0.9
    assert_mended(code, first, text, checks)
    assert [finding.code for finding in told(text, CATALOGUE[code].specimen.wiring)] == []


@pytest.mark.parametrize("code", ADVISED)
def test_what_no_edit_can_choose_comes_with_advice(code):
    first, text, checks = alone(code)
    assert (first.fix, checks) == (None, [])
    assert text == CATALOGUE[code].specimen.bad_source()
    assert first.advice
    assert first.algebra == CATALOGUE[code].algebra


@pytest.mark.parametrize("code", NOTED)
def test_what_may_be_meant_is_noted(code):
    alone(code, note=True)


def test_a_loss_that_is_no_number_is_folded_under_what_takes_it_there():
    specimen = CATALOGUE["GC501"].specimen
    findings, text, _ = diagnosed(specimen.bad_source(), specimen.wiring)
    assert [(f.code, f.explained_by) for f in findings] == [("GC807", ""), ("GC501", "GC807")]
    assert findings[0].explains == ("GC501",)
    assert set(findings[0].lines) & set(specimen.bad_lines())
    assert "divide by zero" in " ".join(findings[1].evidence)
    assert text == specimen.good_source()
