"""The walk: wire, measure, experiment, repair, verify, judge, rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.judge import (
    causes_beyond_gradient,
    outcomes,
    repaired,
    scaled,
    shared_arrays,
    unrepaired,
)
from gradcheck.diagnosis.patches import unified_diff
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.errors import GradcheckError
from gradcheck.findings import Evidence, Finding, Observation, Report, Training
from gradcheck.numerics import Comparison, Verdict
from gradcheck.repair.audits import Mended
from gradcheck.subject.discover import discover_in
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target, resolve_target
from gradcheck.subject.wiring import Wiring

Progress = Callable[[str, int, int], None]

SEARCH_SECONDS = 30.0


def diagnose(
    target: str | Path,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
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
        time_limit: seconds that one call of the user's code may take.
        repair: whether to search for edits.
        progress: called with (what, done, total).

    Raises:
        GradcheckError: when the file cannot be found, run, or driven; the message says what to try.
    """
    return _Diagnosis.of(target, wiring, seed, time_limit, progress).full(select, ignore, repair=repair)


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
            wrong = unrepaired(evidence, evidence.wrong, ())
            return self._report(subject, evidence, measured, ranked(wrong, (), ()))

    def full(self, select: Sequence[str], ignore: Sequence[str], *, repair: bool) -> Report:
        with self._sandbox() as sandbox:
            subject = self._subject(sandbox)
            measured = subject.measure()
            observations = subject.experiments()
            repairs = subject.repairs() if repair and any_wrong(measured.comparisons) else []
            source = repairs[-1].after if repairs else self.target.source
            mended = subject.mended(source) if repair else []
            source = mended[-1].after if mended else source
            checks = subject.verify(source) if source != self.target.source else []
            training, trained = subject.training(source)
            if trained is not None:
                observations["train_copy"] = trained
            evidence = Evidence(self.target.display, self.target.source, measured.comparisons, observations)
            findings = judged(evidence, repairs, mended, checks, training)
            holds = bool(checks) and not any(any_wrong(found) for found in checks)
            useful = any(finding.fix is not None for finding in findings)
            patch = unified_diff(self.target.source, source, self.target.display) if useful and checks else ""
            return self._report(
                subject,
                evidence,
                measured,
                ranked(findings, select, ignore),
                patch=patch,
                patched_error=worst_error(checks) if patch and holds else None,
                training=training,
            )

    def _sandbox(self) -> Sandbox:
        return Sandbox(self.target, seed=self.seed, time_limit=self.time_limit, progress=self.progress)

    def _subject(self, sandbox: Sandbox) -> _Subject:
        wiring = self.given
        if wiring is None:
            wiring = discover_in(sandbox, self.target, seed=self.seed, progress=self.progress)
        return _Subject(sandbox, self.target, wiring, self.seed)

    def _report(
        self,
        subject: _Subject,
        evidence: Evidence,
        measured: tasks.Measurement,
        findings: tuple[Finding, ...],
        **more: Any,
    ) -> Report:
        return Report(
            target=self.target.display,
            source=self.target.source,
            outcome=outcome_of(findings, evidence),
            understood=subject.wiring.understood,
            parameters=tuple(measured.comparisons.values()),
            findings=findings,
            notices=subject.sandbox.notices,
            wiring=subject.wiring.table(),
            seed=self.seed,
            evaluations=measured.evaluations,
            seconds=time.monotonic() - self.started,
            **more,
        )


@dataclass(frozen=True, slots=True)
class _Subject:
    """The worker's side, asked one whole task at a time."""

    sandbox: Sandbox
    target: Target
    wiring: Wiring
    seed: int

    def measure(self) -> tasks.Measurement:
        return self.sandbox.call(tasks.measure_subject, *self._it())

    def experiments(self) -> dict[str, Observation]:
        return self.sandbox.call(tasks.run_experiments, *self._it())

    def repairs(self) -> list[tasks.Repair]:
        found, _ = self.sandbox.call(
            tasks.repair_gradient, *self._it(), SEARCH_SECONDS, time_limit=SEARCH_SECONDS * 3
        )
        return found

    def mended(self, source: str) -> list[Mended]:
        return self.sandbox.call(tasks.repair_audits, *self._it(source))

    def verify(self, source: str) -> list[dict[str, Comparison]]:
        try:
            return self.sandbox.call(tasks.verify, *self._it(source))
        except GradcheckError:
            return []  # a patch that cannot be verified is not offered

    def training(self, source: str) -> tuple[Training | None, Observation | None]:
        original = self.sandbox.call(tasks.train, *self._it())
        if original is None:
            return None, None
        patched = self.sandbox.call(tasks.train, *self._it(source)) if source != self.target.source else None
        run, observation = original
        training = Training(self.wiring.train, self.seed, run, patched[0] if patched is not None else None)
        return training, observation

    def _it(self, source: str | None = None) -> tuple[str, str, Wiring, int]:
        return str(self.target.path), self.target.source if source is None else source, self.wiring, self.seed


def judged(
    evidence: Evidence,
    repairs: Sequence[tasks.Repair],
    mended: Sequence[Mended],
    checks: Sequence[Mapping[str, Comparison]],
    training: Training | None,
) -> list[Finding]:
    """All findings, in no particular order."""
    findings = repaired(evidence, repairs, checks)
    made_right = {name for repair in repairs for name in repair.edit.parameters}
    left = [name for name in evidence.wrong if name not in made_right]
    ratio = evidence.fact("residual_fits", "common_ratio")
    if ratio is not None and not findings:
        findings.append(scaled(evidence, ratio))
    else:
        suspects = evidence.fact("suspects", "lines", ())
        findings += unrepaired(evidence, left, suspects)
    findings += shared_arrays(evidence, mended)
    findings += causes_beyond_gradient(evidence)
    return findings + outcomes(evidence, findings, training)


def any_wrong(comparisons: Mapping[str, Comparison]) -> bool:
    """Whether any parameter fails its check."""
    return any(comparison.verdict is Verdict.FAIL for comparison in comparisons.values())


def worst_error(checks: Sequence[Mapping[str, Comparison]]) -> float | None:
    """The largest relative error over all parameters and fresh points; None where nothing was checked."""
    return max((c.relative_error for found in checks for c in found.values()), default=None)
