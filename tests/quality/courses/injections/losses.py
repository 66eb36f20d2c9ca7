"""Faults of the loss, of the penalty, and of the arrays that a gradient is written into."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.quality.courses.roles import Changes, Course

STRONG, HEAVY = 200.0, 1e5  # times the right strength: training gets nowhere; the data's part cannot be seen


def loss_sign(course: Course) -> Iterator[Changes]:
    if course.loss:
        yield ((course.loss, course.loss.replace("-", "", 1)),)


def norm_not_squared(course: Course) -> Iterator[Changes]:
    if course.squares:
        yield tuple((text, f"np.linalg.norm({weight})") for text, weight in course.squares.items())


def penalty_strength(factor: float) -> Callable[[Course], Iterator[Changes]]:
    def inject(course: Course) -> Iterator[Changes]:
        text, number = course.strength
        if text:
            yield ((f"{text}{number}", f"{text}{number * factor:g}"),)

    return inject


def gradient_is_the_weights(course: Course) -> Iterator[Changes]:
    """The gradient starts as the array of the weights and is scaled in place."""
    for statement, penalty in course.penalised.items():
        target, value = statement.split(" = ", 1)
        *scales, weight = penalty.split(" * ")
        rest = value.removesuffix(f" + {penalty}")
        yield ((statement, f"{target} = {weight}\n{target} *= {' * '.join(scales)}\n{target} += {rest}"),)


def delta_over_output(course: Course) -> Iterator[Changes]:
    """The delta is subtracted inside the array of the outputs."""
    target, value = course.delta.split(" = ", 1) if course.delta else ("", "")
    inner = f"{course.outputs} - "
    if inner in value and "(1 - " not in value:
        label = value.split(inner, 1)[1].split(")")[0]
        outer = value.replace(f"({inner}{label})", target, 1).replace(f"{inner}{label}", target, 1)
        last = f"\n{target} = {outer}" if outer != target else ""
        yield ((course.delta, f"{target} = {course.outputs}\n{target} -= {label}{last}"),)


def whole_number_delta(course: Course) -> Iterator[Changes]:
    if course.delta and course.outputs:
        target, value = course.delta.split(" = ", 1)
        made = f"{target} = np.zeros({course.outputs}.shape, dtype=int)"
        if "[:, None]" not in value:
            yield ((course.delta, f"{made}\n{target}[:] = {value}"),)


def single_precision(course: Course) -> Iterator[Changes]:
    if course.output:
        yield ((course.output, f"{course.output}.astype(np.float32)"),)


LOSSES = {
    "GC124": loss_sign,
    "GC309": norm_not_squared,
    "GC311": penalty_strength(STRONG),
    "GC401": delta_over_output,
    "GC405": gradient_is_the_weights,
    "GC505": single_precision,
    "GC508": penalty_strength(HEAVY),
    "GC522": whole_number_delta,
}
