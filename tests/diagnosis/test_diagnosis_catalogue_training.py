"""Faults that a gradient check passes: the bad specimen is named first on its line, no good one has a finding."""

import pytest
from catalogued import told

from gradcheck.diagnosis.judge import passed
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.draws import draw_audit
from gradcheck.experiments.lab import open_lab
from gradcheck.experiments.softmaxes import softmax_twice
from gradcheck.faults import CATALOGUE
from gradcheck.findings import Evidence, Severity

CODES = ["GC146", "GC148", "GC625", "GC626"]
GOOD = {(f.specimen.good_source(), repr(f.specimen.wiring)): code for code, f in CATALOGUE.items()}
EXPERIMENTS = (coupling_audit, softmax_twice, draw_audit)


@pytest.mark.parametrize("code", CODES)
def test_a_bad_specimen_is_named_first_on_its_line_with_what_was_measured(code):
    specimen = CATALOGUE[code].specimen
    found = told(specimen.bad_source(), specimen.wiring)
    first = found[0]
    assert (first.code, first.severity is Severity.NOTE) == (code, False)
    assert set(first.lines) & set(specimen.bad_lines())
    assert first.evidence
    assert first.advice
    assert [finding.code for finding in found].count(code) == 1


@pytest.mark.parametrize("code", GOOD.values())
def test_no_good_specimen_has_such_a_finding(code):
    specimen = CATALOGUE[code].specimen
    lab = open_lab("net.py", specimen.good_source(), specimen.wiring, 0)
    observations = {seen.experiment: seen for seen in (experiment(lab) for experiment in EXPERIMENTS)}
    assert passed(Evidence("net.py", specimen.good_source(), lab.comparisons, observations)) == []
