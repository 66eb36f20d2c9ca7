"""The search: one round after another, until every gradient is true, or no change helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gradcheck.errors import GradcheckError
from gradcheck.repair.bench import Bench
from gradcheck.repair.budget import Budget
from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.grade import Grades
from gradcheck.repair.round import Best, Round, grades_with
from gradcheck.subject.truth import Truth
from gradcheck.trace import SourceMap, Tracer, influences

MOST_EDITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One accepted change and what it did.

    Attributes:
        candidate: the change, of the source as it stood before.
        before: that source.
        after: the source with it.
        made_right: parameters that it makes right.
        influences: parameters whose gradient passes through the place.
        grades: the grades it leads to, at the first point.
        context: the ground the change grew on.
    """

    candidate: Candidate
    before: str
    after: str
    made_right: frozenset[str]
    influences: frozenset[str]
    grades: Grades
    context: Context


@dataclass(slots=True)
class Search:
    """Searches for the changes that make every gradient of one program true.

    Attributes:
        path: the user's file.
        truths: the points; the first screens, all of them have to agree before a change is kept.
        budget: what it may spend.
        progress: called with (what, done, total).
    """

    path: str
    truths: list[Truth]
    budget: Budget = field(default_factory=Budget)
    progress: Callable[[str, int, int], None] | None = None

    def run(self, source: str) -> list[Step]:
        """The steps that repair as many parameters as could be repaired; empty where none could."""
        steps: list[Step] = []
        while len(steps) < MOST_EDITS and not self.budget.spent:
            step = self._step(source)
            if step is None:
                break
            steps.append(step)
            source = step.after
        while steps and not steps[-1].made_right:
            steps.pop()  # steps that only came nearer and led nowhere are no repair
        return steps

    def _step(self, source: str) -> Step | None:
        """One more change of a source; None where it is right already, or nothing helps."""
        parsed = SourceMap(source)
        benches = [Bench(self.path, parsed, truth) for truth in self.truths]
        start = grades_with(benches[0], None)
        if start is None or len(start.right) == len(start.of):
            return None
        try:
            tracer = Tracer.of(self.path, parsed, self.truths[0])
        except GradcheckError:
            return None
        context = Context(tracer, influences(tracer), frozenset(start.of) - start.right)
        for bench in benches:
            bench.specified = context.influence.specified
        best = Round(context, benches, start, self.budget, self.progress).best()
        return None if best is None else _step_of(best, context, start)


def _step_of(best: Best, context: Context, start: Grades) -> Step:
    candidate, source = best.candidate, context.source.source
    reach = (name for number in candidate.statements for name in context.influence.of.get(number, ()))
    return Step(
        candidate=candidate,
        before=source,
        after=candidate.apply(source),
        made_right=best.grades.right - start.right,
        influences=frozenset(reach),
        grades=best.grades,
        context=context,
    )
