"""One round of the search: the best single change of one source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gradcheck.repair.bench import Bench
from gradcheck.repair.budget import Budget
from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.gather import candidates_of
from gradcheck.repair.grade import Grades, grade
from gradcheck.repair.pairs import Effect, pairs
from gradcheck.subject.program import Values

MARGIN_ALL, MARGIN_SOME, MARGIN_NEARER = 0.35, 0.8, 1.2
# Once a change makes everything right, some parameters right, or all merely more nearly right, only candidates that
# cost at most so much more are still worth trying.
STALE_ALL, STALE_SOME, STALE_NEARER = 200, 500, 1500
# Candidates to try after the best so far before it is taken, where it makes all parameters right, some, or none.
GAIN = 0.02
# How much nearer the whole must come for a change that makes nothing right.
DOUBT = 0.5
# Added to the cost where a point at which the code as it stands cannot run does not confirm a change.
MISSHAPEN = 0.6
# Added where a gradient becomes right but for its shape: the gradient check is content, an update would broadcast it.

MOST_OTHERS = 3
# Changes elsewhere that are worth going on from, where the best leads to no end.

Rank = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Best:
    """The best change so far.

    Attributes:
        candidate: the change.
        grades: what it leads to at the first point.
        rank: smaller is better.
        at: how many candidates had been tried before it.
    """

    candidate: Candidate
    grades: Grades
    rank: Rank
    at: int


@dataclass(slots=True)
class Round:
    """Tries the candidates for one source, cheapest first.

    Attributes:
        context: the ground they grow on.
        benches: the points; the first screens.
        start: the grades of the source as it is, at the first point.
        budget: what may be spent.
        progress: called with (what, done, total).
    """

    context: Context
    benches: list[Bench]
    start: Grades
    budget: Budget
    progress: Callable[[str, int, int], None] | None
    _effects: list[Effect] = field(default_factory=list)
    _passed_over: list[Best] = field(default_factory=list)

    def best(self) -> Best | None:
        """The change to keep; None where no candidate is one."""
        others = [grades_with(bench, None) for bench in self.benches[1:]]
        candidates = candidates_of(self.context)
        best = self._best_of(candidates, others, None)
        if best is None or best.grades.right == self.start.right:
            bench, wrong = self.benches[0], frozenset(self.start.of) - self.start.right
            together = pairs(self._effects, self.context.tracer.gradient, bench.truth, wrong)
            best = self._best_of(together, others, best)
        return best

    def others(self, best: Best) -> list[Best]:
        """Changes at other places that make the same parameters right, the cheapest of each place."""
        places: dict[tuple[int, ...], Best] = {}
        for other in sorted(self._passed_over, key=lambda one: one.rank):
            if other.grades.right == best.grades.right:
                places.setdefault(other.candidate.statements, other)
        places.pop(best.candidate.statements, None)
        return list(places.values())[:MOST_OTHERS]

    def _best_of(
        self, candidates: list[Candidate], others: list[Grades | None], best: Best | None
    ) -> Best | None:
        for done, candidate in enumerate(candidates):
            if self.budget.spent or (best is not None and self._enough(best, candidate, done)):
                break
            self.budget.tried += 1
            if self.progress is not None and done % 50 == 0:
                self.progress("trying edits", done, len(candidates))
            best = self._tried(candidate, done, others, best)
        return best

    def _tried(
        self, candidate: Candidate, at: int, others: list[Grades | None], best: Best | None
    ) -> Best | None:
        """The better of a candidate and the best so far; the other points are asked only if the first says so."""
        gradient = self.benches[0].run(candidate)
        if gradient is None:
            return best
        self._effects.append(Effect(candidate, gradient))
        new = grade(gradient, self.benches[0].truth)
        if not self._improves(new):
            return best
        cost = candidate.cost + MISSHAPEN * self._misshapen(gradient, new)
        rank = self._rank(new, cost)
        self._passed_over.append(Best(candidate, new, rank, at))
        if best is not None and rank >= best.rank:
            return best
        gained = new.right > self.start.right
        held = [
            holds(grades_with(bench, candidate), before, new, gained=gained)
            for bench, before in zip(self.benches[1:], others, strict=True)
        ]
        if not all(ok for ok, before in zip(held, others, strict=True) if before is not None):
            return best
        # A point where the code as it stands cannot run at all is a doubtful one: it only breaks ties.
        rank = self._rank(new, cost + DOUBT * (not all(held)))
        return Best(candidate, new, rank, at) if best is None or rank < best.rank else best

    def _misshapen(self, gradient: Values, new: Grades) -> bool:
        """Whether what becomes right has not the shape of its parameter, so that an update would broadcast it."""
        values = self.benches[0].truth.values
        return any(np.shape(gradient[p]) != values[p].shape for p in new.right - self.start.right)

    def _improves(self, new: Grades) -> bool:
        """No right parameter is spoiled, and another becomes right or the whole comes clearly nearer."""
        gained = new.right > self.start.right or new.total > self.start.total + GAIN
        return new.right >= self.start.right and gained

    def _rank(self, new: Grades, cost: float) -> Rank:
        """More parameters right, then cheaper; where none becomes right, nearer."""
        if new.right > self.start.right:
            return -len(new.right), cost
        return 0, 0.02 * cost - new.total

    def _enough(self, best: Best, candidate: Candidate, done: int) -> bool:
        """Whether the best so far is to be taken rather than go on to dearer candidates."""
        if len(best.grades.right) == len(best.grades.of):
            margin, stale = MARGIN_ALL, STALE_ALL
        elif best.grades.right > self.start.right:
            margin, stale = MARGIN_SOME, STALE_SOME
        else:
            margin, stale = MARGIN_NEARER, STALE_NEARER
        return candidate.cost > best.candidate.cost + margin or done > best.at + stale


def grades_with(bench: Bench, candidate: Candidate | None) -> Grades | None:
    """The grades of the gradient with a candidate applied; None where it cannot run or changes the loss."""
    gradient = bench.run(candidate)
    return None if gradient is None else grade(gradient, bench.truth)


def holds(new: Grades | None, old: Grades | None, first: Grades, *, gained: bool) -> bool:
    """Whether a change does at another point what it did at the first.

    Args:
        new: the grades with the change there; None where it cannot run.
        old: the grades without it there.
        first: the grades with it at the first point.
        gained: whether it made a parameter right at the first point.
    """
    if new is None:
        return False
    if len(first.right) == len(first.of):
        return len(new.right) == len(new.of)
    if old is None:
        return True
    if first.right <= new.right or not gained:
        return new.right >= old.right and (gained or new.total >= old.total)
    # Where sizes differ, a name may stand for another parameter: then as many more must have become right.
    return new.right > old.right
