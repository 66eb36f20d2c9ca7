"""Faults of the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.quality.courses.roles import Change, Changes, Course, Draw


def _all(value: Callable[[Draw], str]) -> Callable[[Course], Iterator[Changes]]:
    """An injector that starts the weights of all layers alike."""

    def inject(course: Course) -> Iterator[Changes]:
        if course.draws:
            yield tuple(_given(draw, value(draw)) for draw in course.draws)

    return inject


def _given(draw: Draw, value: str) -> Change:
    return draw.before + draw.value, draw.before + value


def too_large(course: Course) -> Iterator[Changes]:
    for draw in course.draws:
        yield (_given(draw, f"30 * {draw.value}"),)


def one_sided(course: Course) -> Iterator[Changes]:
    for draw in course.draws[:-1] or course.draws:
        yield (_given(draw, f"rng.random({draw.shape})"),)


def _from_one_seed(draw: Draw) -> str:
    return draw.value.replace("rng.", "np.random.default_rng(0).", 1)


STARTS = {
    "GC621": _all(lambda draw: f"np.zeros({draw.shape})"),
    "GC622": _all(lambda draw: f"np.full({draw.shape}, 0.2)"),
    "GC623": too_large,
    "GC624": _all(lambda draw: f"0.001 * {draw.value}"),
    "GC625": one_sided,
    "GC626": _all(_from_one_seed),
}
