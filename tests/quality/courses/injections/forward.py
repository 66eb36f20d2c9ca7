"""Faults of the forward pass, and of the arrays that it leaves to the backward pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.quality.courses.roles import Changes, Course, Softmax


def bias_not_added(course: Course) -> Iterator[Changes]:
    for added, left_out in course.additions.items():
        yield ((added, left_out),)


def missing_nonlinearity(course: Course) -> Iterator[Changes]:
    for act in course.activations:
        yield ((act.at, act.z), (act.slope, ""))


def preactivation_overwritten(course: Course) -> Iterator[Changes]:
    for act in course.activations:
        if act.overwriting:
            yield ((act.at, act.overwriting),)


def noisy_activation(course: Course) -> Iterator[Changes]:
    for act in course.activations:
        yield ((act.at, f"({act.at} + np.random.normal(0, 0.05, {act.z}.shape))"),)


def relu_at_zero(course: Course) -> Iterator[Changes]:
    for act in course.activations:
        if " > 0" in act.slope:
            yield ((act.slope, act.slope.replace(" > 0", " >= 0")),)


def batch_leak(course: Course) -> Iterator[Changes]:
    if course.entry:
        axis = 0 if course.rows else "1, keepdims=True"
        yield ((course.entry, f"{course.x} = {course.x} - {course.x}.mean(axis={axis})\n{course.entry}"),)


def _softmax(change: Callable[[Softmax], tuple[str, str]]) -> Callable[[Course], Iterator[Changes]]:
    def inject(course: Course) -> Iterator[Changes]:
        if course.softmax is not None:
            yield (change(course.softmax),)

    return inject


def _other_axis(text: str) -> str:
    return re.sub(r"axis=([01])", lambda found: f"axis={1 - int(found[1])}", text)


def _whole(text: str) -> str:
    """The same over all entries."""
    return re.sub(r",? ?axis=[01], keepdims=True", "", text)


FORWARD = {
    "GC141": bias_not_added,
    "GC142": missing_nonlinearity,
    "GC144": _softmax(lambda s: (f"{s.e} / {s.total}", f"{s.e} / {_other_axis(s.total)}")),
    "GC145": _softmax(lambda s: (f"{s.e} / {s.total}", f"{s.e} / {_whole(s.total)}")),
    "GC147": _softmax(lambda s: (f"{s.e} / {s.total}", s.e)),
    "GC148": batch_leak,
    "GC213": relu_at_zero,
    "GC403": preactivation_overwritten,
    "GC502": _softmax(lambda s: (s.shift, "")),
    "GC507": noisy_activation,
    "GC509": _softmax(lambda s: (s.shift, _whole(s.shift))),
}
