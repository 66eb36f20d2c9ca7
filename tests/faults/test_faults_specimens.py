"""Every fault's bad program has the fault and its good program has not."""

import ast

import faults_driver as driver
import pytest

from gradcheck.faults import CATALOGUE, Change, Specimen, Symptom, find
from gradcheck.faults.bases import SOFTMAX_ROWS

EVERY_FAULT = pytest.mark.parametrize(
    "fault", CATALOGUE.values(), ids=lambda fault: f"{fault.code}-{fault.name}"
)


def disagreeing(source, wiring):
    errors = driver.gradient_errors(source, wiring)
    unclear = {n: e for n, e in errors.items() if driver.AGREES < e < driver.DISAGREES}
    assert not unclear, f"neither right nor wrong: {unclear}"
    return {name for name, error in errors.items() if error >= driver.DISAGREES}


def assert_specimen(specimen):
    """Exactly the named gradients are wrong, and the symptom shows, in the bad program alone."""
    bad, good, wiring = specimen.bad_source(), specimen.good_source(), specimen.wiring
    assert specimen.spoils or specimen.symptom, "neither a wrong gradient nor a symptom"
    assert disagreeing(bad, wiring) == set(specimen.spoils)
    assert disagreeing(good, wiring) == set()
    if specimen.symptom is not None:
        assert driver.shows(bad, wiring, specimen.symptom), "the bad program does not show the symptom"
        assert not driver.shows(good, wiring, specimen.symptom), "the good program shows the symptom"


@EVERY_FAULT
def test_specimen_shows_its_fault(fault):
    assert_specimen(fault.specimen)


@EVERY_FAULT
def test_repair_undoes_the_injection(fault):
    source = fault.specimen.bad_source()
    for change in fault.specimen.repair:
        source = change.applied(source)
    assert source == fault.specimen.good_source() != fault.specimen.bad_source()


@EVERY_FAULT
def test_both_programs_are_python_that_differs_in_meaning(fault):
    bad, good = ast.parse(fault.specimen.bad_source()), ast.parse(fault.specimen.good_source())
    assert ast.dump(bad) != ast.dump(good)


@EVERY_FAULT
def test_the_lines_at_fault_are_those_that_differ(fault):
    bad, good = fault.specimen.bad_source().splitlines(), fault.specimen.good_source().splitlines()
    lines = fault.specimen.bad_lines()
    assert lines
    assert all(1 <= line <= len(bad) + 1 for line in lines)
    untouched = [line for number, line in enumerate(bad, 1) if number not in lines]
    remaining = iter(good)
    assert all(line in remaining for line in untouched), "a line that is not named differs"


def specimen_of(*, inject, spoils=(), symptom=None):
    return Specimen(base=SOFTMAX_ROWS, inject=(inject,), spoils=spoils, symptom=symptom)


HARMLESS = Change("def accuracy(self, X, y):", "def accuracy(self, X, y):  # unchanged")
MISSING_SCALE = Change("        delta2 /= n\n        dW2", "        dW2")


@pytest.mark.parametrize(
    ("specimen", "complaint"),
    [
        (specimen_of(inject=HARMLESS), "neither a wrong gradient nor a symptom"),
        (specimen_of(inject=HARMLESS, spoils=("W1",)), "assert set"),
        (specimen_of(inject=MISSING_SCALE, spoils=("W1", "b1", "W2")), "assert"),
        (specimen_of(inject=HARMLESS, symptom=Symptom("False")), "does not show the symptom"),
        (specimen_of(inject=HARMLESS, symptom=Symptom("True")), "the good program shows the symptom"),
    ],
    ids=["nothing to see", "no harm done", "one parameter forgotten", "symptom absent", "symptom everywhere"],
)
def test_the_contract_can_be_broken(specimen, complaint):
    with pytest.raises(AssertionError, match=complaint):
        assert_specimen(specimen)


def test_a_wrong_good_program_is_noticed():
    specimen = find("GC321").specimen
    backwards = Specimen(base=SOFTMAX_ROWS, prepare=specimen.inject, inject=specimen.repair)
    with pytest.raises(AssertionError):
        assert_specimen(
            Specimen(
                base=backwards.base, prepare=backwards.prepare, inject=(HARMLESS,), spoils=specimen.spoils
            )
        )
