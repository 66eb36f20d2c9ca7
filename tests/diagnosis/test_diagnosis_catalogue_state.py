"""Every fault of aliasing, updates and optimisers: its bad specimen is named first, its good one stays clean."""

import pytest
from catalogued import assert_mended, diagnosed, first_of

from gradcheck.faults import CATALOGUE

CODES = [code for code in CATALOGUE if code.startswith(("GC4", "GC8"))]
GOOD = list({CATALOGUE[code].specimen.good_source(): code for code in reversed(CODES)}.values())
# One code for each good program: many share theirs.


@pytest.mark.parametrize("code", CODES)
def test_a_bad_specimen_has_its_fault_named_first_on_its_line_and_mended(code):
    findings, text, checks = first_of(code)
    assert_mended(code, findings[0], text, checks)


@pytest.mark.parametrize("code", GOOD)
def test_a_good_specimen_has_no_finding(code):
    specimen = CATALOGUE[code].specimen
    findings, text, _ = diagnosed(specimen.good_source(), specimen.wiring)
    assert [finding.code for finding in findings] == []
    assert text == specimen.good_source()
