"""The search: candidates in the order of their cost, several faults one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.repair.bench import Bench
from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.grade import Grades, grade
from gradcheck.repair.operators import OPERATORS
from gradcheck.repair.traits import traits_of
from gradcheck.subject.truth import Truth
from gradcheck.trace import Influence, SourceMap, Tracer, influences

MARGIN_ALL, MARGIN_SOME, MARGIN_NEARER = 0.35, 0.8, 1.2
# Once a change makes everything right, some parameters right, or all merely more nearly right, only candidates that
# cost at most so much more are still worth trying.
MOST_EDITS = 6
BEAM = 3
GAIN = 0.02
DOUBT = 0.5
STALE_SOME, STALE_NEARER = 400, 1500
# Candidates to try after the best so far before it is taken, where it makes some parameters right, or none.
MOST_TWINS = 6
REPEATED = frozenset({"fit-factor", "fit-number", "fit-term", "swap-operator", "flip-sign", "accumulate"})


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
        traits: what is known of the place; see `gradcheck.repair.traits`.
    """

    candidate: Candidate
    before: str
    after: str
    made_right: frozenset[str]
    influences: frozenset[str]
    grades: Grades
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Budget:
    """How much the search may spend.

    Attributes:
        seconds: wall time.
        candidates: gradient runs.
    """

    seconds: float = 30.0
    candidates: int = 20_000
    started: float = field(default_factory=time.monotonic)
    tried: int = 0

    @property
    def spent(self) -> bool:
        """Whether either limit is reached."""
        return self.tried >= self.candidates or time.monotonic() - self.started > self.seconds


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
            if len(step.grades.right) == len(step.grades.of):
                break
        return steps

    def _step(self, source: str) -> Step | None:
        parsed = SourceMap(source)
        benches = [Bench(self.path, parsed, truth) for truth in self.truths]
        start = benches[0].run(None)
        if start is None:
            return None
        grades = grade(start, self.truths[0])
        wrong = frozenset(grades.of) - grades.right
        if not wrong:
            return None
        try:
            tracer = Tracer.of(self.path, parsed, self.truths[0])
        except GradcheckError:
            return None
        influence = influences(tracer)
        for bench in benches:
            bench.specified = influence.specified
        context = Context(tracer, influence, wrong)
        return self._best(context, benches, grades, influence)

    def _best(
        self, context: Context, benches: list[Bench], grades: Grades, influence: Influence
    ) -> Step | None:
        best: tuple[tuple[int, float], Candidate, Grades] | None = None
        others = [self._grades(bench, None) for bench in benches[1:]]
        candidates = sorted(unique(context), key=lambda candidate: candidate.cost)
        found_at = 0
        for done, candidate in enumerate(candidates):
            if self.budget.spent:
                break
            if best is not None and done > found_at + _stale(best[2], grades):
                break
            if best is not None and candidate.cost > best[1].cost + _margin(best[2], grades):
                break
            self.budget.tried += 1
            if self.progress is not None and done % 50 == 0:
                self.progress("trying edits", done, len(candidates))
            new = self._grades(benches[0], candidate)
            if new is None or not _better(new, grades):
                continue
            rank = _rank(new, grades, candidate.cost)
            if best is not None and rank >= best[0]:
                continue
            gained = new.right > grades.right
            held = [
                _holds(self._grades(b, candidate), o, new, gained=gained)
                for b, o in zip(benches[1:], others, strict=True)
            ]
            runs = [before is not None for before in others]
            if all(ok for ok, ran in zip(held, runs, strict=True) if ran):
                # A point where the code as it stands cannot run at all is a doubtful one: it only breaks ties.
                rank = _rank(new, grades, candidate.cost + DOUBT * (not all(held)))
                if best is None or rank < best[0]:
                    best, found_at = (rank, candidate, new), done
        if best is None:
            return None
        _, candidate, new = best
        reach = frozenset(name for number in candidate.statements for name in influence.of.get(number, ()))
        after = candidate.apply(context.source.source)
        made_right = new.right - grades.right
        traits = traits_of(candidate, context)
        return Step(candidate, context.source.source, after, made_right, reach, new, traits)

    def _grades(self, bench: Bench, candidate: Candidate | None) -> Grades | None:
        gradient = bench.run(candidate)
        return None if gradient is None else grade(gradient, bench.truth)


def unique(context: Context) -> Iterable[Candidate]:
    """All candidates, of those that lead to the same text the cheapest."""
    found: dict[str, Candidate] = {}
    source = context.source.source
    for operator in OPERATORS:
        for candidate in operator(context):
            text = candidate.apply(source)
            known = found.get(text)
            if text != source and (known is None or candidate.cost < known.cost):
                found[text] = candidate
    return [*found.values(), *twins(list(found.values()), context)]


def twins(candidates: list[Candidate], context: Context) -> Iterable[Candidate]:
    """The same change made everywhere it can be made: a person who errs twice the same way is mended once."""
    source = context.source.source
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in candidates:
        changes = tuple((source[s.start : s.end], s.text) for s in candidate.splices)
        if candidate.operator in REPEATED and any(old or new for old, new in changes):
            groups.setdefault((candidate.operator, candidate.function, changes), []).append(candidate)
    for group in groups.values():
        if 1 < len(group) <= MOST_TWINS:
            splices = tuple(splice for candidate in group for splice in candidate.splices)
            statements = tuple(dict.fromkeys(n for candidate in group for n in candidate.statements))
            own = min(candidate.cost - context.suspicion(candidate.statements) for candidate in group)
            cost = own + 0.1 * (len(group) - 1) + context.suspicion(statements)
            yield Candidate(splices, group[0].operator, cost, group[0].function, statements)


def _better(new: Grades, old: Grades) -> bool:
    """No right parameter is spoiled, and another becomes right or the whole comes clearly nearer."""
    return new.right >= old.right and (new.right > old.right or new.total > old.total + GAIN)


def _margin(new: Grades, old: Grades) -> float:
    if len(new.right) == len(new.of):
        return MARGIN_ALL
    return MARGIN_SOME if new.right > old.right else MARGIN_NEARER


def _rank(new: Grades, old: Grades, cost: float) -> tuple[int, float]:
    """The smaller the better: more parameters right, then cheaper; where none becomes right, nearer."""
    return (-len(new.right), cost) if new.right > old.right else (0, 0.02 * cost - new.total)


def _stale(new: Grades, old: Grades) -> int:
    return STALE_SOME if new.right > old.right else STALE_NEARER


def _holds(new: Grades | None, old: Grades | None, first: Grades, *, gained: bool) -> bool:
    """Whether a change does at another point what it did at the first."""
    if new is None:
        return False
    if len(first.right) == len(first.of):
        return len(new.right) == len(new.of)
    if old is None:
        return True
    if first.right <= new.right:
        return new.right >= old.right
    if not gained:
        return new.right >= old.right and new.total >= old.total
    # Where sizes differ, a name may stand for another parameter: then as many more must have become right.
    return new.right > old.right
