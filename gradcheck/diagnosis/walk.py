"""The walk: wire, measure, experiment, repair, verify, judge, rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradcheck.cells import Cells
from gradcheck.diagnosis import tasks
from gradcheck.diagnosis.judge import (
    audited,
    causes_beyond_gradient,
    disagreeing,
    divergence,
    evaluated,
    fed,
    floats,
    folded,
    forward,
    measured_again,
    outcomes,
    passed,
    repaired,
    scaled,
    shared_arrays,
    starts,
    symptoms,
    trained,
    unrepaired,
    with_implied,
    without_effect,
)
from gradcheck.diagnosis.numbers import of_callables
from gradcheck.diagnosis.patches import unified_diff, with_fixes
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.diagnosis.subject import Mending, Subject, any_wrong
from gradcheck.diagnosis.suppression import Known, without_known
from gradcheck.errors import GradcheckError, UsageError
from gradcheck.findings import Evidence, Finding, Report, Training
from gradcheck.numerics import Comparison
from gradcheck.subject.discover import discover_in
from gradcheck.subject.live.callables import LiveSubject
from gradcheck.subject.live.handing import Handed, hand_over
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target, resolve_target
from gradcheck.subject.wiring import Wiring

Progress = Callable[[str, int, int], None]

WATCH_SECONDS = 10.0


def diagnose(
    target: str | Path | object,
    X: Any = None,
    y: Any = None,
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
    """Diagnose a file, or live objects: the gradient, its faults, and a patch that was applied, run and measured.

    Args:
        target: the user's file, which is executed in a worker process; or an object of the user's own class, whose
            source is found and which is copied there; or what `gradcheck.subject` made of callables.
        X: samples for such an object, as its methods take them.
        y: their labels.
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

    Example:
        >>> import numpy as np
        >>> from gradcheck import diagnose, subject
        >>> w, x = np.array([1.0, 2.0]), np.array([3.0, -1.0])
        >>> report = diagnose(subject(loss=lambda: (w @ x - 2.0) ** 2, params={"w": w}, grads=[w]))
        >>> [finding.message for finding in report.findings], w
        (['the gradient of w is not that of the loss'], array([1., 2.]))
    """

    def full(target: Target, wiring: Wiring | None, handed: Handed | None = None) -> Report:
        under_way = _Diagnosis(target, wiring, seed, time_limit, progress, handed)
        return under_way.full(select, ignore, expected or {}, repair=repair)

    if isinstance(target, LiveSubject):
        return of_callables(target, full, seed, select, ignore)
    return full(*_taken(target, X, y, wiring))


def check(
    target: str | Path | object,
    X: Any = None,
    y: Any = None,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    time_limit: float = 60.0,
) -> Report:
    """The gradient check alone: the table, without experiments and without repair.

    Args:
        target: as for `diagnose`.
        X: as for `diagnose`.
        y: as for `diagnose`.
        wiring: how to drive it; found by watching it where None.
        seed: of every random choice.
        progress: called with (what, done, total).
        time_limit: seconds that one call of the user's code may take.

    Raises:
        GradcheckError: as for `diagnose`.
    """

    def table(target: Target, wiring: Wiring | None, handed: Handed | None = None) -> Report:
        return _Diagnosis(target, wiring, seed, time_limit, progress, handed).table()

    if isinstance(target, LiveSubject):
        return of_callables(target, table, seed)
    return table(*_taken(target, X, y, wiring))


def _taken(
    target: object, X: Any, y: Any, wiring: Wiring | None
) -> tuple[Target, Wiring | None, Handed | None]:
    """The file that was named, or the source of the object that was handed over."""
    if isinstance(target, str | Path):
        if X is not None or y is not None:
            raise UsageError(
                "a file takes no samples: it is run as it stands",
                hint="gradcheck.diagnose(net, X, y) for an object",
            )
        return resolve_target(target), wiring, None
    handed = hand_over(target, X, y)
    return handed.target, wiring and replace(wiring, given=handed.given), handed


@dataclass(slots=True)
class _Diagnosis:
    """One diagnosis under way."""

    target: Target
    given: Wiring | None
    seed: int
    time_limit: float
    progress: Progress | None
    handed: Handed | None = None
    started: float = field(default_factory=time.monotonic)

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
            if repaired := subject.symptoms_without(mending, observations):
                observations["symptom_audit_repaired"] = repaired
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
            wiring = discover_in(
                sandbox, self.target, seed=self.seed, progress=self.progress, handed=self.handed
            )
        return Subject(sandbox, self.target, wiring, self.seed)

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
            understood=subject.wiring.understood,
            parameters=tuple(measured.comparisons.values()),
            findings=tuple(_retold(finding, self.target.cells) for finding in findings),
            notices=(*subject.sandbox.notices, *(known.notices if known else ())),
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


def judged(
    evidence: Evidence,
    mending: Mending,
    checks: Sequence[Mapping[str, Comparison]],
    training: Training | None,
) -> list[Finding]:
    """All findings, in no particular order."""
    of_loss = (
        forward(evidence, mending.mended)
        + floats(evidence, mending.mended)
        + passed(evidence, mending.mended)
    )
    findings = of_loss + folded(_of_gradient(measured_again(evidence, mending), mending, checks), of_loss)
    findings += shared_arrays(evidence, mending.mended)
    findings += trained(evidence, mending.mended)
    findings += starts(evidence, mending.mended)
    findings += fed(evidence, mending.mended)
    findings += evaluated(evidence, mending.mended)
    findings += audited(evidence, mending.mended)
    findings += causes_beyond_gradient(evidence)
    findings += divergence(evidence, findings)
    findings += symptoms(evidence, findings, mending.mended)
    return findings + outcomes(evidence, findings, training)


def _of_gradient(
    evidence: Evidence, mending: Mending, checks: Sequence[Mapping[str, Comparison]]
) -> list[Finding]:
    """What is said of the gradients: of those that repairs made right, and of those that are wrong still."""
    findings = with_implied(repaired(evidence, mending.repairs, checks, mending.related), evidence)
    ratio = evidence.fact("residual_fits", "common_ratio")
    if ratio is not None and not findings and evidence.wrong:
        return [scaled(evidence, ratio, mending.related)]
    return [*findings, *without_effect(evidence), *disagreeing(evidence, mending.wrong, mending.remaining)]


def worst_error(checks: Sequence[Mapping[str, Comparison]]) -> float | None:
    """The largest relative error over all parameters and fresh points; None where nothing was checked."""
    return max((c.relative_error for found in checks for c in found.values()), default=None)
