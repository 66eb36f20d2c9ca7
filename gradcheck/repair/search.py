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
LONG = 3
# Steps that may be a detour.


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One accepted change and what it did.

    Attributes:
        candidate: the change, of the source as it stood before.
        before: that source.
        after: the source with it.
        influences: parameters whose gradient passes through the place.
        start: the grades before it, at the first point.
        grades: the grades it leads to there.
        context: the ground the change grew on.
        others: changes elsewhere that make the same right.
    """

    candidate: Candidate
    before: str
    after: str
    influences: frozenset[str]
    start: Grades
    grades: Grades
    context: Context
    others: tuple[Best, ...] = ()

    @property
    def made_right(self) -> frozenset[str]:
        """The parameters that it makes right."""
        return self.grades.right - self.start.right


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
        """The steps that repair as many parameters as could be repaired; empty where none could.

        Where the likeliest first step leads to no end, or to one far off, as where its place also feeds what a second
        fault spoils, a step elsewhere that makes the same right may lead there sooner.
        """
        steps = self._onward(source, [])
        if not steps or (len(steps) < LONG and len(steps[-1].grades.right) == len(steps[-1].grades.of)):
            return steps
        ways = [
            self._onward(source, [_step_of(other, steps[0].context, steps[0].start)])
            for other in steps[0].others
        ]
        return min([steps, *filter(None, ways)], key=self._left)

    def _left(self, steps: list[Step]) -> tuple[int, int]:
        """How many gradients are wrong at the end, at all points together, and how many steps it took."""
        parsed = SourceMap(steps[-1].after)
        found = [(truth, grades_with(Bench(self.path, parsed, truth), None)) for truth in self.truths]
        wrong = [len(truth.values) - (len(grades.right) if grades else 0) for truth, grades in found]
        return sum(wrong), len(steps)

    def _onward(self, source: str, steps: list[Step]) -> list[Step]:
        """The steps so far and all that follow."""
        source = steps[-1].after if steps else source
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
        tries = Round(context, benches, start, self.budget, self.progress)
        best = tries.best()
        return None if best is None else _step_of(best, context, start, tuple(tries.others(best)))


def _step_of(best: Best, context: Context, start: Grades, others: tuple[Best, ...] = ()) -> Step:
    candidate, source = best.candidate, context.source.source
    reach = (name for number in candidate.statements for name in context.influence.of.get(number, ()))
    return Step(
        candidate=candidate,
        before=source,
        after=candidate.apply(source),
        influences=frozenset(reach),
        start=start,
        grades=best.grades,
        context=context,
        others=others,
    )
