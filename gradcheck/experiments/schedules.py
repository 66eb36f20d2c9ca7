"""The learning rate's schedule: does what it gives change from turn to turn, and does training use it?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import process_time
from typing import Any, TypeAlias

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop, leaves, lookup, scalar
from gradcheck.experiments.trained import Trained, trained_as_is, trained_from
from gradcheck.experiments.watched import Training, fact_of, watch_training
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.trace import EnoughSeenError, Site, SourceMap

REPEATS = 3
# Times that a call must have given the same for that to be its habit.
SECONDS = 0.3
# Of the processor, within which a schedule is reached, if at all.
LONGER = 10
# A schedule that stands still in so many times the turns there are is no slow one.
POINTS = 200
# Turns that it is asked about, at most.
FAR = (1e3, 1e4, 1e5, 1e6, 1e7)
# Turns at which one that stands still may move after all: a number that never does is no schedule.

Fact: TypeAlias = dict[str, Any]
Cut: TypeAlias = tuple[int, int, str]
"""Start and end of a piece of the source, and what to put there."""


@dataclass(frozen=True, slots=True)
class Turning:
    """A number that a statement computes from the count of its loop.

    Attributes:
        site: the statement, `target = expression`.
        loop: the loop.
        count: name of its count.
        turns: the counts, in order.
        scope: the names there, when it was first reached.
    """

    site: Site
    loop: Site
    count: str
    turns: range
    scope: Mapping[str, Any]

    @property
    def target(self) -> ast.expr:
        """What the number is given to."""
        assert isinstance(self.site.node, ast.Assign)
        return self.site.node.targets[0]

    @property
    def value(self) -> ast.expr:
        """The expression that computes it."""
        assert isinstance(self.site.node, ast.Assign)
        return self.site.node.value

    def at(self, counts: Sequence[float]) -> list[float] | None:
        """The number at some counts; None where it is none at any of them."""
        numbers = _evaluated(self.value, [{**self.scope, self.count: count} for count in counts])
        fine = all(scalar(number) and np.isfinite(number) for number in numbers)
        return [float(number) for number in numbers] if fine and len(numbers) == len(counts) else None


def schedule_audit(lab: Lab) -> Observation:
    """Facts: `stuck`, rates that stand still: {kind, line, lines, text, target, value, times, other, base, edit}.

    `kind` is "constant" for a call in a loop whose arguments stay the same, `other` being an argument with which it
    gives another number than `value`, and that number; "slow" for an expression that does not move within ten times the
    loop's turns, `other` being the count at which it does; "unused" for one that moves to `other`, though halving it
    leaves all that is trained the same to the bit: what is used instead is `base`, and with `edit`, a list of
    (start, end, text), training goes otherwise.
    """
    seen = lab.once(watch_training)
    stuck = list(_constant(lab, seen))
    if not stuck:
        stuck = [fact for turning in _turning(lab) if (fact := _standing_still(lab, seen, turning))]
    return Observation("schedule_audit", {"stuck": stuck})


def _constant(lab: Lab, seen: Training) -> Iterator[Fact]:
    """A number that a call in a loop gives anew each time, and always the same for want of an argument that moves."""
    for number, found in seen.calls.items():
        site = seen.source.sites[number]
        node = site.node
        if in_loop(seen.source, site) is None or not isinstance(node, ast.Assign):
            continue
        values, arguments = {value for value, _ in found}, {given for _, given in found}
        alike = len(found) >= REPEATS and len(values) == len(arguments) == 1
        if (
            not alike
            or not isinstance(node.value, ast.Call)
            or not _is_rate(seen, ast.unparse(node.targets[0]))
        ):
            continue
        given = next(iter(arguments))
        function = lab.program.module.__dict__.get(getattr(node.value.func, "id", ""))
        fixed = [i for i, part in enumerate(node.value.args) if isinstance(part, ast.Constant)]
        other = next((v for i in fixed if (v := _elsewhere(function, given, i)) is not None), None)
        if other is not None:
            fact = {
                "kind": "constant",
                "text": ast.unparse(node.value),
                "target": ast.unparse(node.targets[0]),
            }
            yield fact_of(seen, [number], set(), **fact, value=values.pop(), other=other, times=len(found))


def _is_rate(seen: Training, target: str) -> bool:
    """Whether a number of that name (or attribute) multiplies an update."""
    name = target.rsplit(".", 1)[-1]
    return any(
        text.rsplit(".", 1)[-1] == name for attempt in seen.attempts.values() for text in attempt.scalars
    )


def _elsewhere(function: Any, given: tuple[Any, ...], place: int) -> tuple[float, float] | None:
    """An argument at which a function gives another number than at the given one, with that number."""
    if not callable(function):
        return None
    try:
        here = float(function(*given))
        for step in (1, 10, 100, 1000, 10_000):
            there = float(function(*given[:place], given[place] + step, *given[place + 1 :]))
            if there != here:
                return float(given[place] + step), there
    except Exception:  # noqa: BLE001 -- any function of the user's may be tried here, and may refuse
        return None
    return None


def _turning(lab: Lab) -> list[Turning]:
    """The numbers that training computes from the counts of its loops, one for each statement that does."""
    source = lab.tracer.source
    places = {
        site.number: loop for site in source.sites if (loop := _loop_of_count(source, site)) is not None
    }
    reached: dict[int, dict[str, Any]] = {}
    until = process_time() + SECONDS

    def watch(number: int, names: Mapping[str, Any]) -> None:
        if number in places and number not in reached:
            reached[number] = {**lab.tracer.program.module.__dict__, **names}
        if len(reached) == len(places) or process_time() > until:
            raise EnoughSeenError

    if places and lab.wiring.train:
        lab.tracer.watching(watch, lambda live: live.execute(lab.wiring.train))
    found = [_turns(source, source.sites[n], places[n], scope) for n, scope in reached.items()]
    return [turning for turning in found if turning is not None]


def _loop_of_count(source: SourceMap, site: Site) -> Site | None:
    """The loop over a range whose count a statement `target = expression` reads; None where there is none."""
    node = site.node
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name | ast.Attribute):
        return None
    read = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    loop = in_loop(source, site)
    while loop is not None:
        if _counts(loop.node) in read:
            return loop
        loop = in_loop(source, loop)
    return None


def _counts(loop: ast.AST) -> str:
    """The name of a loop's count over a range; empty where it has none."""
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return ""
    over_range = isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") == "range"
    return loop.target.id if over_range else ""


