"""Tasks on the gradient: measured, related to the true one, repaired, verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcheck.diagnosis.answers import Measurement, Related, Repair
from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab, check_gradients, open_lab
from gradcheck.experiments.residuals import unaffected
from gradcheck.experiments.specification import loss_at_fault
from gradcheck.findings import Edit
from gradcheck.numerics import Comparison, Verdict
from gradcheck.repair.budget import Budget
from gradcheck.repair.context import Context
from gradcheck.repair.mended import Mended
from gradcheck.repair.mending.search import mend_audits
from gradcheck.repair.mending.shapes import SHAPE_RECIPES
from gradcheck.repair.relations import Relation, departure, gradient_relations, ground_of
from gradcheck.repair.search import Search, Step
from gradcheck.repair.traits import parameter_role, traits_of
from gradcheck.subject.program import Program
from gradcheck.subject.proving import fresh_points
from gradcheck.subject.truth import Truth, measure
from gradcheck.subject.wiring import Wiring
from gradcheck.subject.worker import report_progress
from gradcheck.trace import SourceMap

FULL_CHECK = 3000
# Up to so many parameters a fix is verified entry by entry; beyond, on a random share of each parameter.

BESIDE = "the gradient was checked beside the start: where parameters are all zeros, that of {} cannot be told wrong"


def measure_subject(path: str, source: str, wiring: Wiring, seed: int) -> Measurement:
    """The gradient check where the code starts, or beside that."""
    lab = open_lab(path, source, wiring, seed)
    entries = sum(value.size for value in lab.truth.values.values())
    beside = "" if lab.truth.point.noise is None else BESIDE.format(" and ".join(sorted(lab.wrong)))
    return Measurement(lab.comparisons, lab.truth.loss, lab.truth.evaluations, entries, beside)


def repair_shapes(path: str, source: str, wiring: Wiring, seed: int) -> list[Mended]:
    """Repair what audits of shapes found; each repair is judged by running the audit again."""
    return mend_audits(path, source, SHAPE_RECIPES, wiring, seed)


def repair_gradient(
    path: str, source: str, wiring: Wiring, seed: int, seconds: float
) -> tuple[list[Repair], int]:
    """Search for the edits that make the gradient true; returns them and how many candidates were tried.

    None is searched for where the loss itself is at fault: an edit that fits such a loss would make things worse.
    """
    lab = open_lab(path, source, wiring, seed)
    if loss_at_fault(lab):
        return [], 0
    proving = [truth for truth in lab.proving if not _contradicts(lab, truth)]
    truths = [_without(truth, unaffected(lab)) for truth in (lab.truth, *proving)]
    search = Search(path, truths, budget=Budget(seconds=seconds), progress=report_progress)
    steps = search.run(source)
    if not steps and (sure := [truth for truth in truths if truth.point.wiring == wiring]) != truths:
        # Code may be right at its own sizes alone, where a label's column, say, is written out as a number.
        left = max(search.budget.left, seconds / 3)
        search = Search(path, sure, budget=Budget(seconds=left), progress=report_progress)
        steps = search.run(source)
    return [
        _plain(step, traits) for step, traits in zip(steps, traits_of(steps), strict=True)
    ], search.budget.tried


def relate(path: str, source: str, wiring: Wiring, seed: int) -> Related:
    """What is wrong with the deltas and gradients, by their values alone: no edit is tried."""
    lab = open_lab(path, source, wiring, seed)
    context = Context(lab.tracer, lab.influence, lab.wrong)
    roles = {name: parameter_role(context, name) for name in lab.truth.values}
    ground = ground_of(context)
    delta = departure(context, ground)
    return Related(
        delta={**_as_traits(delta.place, delta.relation), "line": delta.line} if delta is not None else {},
        gradients={
            name: _as_traits(roles[name] or "weight", found)
            for name, found in gradient_relations(context, ground, roles).items()
        },
    )


def verify(path: str, source: str, wiring: Wiring, seed: int) -> list[dict[str, Comparison]]:
    """Gradient checks of a repaired source at fresh points, which no search has seen.

    Another size than the wiring's counts where the code runs at it.
    """
    checks = []
    for program, point in fresh_points(path, source, wiring, seed=seed):
        try:
            truth = measure(program, point, seed=point.seed, full=FULL_CHECK)
            checks.append(check_at(program, truth))
        except GradcheckError:
            if point.wiring == wiring:
                raise
    return checks


def check_at(program: Program, truth: Any) -> dict[str, Comparison]:
    """The gradient check of a program at one point."""
    live = program.start()
    live.set(truth.values)
    found = [
        check_gradients(live.gradient(), numerical, truth.values)
        for numerical in (truth.numerical, *truth.rows)
    ]
    return min(found, key=lambda check: sum(c.verdict is Verdict.FAIL for c in check.values()))


def _contradicts(lab: Lab, truth: Truth) -> bool:
    """Whether a gradient that is right where the code starts is wrong at another point.

    Loss and gradient see other samples there, as where one takes the first of those that the other takes all of.
    """
    try:
        found = check_at(lab.variant(truth.point.wiring), truth)
    except GradcheckError:
        return False  # code that cannot run there is what an edit may mend
    return any(one.verdict is Verdict.FAIL for name, one in found.items() if name not in lab.wrong)


def _without(truth: Truth, names: frozenset[str]) -> Truth:
    """A truth without some parameters: no edit of the gradient mends a loss that does not depend on them."""
    return replace(truth, values={name: value for name, value in truth.values.items() if name not in names})


def _as_traits(level: str, relation: Relation) -> dict[str, Any]:
    return {
        "level": level,
        "relation": relation.name,
        "factor": relation.factor,
        "of_batch": relation.of_batch,
    }


def _plain(step: Step, traits: Mapping[str, Any]) -> Repair:
    source = SourceMap(step.before)
    first = source.sites[step.candidate.statements[0]]
    ordered = sorted(step.candidate.splices, key=lambda splice: splice.start)
    lines = step.before.split("\n")
    last = max(step.before.count("\n", 0, max(splice.end - 1, splice.start)) + 1 for splice in ordered)
    line = step.before.count("\n", 0, ordered[0].start) + 1
    edit = Edit(
        line=line,
        end_line=last,
        before="\n".join(lines[line - 1 : last]),
        after="",
        operator=step.candidate.operator,
        parameters=tuple(sorted(step.made_right)),
        influences=tuple(sorted(step.influences)),
    )
    return Repair(
        edit=edit,
        before=step.before,
        after=step.after,
        statement=source.text(first),
        removed=tuple(step.before[splice.start : splice.end] for splice in ordered),
        inserted=tuple(splice.text for splice in ordered),
        starts=tuple(splice.start for splice in ordered),
        cost=step.candidate.cost,
        traits=traits,
    )
