"""The short form of `python -m tests.quality --kind training`: networks that train, and what is put into a few."""

from __future__ import annotations

import ast

import pytest

from gradcheck.faults import CATALOGUE
from gradcheck.findings import Severity
from tests.faults.faults_driver import AGREES, gradient_errors, quiet
from tests.quality.courses import COURSES
from tests.quality.courses.behaviour import behaviour, does_the_same
from tests.quality.courses.injections import course_injections
from tests.quality.courses.judging import judged_course
from tests.quality.grading import diagnosed
from tests.quality.outcomes import Outcome, matrix
from tests.quality.planted import broken

EVERY_COURSE = pytest.mark.parametrize("course", COURSES, ids=lambda course: course.network.name)

CODES = 80
# Of the catalogue's, that have a place in these networks.

SAMPLE = {
    "clouds_dict": ("GC706", "GC722"),
    "rings_class": ("GC402", "GC509", "GC821"),
    "digits_layers": ("GC803", "GC826"),
    "pairs_attributes": ("GC801", "GC805"),
}


def faults_of(course, code):
    return [faults for faults in course_injections(course) if faults[0].code == code]


@EVERY_COURSE
def test_the_network_is_right_and_trains(course):
    network = course.network
    assert max(gradient_errors(network.source, network.wiring).values()) < AGREES
    found = behaviour(course, network.source, 1)
    before, after = found["loss loss 0"], found[f"training training {len(network.wiring.params)}"]
    assert after < 0.5 * before
    assert not any(name.endswith(" ends") for name in found if not name.startswith("early"))


NOTED = {"halves_columns": ["GC503"]}
# It takes logarithms of a sigmoid as they are, which is right as long as its weights stay moderate.


@EVERY_COURSE
def test_nothing_is_said_of_it(course):
    with quiet():
        found = diagnosed(course.network, course.network.source, train=True)
    assert [finding.code for finding in found.findings] == NOTED.get(course.network.name, [])
    assert all(finding.severity is Severity.NOTE for finding in found.findings)


@EVERY_COURSE
def test_every_fault_gives_a_program(course):
    for faults in course_injections(course):
        assert faults[0].code in CATALOGUE
        assert {fault.code for fault in faults} == {faults[0].code}
        ast.parse(broken(course.network.source, faults))


def test_there_are_enough_faults():
    found = [faults[0].code for course in COURSES for faults in course_injections(course)]
    assert len(found) >= 500
    assert len(set(found)) >= CODES


def test_only_what_does_the_same_is_equivalent():
    course = COURSES[0]
    source = course.network.source
    assert does_the_same(course, source, source.replace("lr=0.3", "lr=0.30"))
    assert not does_the_same(course, source, source.replace("lr=0.3", "lr=0.3001"))
    assert not does_the_same(course, source, source.replace(" - z.max(axis=1, keepdims=True)", ""))


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, codes in SAMPLE.items() for code in codes])
def test_a_fault_is_named_on_its_line(name, code):
    course = next(course for course in COURSES if course.network.name == name)
    outcome = judged_course((course.network, faults_of(course, code)[0]))
    assert (outcome.state, outcome.detected, outcome.named, outcome.line) == ("faulty", True, True, True), (
        outcome
    )
    assert outcome.parameter is not False


def test_where_no_parameter_is_meant_none_is_counted():
    some = [
        Outcome("a", "faulty", ("GC802",), detected=True, parameter=None),
        Outcome("b", "faulty", ("GC805",)),
    ]
    row, other = matrix(some)[1:3]
    assert row.split()[-3] == "-"
    assert other.split()[-3] == "0.0%"
