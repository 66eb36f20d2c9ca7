"""Every rule over every good program of the catalogue: none of them has a finding, not even a note."""

import pytest
from catalogued import told

from gradcheck.faults import CATALOGUE

SPECIMENS = {code: fault.specimen for code, fault in CATALOGUE.items()}
PROGRAMS = {(one.good_source(), repr(one.wiring)): code for code, one in reversed(SPECIMENS.items())}
# One code for each program: many share theirs.
FIRST = set({SPECIMENS[code].base.name: code for code in sorted(PROGRAMS.values(), reverse=True)}.values())
# One program of each base by default, the others in the slow run.


@pytest.mark.parametrize(
    "code",
    [pytest.param(c, marks=() if c in FIRST else pytest.mark.slow) for c in sorted(PROGRAMS.values())],
)
def test_a_good_program_has_no_finding(code):
    assert [finding.code for finding in told(SPECIMENS[code].good_source(), SPECIMENS[code].wiring)] == []
