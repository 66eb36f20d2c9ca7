"""One fault of training, put into a course's network, diagnosed and compared with what was done."""

from __future__ import annotations

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.faults import find
from gradcheck.findings import Finding, Kind, Severity
from tests.faults.faults_driver import AGREES, gradient_errors, quiet
from tests.quality.courses import COURSES, Course
from tests.quality.courses.behaviour import SEEDS, Numbers, behaviour, does_the_same
from tests.quality.courses.injections import course_injections
from tests.quality.grading import Diagnosed, diagnosed
from tests.quality.outcomes import Broken, Outcome, key_of
from tests.quality.planted import broken, broken_lines

CANNOT = (GradcheckError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)

ALIASED = "GC405"
# It is about the parameters that a gradient is built in, which no backward pass leaves as they were.
OF_A_PARAMETER = frozenset({"GC141", "GC150", "GC309", "GC312", "GC403"})
# Faults of the gradient of some parameters, which central differences tell; others spoil the loss, or no gradient.

OF_UPDATES = ("GC406", "GC523", "GC8")

UNKNOWABLE = frozenset({"GC311", "GC501", "GC508", "GC701", "GC703", "GC802", "GC807", "GC808"})
# Faults whose author's own figure is lost, as it is for every start: the patch has to make training go as far.

AS_FAR = 0.8  # of the way that the right network's loss goes
HARMLESS = 0.95

MATTERS_OF_DEGREE = frozenset(
    {
        "GC311",
        "GC602",
        "GC603",
        "GC604",
        "GC605",
        "GC607",
        "GC608",
        "GC623",
        "GC624",
        "GC701",
        "GC807",
        "GC808",
    }
)


def judged_course(case: Broken) -> Outcome:
    """Break a network, prove that it is broken, diagnose it, and compare."""
    network, faults = case
    course = next(course for course in COURSES if course.network.name == network.name)
    source = broken(network.source, faults)
    key, code = key_of(network, faults), faults[0].code
    with quiet():
        try:
            if does_the_same(course, network.source, source) or _is_harmless(course, code, source):
                return Outcome(key, "equivalent", (code,))
            found = diagnosed(network, source, train=True)
        except CANNOT:
            return Outcome(key, "does not run", (code,))
        return _compared(course, source, key, code, broken_lines(network.source, faults), found)


def _is_harmless(course: Course, code: str, source: str) -> bool:
    """Whether a start, a rate or a penalty that was made extreme does no harm: training goes all the way.

    Weights that are all alike, on one side or from one seed are bad drawing whatever becomes of them.
    """
    extreme = code in MATTERS_OF_DEGREE
    return extreme and _trains_as_far(course, source, HARMLESS)


def _compared(
    course: Course, source: str, key: str, code: str, lines: frozenset[int], found: Diagnosed
) -> Outcome:
    code = _by_definition(course, source, code)
    fault = find(code)
    told = [
        f for f in found.findings if f.severity is not Severity.NOTE or f.code == code
    ]  # latent, and named
    said = tuple(finding.code for finding in told)
    same = "" if _names(told, code) else _same_fault(course, source, said[:1])
    first = next((f for f in told if f.code == code), None) if fault.kind is Kind.SYMPTOM else None
    first = first or (told[0] if told else None)
    repaired = found.offered and _mends(course, code, found.source)
    return Outcome(
        key,
        "faulty",
        (code,),
        detected=bool(told),
        named=_names(told, code) or bool(same),
        family=bool(told) and find(told[0].code).family in {fault.family, find(same or code).family},
        parameter=_right_parameter(_meant(course, source, code), [*told[:1], first]),
        line=first is not None and bool({*first.lines, *told[0].lines} & lines),
        repaired=repaired,
        refuted=found.offered and not repaired,
        confidence=told[0].confidence if told else 0.0,
        said=said,
        same_as=same,
    )


