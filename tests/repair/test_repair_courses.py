"""Faults of whole training programs, mended: what is left does exactly what the right network does."""

import pytest

from gradcheck.repair.mending.recipes import RECIPES, TRAINER_RECIPES
from gradcheck.repair.mending.search import mend_audits
from gradcheck.repair.mending.shapes import SHAPE_RECIPES
from tests.quality.courses import COURSES
from tests.quality.courses.behaviour import does_the_same
from tests.quality.courses.injections import course_injections
from tests.quality.planted import broken

CASES = [
    ("beans_columns", "GC141", "read_audit"),
    ("halves_columns", "GC148", "coupling_audit"),
    ("tides_records", "GC148", "coupling_audit"),
    ("clouds_dict", "GC504", "clamp_audit"),
    ("digits_layers", "GC805", "update_watch"),
    ("letters_parameters", "GC805", "update_watch"),
    ("hills_locals", "GC805", "update_watch"),
    ("tides_records", "GC827", "clipping_audit"),
    ("votes_dicts", "GC828", "schedule_audit"),
]


@pytest.mark.parametrize(("name", "code", "audit"), CASES)
def test_what_an_audit_tells_is_mended(name, code, audit):
    course = next(course for course in COURSES if course.network.name == name)
    faults = next(faults for faults in course_injections(course) if faults[0].code == code)
    network, source = course.network, broken(course.network.source, faults)
    recipes = [r for r in (*SHAPE_RECIPES, *RECIPES, *TRAINER_RECIPES) if r.audit.__name__ == audit]
    steps = mend_audits(network.path, source, recipes, network.wiring, 0)
    assert not does_the_same(course, network.source, source)
    assert does_the_same(course, network.source, steps[-1].after)
