"""Every fault of data and evaluation: its bad specimen is named first on its line, mended, and measured again."""

import pytest
from catalogued import assert_mended, first_of, told

from gradcheck.faults import CATALOGUE

CODES = [code for code in CATALOGUE if code.startswith("GC7") and code != "GC701"]
# Inputs on a raw scale are told by what they do to the layers: see the tests of symptoms.


@pytest.mark.parametrize("code", CODES)
def test_a_bad_specimen_has_its_fault_named_first_on_its_line_and_mended(code):
    findings, text, checks = first_of(code)
    assert_mended(code, findings[0], text, checks)
    assert [finding.code for finding in told(text, CATALOGUE[code].specimen.wiring)] == []