def _turns(source: SourceMap, site: Site, loop: Site, scope: Mapping[str, Any]) -> Turning | None:
    """The turns of a loop, the most of those that it is asked for and those that its function makes by default."""
    assert isinstance(loop.node, ast.For)
    ranges = _evaluated(loop.node.iter, [scope, {**scope, **_defaults(source, loop)}])
    longest = max((turns for turns in ranges if isinstance(turns, range)), key=len, default=range(0))
    return Turning(site, loop, _counts(loop.node), longest, scope) if len(longest) >= REPEATS else None


def _defaults(source: SourceMap, site: Site) -> dict[str, Any]:
    """The arguments of the function around a statement that have a number by default."""
    parent = site.parent
    while parent >= 0 and not isinstance(source.sites[parent].node, ast.FunctionDef):
        parent = source.sites[parent].parent
    if parent < 0:
        return {}
    arguments = source.sites[parent].node.args  # type: ignore[attr-defined] # of a function
    pairs = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
    return {a.arg: d.value for a, d in pairs if isinstance(d, ast.Constant) and scalar(d.value)}


def _evaluated(node: ast.expr, scopes: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What an expression is in each of some scopes; none of it where one refuses, or all take too long."""
    code = compile(ast.Expression(node), "<schedule>", "eval")
    try:
        with patience(1.0), np.errstate(all="ignore"):
            return [eval(code, dict(scope)) for scope in scopes]  # noqa: S307 -- the user's own text, in their own scope
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- it is asked at counts it was not written for, and may refuse
        return []


def _standing_still(lab: Lab, seen: Training, turning: Turning) -> Fact | None:
    """The fact of a number that does not move, or that nothing uses; None where it does both, or is no rate."""
    turns = turning.turns
    values = turning.at(turns[:: max(1, len(turns) // POINTS)])
    if not values:
        return None
    text = ast.unparse(turning.value)
    fact = {"text": text, "target": ast.unparse(turning.target), "value": values[0], "times": len(turns)}
    if len(set(values)) == 1:
        moves = _moves(turning, values[0])
        if moves is None or not _halving_tells(lab, turning):
            return None
        return fact_of(seen, [turning.site.number], set(), **fact, kind="slow", other=moves)
    found = (
        _instead(lab, turning, max(values)) if min(values) > 0 and not _halving_tells(lab, turning) else None
    )
    if found is None:
        return None
    base, edit = found
    lines = [lab.source.count("\n", 0, start) + 1 for start, _, _ in edit]
    used = {"line": lines[0], "lines": list(dict.fromkeys([*lines, turning.site.line])), "parameters": []}
    return {**used, **fact, "kind": "unused", "base": base, "other": values[-1], "edit": edit}


def _moves(turning: Turning, value: float) -> float | None:
    """The count at which a number moves that stands still in ten times the turns there are; None if it never does."""
    first, step, many = turning.turns.start, turning.turns.step, LONGER * len(turning.turns)
    near = turning.at([first + step * k for k in range(0, many, max(1, many // POINTS))])
    if near is None or set(near) != {value}:
        return None
    for far in FAR:
        there = turning.at([first + step * int(far)])
        if there is not None and there[0] != value:
            return first + step * far
    return None


def _halving_tells(lab: Lab, turning: Turning) -> bool:
    """Whether what is trained differs where half the number is given."""
    start, end = lab.tracer.source.span(turning.value)
    return _trains_otherwise(lab, [(start, end, f"0.5 * ({lab.source[start:end]})")])


def _trains_otherwise(lab: Lab, cuts: Sequence[Cut]) -> bool:
    """Whether training still runs with some cuts, and leaves other parameters."""
    text = lab.source
    for start, end, new in sorted(cuts, reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    own, other = lab.once(trained_as_is), trained_from(lab, text)
    return own is not None and other is not None and not _same(own, other)


def _same(one: Trained, other: Trained) -> bool:
    return all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())


def _instead(lab: Lab, turning: Turning, largest: float) -> tuple[str, list[Cut]] | None:
    """What training uses in place of a number that it computes and leaves, and the cuts that have it used."""
    for base in leaves(turning.value):
        size = lookup(base, turning.scope)
        if not scalar(size) or ast.unparse(base) == turning.count or not 0.0 < largest <= size * (1 + 1e-9):
            continue  # a rate that a schedule only lowers
        for used, edit in islice(_uses(lab, turning, base, size), 8):
            if _trains_otherwise(lab, edit):
                return used, edit
    return None


def _uses(lab: Lab, turning: Turning, base: ast.expr, size: float) -> Iterator[tuple[str, list[Cut]]]:
    """What may be used instead, with the cuts that put the number in its place.

    Its base, wherever the loop reads that; or an attribute that holds the base, or a number that multiplies an update.
    """
    seen, source = lab.once(watch_training), lab.tracer.source
    body = [part for part in ast.walk(turning.loop.node) if isinstance(part, ast.Name)]
    own = {id(part) for part in ast.walk(turning.site.node)} | _of_head(turning.loop.node)
    name, target = ast.unparse(base), ast.unparse(turning.target)
    read = [part for part in body if part.id == name and id(part) not in own]
    if read and isinstance(turning.target, ast.Name):
        yield name, [(*source.span(part), target) for part in read]
    for owner in dict.fromkeys(part.id for part in body):
        held = getattr(turning.scope.get(owner), "__dict__", {})
        for key, value in held.items():
            if scalar(value) and (value == size or _is_rate(seen, key)):
                yield f"{owner}.{key}", [(*source.span(turning.target), f"{owner}.{key}")]


def _of_head(loop: ast.AST) -> set[int]:
    return {id(part) for part in ast.walk(loop.iter)} if isinstance(loop, ast.For) else set()
