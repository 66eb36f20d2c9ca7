"""The faults that training shows, put into any network whose roles are known: a table from code to injector.

Written apart from the specimens of the catalogue and from what mends them. Whether a result runs, and is a fault at
all, is measured later, not assumed.
"""

from __future__ import annotations

from tests.quality.courses.injections.forward import FORWARD
from tests.quality.courses.injections.losses import LOSSES
from tests.quality.courses.injections.starts import STARTS
from tests.quality.courses.injections.steps import STEPS
from tests.quality.courses.roles import Change, Changes, Course
from tests.quality.planted import Planted

TABLE = {**FORWARD, **LOSSES, **STARTS, **STEPS}


def course_injections(course: Course) -> list[tuple[Planted, ...]]:
    """Every fault that a network has a place for, each as the splices that put it in."""
    pairs = [(code, changes) for code, injector in TABLE.items() for changes in injector(course)]
    pairs += [(code, changes) for code, some in course.particular.items() for changes in some]
    source = course.network.source
    found: dict[Changes, tuple[Planted, ...]] = {}
    for code, changes in pairs:
        assert all(source.count(old) == 1 for old, _ in changes), (course.network.name, code, changes)
        if any(old != new for old, new in changes):
            found.setdefault(changes, tuple(_planted(source, code, change) for change in changes))
    return list(found.values())


def _planted(source: str, code: str, change: Change) -> Planted:
    """A splice of what differs alone; further lines are indented as the one they follow."""
    old, new = change
    start = source.index(old)
    row = source[source.rfind("\n", 0, start) + 1 : start]
    indent = row[: len(row) - len(row.lstrip())] if row.strip() else row
    text = new.replace("\n", f"\n{indent}") if "\n" not in old else new
    same = next(
        (i for i, (a, b) in enumerate(zip(old, text, strict=False)) if a != b), min(len(old), len(text))
    )
    same = old.rfind("\n", 0, same) + 1  # whole lines that are the same are no part of the fault
    line = source.count("\n", 0, start + same) + 1
    return Planted(code, start + same, start + len(old), text[same:], line)
