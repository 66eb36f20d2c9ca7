"""One mutant diagnosed and graded: detected, line, repaired; in this process, bounded."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.diagnosis.judged import judged
from gradcheck.diagnosis.ranking import ranked
from gradcheck.diagnosis.subject import Subject, any_wrong
from gradcheck.errors import GradcheckError
from gradcheck.findings import Evidence, Finding, Severity
from gradcheck.subject.program import Program, Values
from gradcheck.subject.proving import fresh_points
from gradcheck.subject.target import Target
from gradcheck.subject.truth import measure
from tests.quality.networks import Network

SEED = 7  # of the fresh points; the diagnosis itself runs on seed 0
AGREES = 1e-6  # largest relative difference between the original's gradient and the mended one's
INDEPENDENT = 1e-5


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of a broken network.

    Attributes:
        equivalent: the gradient is right all the same, at every fresh point: not a fault.
        detected: an error or a warning was reported.
        line: the first of them names a line at fault.
        repaired: with the patch the gradient is the original's at fresh points.
        offered: a patch was offered.
        refuted: one was, and is wrong at fresh points.
        codes: of the findings, ranked.
        confidence: of the first finding.
        parameters: that the first finding says are spoiled.
    """

    equivalent: bool = False
    detected: bool = False
    line: bool = False
    repaired: bool = False
    offered: bool = False
    refuted: bool = False
    codes: tuple[str, ...] = ()
    confidence: float = 0.0
    parameters: tuple[str, ...] = ()


class InProcess:
    """Stands where the sandbox stands, without a process of its own: these programs are ours."""

    def call(self, task: Callable[..., Any], *args: object, time_limit: float | None = None) -> Any:
        """What the task returns."""
        del time_limit
        return task(*args)


def grade(network: Network, source: str, lines: frozenset[int], *, always: bool = False) -> Grade | None:
    """Diagnose `source`, which is `network` with faults on some lines; None where it cannot run at all.

    With `always`, what has the original's gradient is diagnosed too, the right network itself for one; and its training
    is watched.
    """
    with quiet():
        try:
            if not always and same_gradient(network, network.source, source):
                return Grade(equivalent=True)
            return _graded(network, source, lines, train=always)
        except (GradcheckError, ArithmeticError, ValueError, TypeError, LookupError):
            return None


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What a diagnosis comes to.

    Attributes:
        findings: all of them, ranked.
        source: with the patch.
        offered: whether the patch was offered.
    """

    findings: tuple[Finding, ...]
    source: str
    offered: bool


def diagnosed(network: Network, source: str, *, train: bool) -> Diagnosed:
    """Diagnose a source as the wiring of a network drives it; with `train`, its training is watched.

    Raises:
        GradcheckError: it cannot be driven.
    """
    target = Target(Path(network.path), Path(network.path).name, source)
    subject = Subject(InProcess(), target, network.wiring, 0)  # type: ignore[arg-type]  # quacks like a sandbox
    measured = subject.measure()
    observations = subject.experiments()
    mending = subject.mend_audits(subject.mend_gradient(measured))
    checks = subject.verify(mending.source) if mending.source != source else []
    trained = subject.trained() if train else None
    if trained is not None:
        observations["train_copy"] = trained[1]
        again = subject.symptoms_without(mending, observations)
        observations |= {"symptom_audit_repaired": again} if again is not None else {}
    training = subject.training(trained[0], mending.source) if trained is not None else None
    evidence = Evidence(target.display, source, measured.comparisons, observations)
    findings = ranked(judged(evidence, mending, checks, training), (), ())
    return Diagnosed(findings, mending.source, bool(checks) and not any(any_wrong(c) for c in checks))


def _graded(network: Network, source: str, lines: frozenset[int], *, train: bool) -> Grade:
    found = diagnosed(network, source, train=train)
    serious = [finding for finding in found.findings if finding.severity is not Severity.NOTE]
    repaired = found.offered and same_gradient(network, network.source, found.source)
    return Grade(
        detected=bool(serious),
        line=bool(serious) and bool(set(serious[0].lines) & lines),
        repaired=repaired,
        offered=found.offered,
        refuted=found.offered and not repaired and not _is_gradient(network, found.source),
        codes=tuple(finding.code for finding in serious),
        confidence=_confidence(serious),
        parameters=serious[0].parameters if serious else (),
    )


def _confidence(findings: list[Finding]) -> float:
    return findings[0].confidence if findings else 0.0


def same_gradient(network: Network, one: str, other: str) -> bool:
    """Whether two sources of a network have one gradient, at points and sizes that no search has seen."""
    for _, point in fresh_points(network.path, network.source, network.wiring, seed=SEED):
        original = Program(network.path, network.source, point.wiring, seed=point.seed)
        values = measure(original, point, seed=point.seed, full=0).values
        try:
            expected, found = (
                _gradient(Program(network.path, source, point.wiring, seed=point.seed), values)
                for source in (one, other)
            )
        except GradcheckError:
            return False
        scale = max(float(np.abs(value).max()) for value in expected.values())
        if not all(_agree(found[name], value, scale) for name, value in expected.items()):
            return False
    return True


def _agree(found: Any, expected: Any, scale: float) -> bool:
    """Whether two gradients do the same to a parameter: an axis of length one in front makes no difference."""
    if np.shape(found)[-np.ndim(expected) :] != np.shape(expected)[-np.ndim(found) :]:
        return False
    return bool(np.size(found) == np.size(expected) and np.abs(found - expected).max() <= AGREES * scale)


def _is_gradient(network: Network, source: str) -> bool:
    """Whether a source's gradient is that of its loss by plain central differences, whatever the original's was."""
    rng = np.random.default_rng(SEED)
    program = Program(network.path, source, network.wiring, seed=SEED)
    live = program.start()
    values = {n: v + 0.05 * rng.standard_normal(v.shape) for n, v in live.parameters().items()}
    gradient = _gradient(program, values)
    scale = max(float(np.abs(value).max()) for value in gradient.values())
    for name, value in values.items():
        for entry in rng.choice(value.size, min(6, value.size), replace=False):
            ends = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved.reshape(-1)[entry] += step
                live = program.start()
                live.set({**values, name: moved})
                ends.append(live.loss())
            slope = (ends[0] - ends[1]) / 2e-5
            if abs(slope - np.reshape(gradient[name], -1)[entry]) > INDEPENDENT * scale:
                return False
    return True


def _gradient(program: Program, values: Values) -> Values:
    live = program.start()
    live.set(values)
    return live.gradient()


@contextlib.contextmanager
def quiet() -> Any:
    """No prints and no warnings: broken programs overflow as a matter of course."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
