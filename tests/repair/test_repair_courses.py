"""Faults of whole training programs, mended: the patched program does what the right one does, at every seed."""

import pytest

from tests.quality.courses import COURSES
from tests.quality.courses.injections import course_injections
from tests.quality.courses.judging import judged_course

MENDED = [
    ("sides_globals", "GC404", 0),
    ("pairs_attributes", "GC405", 0),
    ("spots_functional", "GC405", 0),
    ("pairs_attributes", "GC407", 2),  # the copied dict holds a number too, which has no copy()
    ("digits_layers", "GC704", 0),
    ("digits_layers", "GC704", 1),
    ("pairs_attributes", "GC704", 1),
    ("clouds_dict", "GC705", 0),
    ("sides_globals", "GC705", 0),
    ("waves_lists", "GC705", 0),
]


@pytest.mark.parametrize(("name", "code", "place"), MENDED)
def test_the_patched_program_does_what_the_right_one_does(name, code, place):
    course = next(course for course in COURSES if course.network.name == name)
    faults = [faults for faults in course_injections(course) if faults[0].code == code][place]
    outcome = judged_course((course.network, faults))
    assert (outcome.detected, outcome.named, outcome.line) == (True, True, True), outcome
    assert outcome.parameter is not False
    assert outcome.repaired
