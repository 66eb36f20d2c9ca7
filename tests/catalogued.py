"""Diagnoses a program of the catalogue in this process, repair and checks included, without a worker."""

from gradcheck.diagnosis.judged import judged
from gradcheck.diagnosis.ranking import ranked
from gradcheck.diagnosis.subject import Mending, any_wrong, wrong_of
from gradcheck.diagnosis.tasks import audits, gradient
from gradcheck.experiments.training import train_copy
from gradcheck.faults import CATALOGUE
from gradcheck.findings import Evidence, Severity

SECONDS = 5.0


def told(source, wiring):
    """The findings for a program as it stands: every experiment and every rule, a training of a copy, no repair."""
    measured = gradient.measure_subject("net.py", source, wiring, 0)
    observations = audits.run_experiments("net.py", source, wiring, wiring, 0)
    trained = train_copy("net.py", source, wiring, 0)
    if trained is not None:
        observations["train_copy"] = trained[1]
    evidence = Evidence("net.py", source, measured.comparisons, observations)
    return ranked(judged(evidence, Mending.none(source, measured), [], None), (), ())


def diagnosed(source, wiring):
    """The findings for a program, and the gradient checks of what became of it, without a worker process."""
    measured = gradient.measure_subject("net.py", source, wiring, 0)
    observations = audits.run_experiments("net.py", source, wiring, wiring, 0)
    shapes = gradient.repair_shapes("net.py", source, wiring, 0)
    text = shapes[-1].after if shapes else source
    wrong = wrong_of(gradient.measure_subject("net.py", text, wiring, 0).comparisons)
    repairs = gradient.repair_gradient("net.py", text, wiring, 0, SECONDS)[0] if wrong else []
    text = repairs[-1].after if repairs else text
    mended = audits.repair_audits("net.py", text, wiring, wiring, 0, source)
    text = mended[-1].after if mended else text
    checks = gradient.verify("net.py", text, wiring, 0) if text != source else []
    evidence = Evidence("net.py", source, measured.comparisons, observations)
    found = judged(evidence, Mending(tuple(repairs), (*shapes, *mended), text, ()), checks, None)
    return ranked(found, (), ()), text, checks


def first_of(code, *, note=False):
    """What is found in a code's bad specimen, once it is seen to be that fault first, on its line, with evidence.

    Returns:
        The findings, the repaired text and its gradient checks.
    """
    specimen = CATALOGUE[code].specimen
    findings, text, checks = diagnosed(specimen.bad_source(), specimen.wiring)
    first = findings[0]
    assert (first.code, first.severity is Severity.NOTE) == (code, note)
    assert set(first.lines) & set(specimen.bad_lines())
    assert first.evidence
    assert 0.8 <= first.confidence <= 1.0
    return findings, text, checks


def assert_mended(code, finding, text, checks):
    """A finding's patch was made, and every gradient is right with it."""
    assert finding.fix is not None
    assert finding.fix.after < finding.fix.before
    assert text != CATALOGUE[code].specimen.bad_source()
    assert checks
    assert not any(any_wrong(found) for found in checks)
