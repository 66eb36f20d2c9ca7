"""The course of a diagnosis: wire, measure, experiment, repair, verify, judge, rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from gradcheck.cells import Cells
from gradcheck.diagnosis.answers import Measurement
from gradcheck.diagnosis.beside import Beside
from gradcheck.diagnosis.judge import unrepaired, without_effect
from gradcheck.diagnosis.judged import judged
from gradcheck.diagnosis.patches import unified_diff, with_fixes
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.diagnosis.subject import Mending, Subject, any_wrong
from gradcheck.diagnosis.suppression import Known, without_known
from gradcheck.errors import GradcheckError
from gradcheck.findings import Evidence, Finding, Observation, Report, Run, Training
from gradcheck.numerics import Comparison
from gradcheck.subject.discovering import discover_in
from gradcheck.subject.live.handed import Handed
from gradcheck.subject.sandbox import Sandbox, notices_of
from gradcheck.subject.target import Target
from gradcheck.subject.wiring import Wiring

Progress = Callable[[str, int, int], None]

WATCH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Observed:
    """What was observed of the source as it stands.

    Attributes:
        subject: with a way to train, if there is one.
        observations: of all experiments.
        run: the training call, where there is one.
    """

    subject: Subject
    observations: dict[str, Observation]
    run: Run | None

    def training(self, source: str) -> Training | None:
        """How training goes as it stands and with another source; None where there is none."""
        return self.subject.training(self.run, source) if self.run is not None else None

    def symptoms_without(self, mending: Mending) -> dict[str, Observation]:
        """The symptoms that a repaired source still has, by the name of what observes them."""
        found = self.subject.symptoms_without(mending, self.observations)
        return {"symptom_audit_repaired": found} if found is not None else {}


@dataclass(slots=True)
class Course:
    """One diagnosis under way.

    Attributes:
        target: the user's file.
        given: how to drive it; found by watching it where None.
        seed: of every random choice.
        progress: called with (what, done, total).
        sandbox: where it runs.
        handed: the live objects that were handed over, where the target is their source.
        started: when the diagnosis began, as `time.monotonic` counts.
    """

    target: Target
    given: Wiring | None
    seed: int
    progress: Progress | None
    sandbox: Sandbox
    handed: Handed | None
    started: float

    def table(self) -> Report:
        """The gradient check alone."""
        subject = self._subject()
        measured = subject.measure()
        evidence = Evidence(self.target.display, self.target.source, measured.comparisons)
        wrong = [*without_effect(evidence), *unrepaired(evidence, evidence.wrong)]
        return self._report(subject, evidence, measured, ranked(wrong, (), ()), self.sandbox.notices)

    def full(
        self,
        beside: Beside,
        select: Sequence[str],
        ignore: Sequence[str],
        expected: Mapping[str, str],
        *,
        repair: bool,
    ) -> Report:
        """Everything; what needs no result of the search is observed beside it."""
        text = self.target.source
        subject = self._subject()
        observed_when_done = beside.begin(lambda other: self._observed(replace(subject, sandbox=other)))
        measured = subject.measure()
        mending = subject.mend_gradient(measured) if repair else Mending.none(text, measured)
        verified = cache(lambda source: subject.verify(source) if source != text else [])
        verified(
            mending.source
        )  # now, while the other worker still observes: audits seldom change the source again
        observed = observed_when_done()
        if repair:
            mending = beside.begin(lambda _: observed.subject.mend_audits(mending))()
        training_when_done = beside.begin(lambda _: observed.training(mending.source))
        symptoms_when_done = beside.begin(lambda _: observed.symptoms_without(mending))
        checks = verified(mending.source)
        evidence = Evidence(
            self.target.display, text, measured.comparisons, {**observed.observations, **symptoms_when_done()}
        )
        findings = ranked(judged(evidence, mending, checks, training_when_done()), (), ())
        known = without_known(findings, self.target.display, text, expected)
        shown = ranked(known.kept, select, ignore)
        source = mending.source if len(shown) == len(findings) else with_fixes(text, shown)
        if source != mending.source:
            training_when_done = beside.begin(lambda _: observed.training(source))
            checks = verified(source)
        holds = bool(checks) and not any(any_wrong(found) for found in checks)
        useful = bool(checks) and any(finding.fix is not None for finding in shown)
        return self._report(
            subject,
            evidence,
            measured,
            shown,
            (*notices_of(self.sandbox, beside.sandbox), *filter(None, [mending.cut_short])),
            known=known,
            patch=unified_diff(text, source, self.target.display) if useful else "",
            patched_error=worst_error(checks) if useful and holds else None,
            training=training_when_done(),
        )

    def _observed(self, subject: Subject) -> _Observed:
        subject = self._with_trainer(subject)
        observations = subject.experiments()
        trained = subject.trained()
        if trained is not None:
            observations["train_copy"] = trained[1]
        return _Observed(subject, observations, trained[0] if trained is not None else None)

    def _subject(self) -> Subject:
        wiring = self.given
        if wiring is None:
            wiring = discover_in(
                self.sandbox, self.target, seed=self.seed, progress=self.progress, handed=self.handed
            )
        return Subject(self.sandbox, self.target, wiring, self.seed)

    def _with_trainer(self, subject: Subject) -> Subject:
        """The subject with a way to train: its own wiring's where that has one, else what watching the script shows."""
        wiring = subject.wiring
        if self.given is None or wiring.train or wiring.update or wiring.given is not None:
            return subject
        try:
            trainer = discover_in(subject.sandbox, self.target, seed=self.seed, time_limit=WATCH_SECONDS)
        except GradcheckError:
            return subject  # the wiring that was given does without: only the training goes unexamined
        return replace(subject, trainer=trainer)

    def _report(
        self,
        subject: Subject,
        evidence: Evidence,
        measured: Measurement,
        findings: tuple[Finding, ...],
        notices: tuple[str, ...],
        known: Known | None = None,
        **more: Any,
    ) -> Report:
        excused = {name for finding in known.hushed for name in finding.parameters} if known else set()
        return Report(
            target=self.target.display,
            source=self.target.source,
            outcome=outcome_of(findings, evidence, excused),
            understood=subject.wiring.understood,
            parameters=tuple(measured.comparisons.values()),
            findings=tuple(_retold(finding, self.target.cells) for finding in findings),
            notices=(*notices, *filter(None, [measured.beside]), *(known.notices if known else ())),
            suppressed=len(known.hushed) if known else 0,
            wiring=subject.wiring.table(),
            seed=self.seed,
            evaluations=measured.evaluations,
            seconds=time.monotonic() - self.started,
            cells=self.target.cells,
            **more,
        )


def _retold(finding: Finding, cells: Cells) -> Finding:
    """A finding whose sentences speak of the lines of cells, where the source is a notebook's."""
    return replace(
        finding,
        message=cells.retold(finding.message),
        evidence=tuple(cells.retold(sentence) for sentence in finding.evidence),
        advice=cells.retold(finding.advice),
        labels=tuple(replace(label, text=cells.retold(label.text)) for label in finding.labels),
    )


def worst_error(checks: Sequence[Mapping[str, Comparison]]) -> float | None:
    """The largest relative error over all parameters and fresh points; None where nothing was checked."""
    return max((c.relative_error for found in checks for c in found.values()), default=None)