def _by_definition(course: Course, source: str, code: str) -> str:
    """The code, but that zeros at which some weights have a gradient are a constant start, as any other is."""
    if code != "GC621":
        return code
    numbers = behaviour(course, source, SEEDS[0])
    slopes = [slope for key, slope in numbers.items() if key.startswith("gradient ")]
    moving = any(np.any(slope) for slope in slopes if np.ndim(slope) == 2 and min(np.shape(slope)) > 1)
    return "GC622" if moving else code


def _names(told: list[Finding], code: str) -> bool:
    """Whether a fault stands first; a symptom may stand behind what leads to it, a note behind what follows from it."""
    codes = [finding.code for finding in told]
    behind = find(code).kind is Kind.SYMPTOM or find(code).severity is Severity.NOTE
    return code in codes if behind else codes[:1] == [code]


def _same_fault(course: Course, source: str, said: tuple[str, ...]) -> str:
    """The code that was said, where a fault of that code in the same network does exactly the same."""
    others = [f for f in course_injections(course) if f[0].code in said]
    same = any(does_the_same(course, source, broken(course.network.source, other)) for other in others)
    return said[0] if same else ""


def _right_parameter(meant: set[str], findings: list[Finding | None]) -> bool | None:
    """Whether the first finding that names parameters names none but those that are meant."""
    if not meant:
        return None
    named = next((set(found.parameters) for found in findings if found and found.parameters), set())
    return bool(named) and named <= meant


def _meant(course: Course, source: str, code: str) -> set[str]:
    """The parameters that a fault is about: they start otherwise, never move, are overwritten, or have a wrong gradient."""
    wiring, right = course.network.wiring, course.network.source
    ours, theirs = (behaviour(course, text, SEEDS[0]) for text in (right, source))
    names = list(wiring.params)
    starts = _those(names, "starts", ours, theirs)
    if starts:
        return starts
    still = set(names) - _those(names, "training", theirs, theirs, "starts")
    if still and still < set(names) and code.startswith(OF_UPDATES):
        return still - (set(names) - _those(names, "training", ours, ours, "starts"))
    if code == ALIASED:
        first = len(wiring.grads.of if wiring.grads else ())
        return _those(names, "starts", theirs, theirs, "gradient", first)
    if code in OF_A_PARAMETER:
        return {name for name, error in gradient_errors(source, wiring).items() if error > 10 * AGREES}
    return set()


def _those(
    names: list[str], part: str, one: Numbers, two: Numbers, other: str = "", first: int = 0
) -> set[str]:
    """The parameters whose values differ between two parts of what programs do; in the other, behind some numbers."""
    keys = [(f"{part} {part} {i}", f"{other or part} {other or part} {first + i}") for i in range(len(names))]
    pairs = [(one.get(first), two.get(second)) for first, second in keys]
    return {
        name
        for name, (a, b) in zip(names, pairs, strict=True)
        if a is not None and b is not None and not np.array_equal(a, b)
    }


def _mends(course: Course, code: str, patched: str) -> bool:
    """Whether a patched source does what the right one does; or trains as far, where nobody can know the figure."""
    try:
        if does_the_same(course, course.network.source, patched):
            return True
    except CANNOT:
        return False
    return (code in UNKNOWABLE or code.startswith("GC6")) and _trains_as_far(course, patched)


def _trains_as_far(course: Course, patched: str, share: float = AS_FAR) -> bool:
    """Whether training takes the loss as far down, on average over the seeds: a single start may be a lucky one."""
    ways = []
    for source in (course.network.source, patched):
        found = [behaviour(course, source, seed) for seed in SEEDS]
        last = f"training training {len(course.network.wiring.params)}"
        after = float(np.mean([float(numbers.get(last, np.array(np.nan))) for numbers in found]))
        ways.append((float(np.mean([float(numbers["loss loss 0"]) for numbers in found])), after))
    (before, own), (_, other) = ways
    return other <= before - share * (before - own)
