"""Faults of the updates and of their rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.quality.courses.roles import Changes, Course

LOW = 1e-6


def _rate(factor: Callable[[Course], float]) -> Callable[[Course], Iterator[Changes]]:
    def inject(course: Course) -> Iterator[Changes]:
        for text, number in course.rates.items():
            new = f"{number * factor(course):.6g}"
            yield ((text, text.replace(str(number), new)),)

    return inject


def ascent(course: Course) -> Iterator[Changes]:
    if course.updates:
        yield tuple((update, _ascending(update)) for update in course.updates)


def _ascending(update: str) -> str:
    if " -= " in update:
        return update.replace(" -= ", " += ")
    target, value = update.split(" = ", 1)
    return f"{target} = {value.replace(f'{target} - ', f'{target} + ', 1)}"


def replaced(course: Course) -> Iterator[Changes]:
    """`=-` for `-=`."""
    if course.updates and " -= " in course.updates[0]:
        yield tuple((update, update.replace(" -= ", " =- ")) for update in course.updates)


def unregistered(course: Course) -> Iterator[Changes]:
    for update in course.updates if len(course.updates) > 1 else ():
        yield ((f"{update}\n", "pass\n"),)


def discarded(course: Course) -> Iterator[Changes]:
    for update in course.updates if len(course.updates) > 1 else ():
        if " -= " in update:
            target, step = update.split(" -= ", 1)
            yield ((update, f"new = {target} - {step}"),)
        else:
            yield ((update, f"new = {update.split(' = ', 1)[1]}"),)


STEPS = {
    "GC801": ascent,
    "GC802": _rate(lambda _course: 0.0),
    "GC805": unregistered,
    "GC806": replaced,
    "GC807": _rate(lambda course: course.high),
    "GC808": _rate(lambda _course: LOW),
    "GC809": discarded,
}
