"""The walk: wire, measure, experiment, repair, verify, judge, rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.judge import (
    audited,
    causes_beyond_gradient,
    evaluated,
    fed,
    outcomes,
    passed,
    repaired,
    scaled,
    shared_arrays,
    trained,
    unrepaired,
    without_effect,
)
from gradcheck.diagnosis.patches import unified_diff, with_fixes
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.diagnosis.subject import Mending, Subject, any_wrong
from gradcheck.diagnosis.suppression import Known, without_known
from gradcheck.errors import GradcheckError
from gradcheck.findings import Evidence, Finding, Report, Training
from gradcheck.numerics import Comparison
from gradcheck.subject.discover import discover_in
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target, resolve_target
from gradcheck.subject.wiring import Wiring

Progress = Callable[[str, int, int], None]

WATCH_SECONDS = 10.0


def diagnose(
    target: str | Path,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    expected: Mapping[str, str] | None = None,
    time_limit: float = 60.0,
    repair: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Diagnose a file: its gradient, the faults in it, and a patch that was applied, run and measured.

    Args:
        target: the user's file. It is executed, in a worker process.
        wiring: how to drive it; found by watching it where None.
        seed: of every random choice.
        select: prefixes of the codes to report; all where empty.
        ignore: prefixes of the codes to leave out.
        expected: codes of faults that are there on purpose -> why; a comment ``# gradcheck: ignore[GC401]`` on a
            line says the same of that line. They make no network faulty.
        time_limit: seconds that one call of the user's code may take.
        repair: whether to search for edits.
        progress: called with (what, done, total).

    Raises:
        GradcheckError: when the file cannot be found, run, or driven; the message says what to try.
    """
    return _Diagnosis.of(target, wiring, seed, time_limit, progress).full(
        select, ignore, expected or {}, repair=repair
    )


def check(
    target: str | Path,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    time_limit: float = 60.0,
) -> Report:
    """The gradient check alone: the table, without experiments and without repair.

    Args:
        target: the user's file. It is executed, in a worker process.
        wiring: how to drive it; found by watching it where None.
        seed: of every random choice.
        progress: called with (what, done, total).
        time_limit: seconds that one call of the user's code may take.

    Raises:
        GradcheckError: as for `diagnose`.
    """
    return _Diagnosis.of(target, wiring, seed, time_limit, progress).table()


@dataclass(slots=True)
class _Diagnosis:
    """One diagnosis under way."""

    target: Target
    given: Wiring | None
    seed: int
    time_limit: float
    progress: Progress | None
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def of(
        cls,
        target: str | Path,
        wiring: Wiring | None,
        seed: int,
        time_limit: float,
        progress: Progress | None,
    ) -> _Diagnosis:
        return cls(resolve_target(target), wiring, seed, time_limit, progress)

    def table(self) -> Report:
        with self._sandbox() as sandbox:
            subject = self._subject(sandbox)
            measured = subject.measure()
            evidence = Evidence(self.target.display, self.target.source, measured.comparisons)
            wrong = [*without_effect(evidence), *unrepaired(evidence, evidence.wrong)]
            return self._report(subject, evidence, measured, ranked(wrong, (), ()))

    def full(
        self, select: Sequence[str], ignore: Sequence[str], expected: Mapping[str, str], *, repair: bool
    ) -> Report:
        with self._sandbox() as sandbox:
            subject = self._with_trainer(self._subject(sandbox))
            measured = subject.measure()
            observations = subject.experiments()
            mending = subject.mend(measured) if repair else Mending.none(self.target.source, measured)
            checks = subject.verify(mending.source) if mending.source != self.target.source else []
            training, trained = subject.training(mending.source)
            if trained is not None:
                observations["train_copy"] = trained
            evidence = Evidence(self.target.display, self.target.source, measured.comparisons, observations)
            findings = ranked(judged(evidence, mending, checks, training), (), ())
            known = without_known(findings, self.target.display, self.target.source, expected)
            shown = ranked(known.kept, select, ignore)
            source = mending.source if len(shown) == len(findings) else with_fixes(self.target.source, shown)
            if source != mending.source:
                checks = subject.verify(source)
                training, _ = subject.training(source)
            holds = bool(checks) and not any(any_wrong(found) for found in checks)
            useful = bool(checks) and any(finding.fix is not None for finding in shown)
            return self._report(
                subject,
                evidence,
                measured,
                shown,
                known=known,
                patch=unified_diff(self.target.source, source, self.target.display) if useful else "",
                patched_error=worst_error(checks) if useful and holds else None,
                training=training,
            )

    def _sandbox(self) -> Sandbox:
        return Sandbox(self.target, seed=self.seed, time_limit=self.time_limit, progress=self.progress)

    def _subject(self, sandbox: Sandbox) -> Subject:
        wiring = self.given
        if wiring is None:
            wiring = discover_in(sandbox, self.target, seed=self.seed, progress=self.progress)
        return Subject(sandbox, self.target, wiring, self.seed)

    def _with_trainer(self, subject: Subject) -> Subject:
        """The subject with a way to train: its own wiring's where that has one, else what watching the script shows."""
        wiring = subject.wiring
        if self.given is None or wiring.train or wiring.update:
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
        measured: tasks.Measurement,
        findings: tuple[Finding, ...],
        known: Known | None = None,
        **more: Any,
    ) -> Report:
        excused = {name for finding in known.hushed for name in finding.parameters} if known else set()
        return Report(
            target=self.target.display,
            source=self.target.source,
            outcome=outcome_of(findings, evidence, excused),
            understood=(*subject.wiring.understood, *self.target.reading),
            parameters=tuple(measured.comparisons.values()),
            findings=findings,
            notices=(*subject.sandbox.notices, *(known.notices if known else ())),
            suppressed=len(known.hushed) if known else 0,
            wiring=subject.wiring.table(),
            seed=self.seed,
            evaluations=measured.evaluations,
            seconds=time.monotonic() - self.started,
            **more,
        )


def judged(
    evidence: Evidence,
    mending: Mending,
    checks: Sequence[Mapping[str, Comparison]],
    training: Training | None,
) -> list[Finding]:
    """All findings, in no particular order."""
    findings = repaired(evidence, mending.repairs, checks)
    ratio = evidence.fact("residual_fits", "common_ratio")
    if ratio is not None and not findings:
        findings.append(scaled(evidence, ratio))
    else:
        findings += without_effect(evidence)
        findings += unrepaired(evidence, mending.wrong)
    findings += shared_arrays(evidence, mending.mended)
    findings += trained(evidence, mending.mended)
    findings += fed(evidence, mending.mended)
    findings += evaluated(evidence, mending.mended)
    findings += audited(evidence, mending.mended)
    findings += passed(evidence)
    findings += causes_beyond_gradient(evidence)
    return findings + outcomes(evidence, findings, training)


def worst_error(checks: Sequence[Mapping[str, Comparison]]) -> float | None:
    """The largest relative error over all parameters and fresh points; None where nothing was checked."""
    return max((c.relative_error for found in checks for c in found.values()), default=None)
