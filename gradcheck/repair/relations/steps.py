"""The relation of what some steps of a repair changed, before them and after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradcheck.errors import GradcheckError
from gradcheck.repair.candidate import Candidate
from gradcheck.repair.relations.arrays import near, numbers
from gradcheck.repair.relations.between import bias_relation, delta_relation, weight_relation
from gradcheck.repair.relations.factors import by_constant
from gradcheck.repair.relations.ground import ground_of
from gradcheck.repair.relations.passing import held_before, passed_on, target_of
from gradcheck.repair.relations.relation import Relation
from gradcheck.subject.truth import fit_shape
from gradcheck.trace import Site, SourceMap, Tracer

if TYPE_CHECKING:
    from gradcheck.repair.search import Step  # which tries what operators propose, some of them by relations


def relation_of(steps: Sequence[Step], place: str) -> Relation:
    """What the quantity that a place passes on was, before the first of some steps, to what it is after the last.

    Args:
        steps: changes of one statement, in the order in which they were made.
        place: its level, such as "hidden"; see `gradcheck.repair.traits`.
    """
    context = steps[0].context
    try:
        source = SourceMap(steps[-1].after)
        edited = Tracer.of(context.tracer.program.path, source, context.tracer.truth)
    except (GradcheckError, SyntaxError):
        return Relation()
    if place in {"output", "hidden"}:
        return _of_delta(steps, edited, output=place == "output")
    return _of_gradient(steps, edited, place) or _of_part(steps, edited)


def _of_part(steps: Sequence[Step], edited: Tracer) -> Relation:
    """The constant by which what a statement adds to a gradient differs, where others add to it too."""
    ground = ground_of(steps[0].context)
    before, after = _both_values(steps, edited)
    for old, new in zip(map(numbers, before), map(numbers, after), strict=False):
        if old is not None and new is not None and old.shape == new.shape and not near(old, new):
            return by_constant(old, new, ground)
    return Relation()


def _of_delta(steps: Sequence[Step], edited: Tracer, *, output: bool) -> Relation:
    """The relation of the first value that the edited statement passes on, and that differs with the edit."""
    ground = ground_of(steps[0].context)
    before, after = _both_values(steps, edited)
    for old, new in zip(before, after, strict=False):
        found = delta_relation(old, new, ground, output=output)
        if found:
            return found
    return Relation()


def _both_values(steps: Sequence[Step], edited: Tracer) -> tuple[list[Any], list[Any]]:
    """What a place passes on without the edits and with them; nothing where they move statements about."""
    context = steps[0].context
    inserted = _inserted_line(steps[0].candidate)
    if inserted is not None and len(steps) == 1:
        new, old = _first_after(edited.source, inserted), _first_after(context.source, inserted)
        if new is None or old is None or not target_of(new.node):
            return [], []
        return held_before(context.tracer, old, target_of(new.node)), passed_on(edited, new)
    statement = context.source.sites[steps[0].candidate.statements[0]]
    twin = _twin(steps, edited.source, statement)
    return ([], []) if twin is None else (passed_on(context.tracer, statement), passed_on(edited, twin))


def _inserted_line(candidate: Candidate) -> int | None:
    """Where a candidate puts in a line of its own; None where it changes what is there."""
    first = min(candidate.splices, key=lambda splice: splice.start)
    return first.start if first.start == first.end and first.text.endswith("\n") else None


def _first_after(source: SourceMap, at: int) -> Site | None:
    """The first statement that begins at an offset or after it."""
    later = (site for site in source.sites if site.is_statement and site.start >= at)
    return min(later, key=lambda site: site.start, default=None)


def _twin(steps: Sequence[Step], edited: SourceMap, statement: Site) -> Site | None:
    """The statement after the edits that stands where another stood before them."""
    start = statement.start
    for step in steps:
        start += sum(len(s.text) - (s.end - s.start) for s in step.candidate.splices if s.end <= start)
    return next((site for site in edited.sites if site.is_statement and site.start == start), None)


def _of_gradient(steps: Sequence[Step], edited: Tracer, place: str) -> Relation:
    """The relation of the first parameter's gradient that the edits change."""
    context = steps[0].context
    ground = ground_of(context)
    for name, value in context.tracer.truth.values.items():
        new = fit_shape(edited.gradient[name], value.shape)
        old = context.tracer.gradient[name]
        if new is None or name not in context.wrong:
            continue
        if place == "bias":
            found = bias_relation(old, new, value, ground)
        else:
            fit = fit_shape(old, value.shape)
            found = Relation() if fit is None else weight_relation(fit, new, value, ground)
        if found:
            return found
    return Relation()
