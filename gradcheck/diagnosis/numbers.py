"""A diagnosis by numbers alone, where callables were handed over: the check, and what a wrong gradient looks like."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradcheck.diagnosis.judge import scaled, unrepaired, without_effect
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.errors import SubjectError, WiringError
from gradcheck.experiments.residuals import fits_of
from gradcheck.findings import Evidence, Observation, Report
from gradcheck.numerics import compare, numerical_gradient
from gradcheck.subject.live.callables import LiveSubject
from gradcheck.subject.live.keeping import kept
from gradcheck.subject.live.wired import NoSourceError, wired
from gradcheck.subject.target import Target
from gradcheck.subject.truth import sample_entries
from gradcheck.subject.wiring import Wiring

TARGET = "subject"
FULL, SAMPLE = 600, 48
ADVICE = "hand over functions whose source can be read, and the line is named and a patch is tried"
NO_SOURCE = "the code itself was not read, so no line is named and no patch is tried: {}"


def of_callables(
    subject: LiveSubject,
    with_source: Callable[[Target, Wiring], Report],
    seed: int,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Report:
    """The report on callables: as of a file where their source is found, else by numbers alone.

    Args:
        subject: the callables.
        with_source: makes the report where there is a source, and a way to drive it.
        seed: of every random choice.
        select: prefixes of the codes to report; all where empty.
        ignore: prefixes of the codes to leave out.

    Raises:
        GradcheckError: as for `by_numbers`.
    """
    try:
        return with_source(*wired(subject))
    except (
        NoSourceError,
        SubjectError,
        WiringError,
    ) as problem:  # what is the callables' own fault comes again
        return by_numbers(subject, seed, problem.message, select, ignore)


def by_numbers(
    subject: LiveSubject, seed: int, why: str, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Report:
    """Check callables where they are, in this process, and name what the difference looks like.

    Args:
        subject: the callables.
        seed: of every random choice.
        why: why their source is not part of it.
        select: as for `of_callables`.
        ignore: as for `of_callables`.

    Raises:
        SubjectError: when one of them raises.
        WiringError: when what they give is no loss, or no gradient of the parameters.
        InputError: when the loss cannot be differentiated there.
    """
    started = time.monotonic()
    functions = [f for f in (subject.loss, subject.grads) if callable(f)]
    values = subject.values()
    with kept(functions, {"params": subject.params, "grads": subject.grads}, "the gradient") as randomness:
        gradient = subject.gradient()
        randomness.restore()
    spent = 0
    with kept(functions, {"params": subject.params}, "the loss") as randomness:

        def loss(params: Any) -> float:
            nonlocal spent
            spent += 1
            randomness.restore()
            return subject.loss_at(params)

        at = subject.params if subject.takes else values
        loss(at)  # so that its own errors come as they are
        entries = sample_entries(values, seed=seed, full=FULL, sample=SAMPLE)
        numerical = numerical_gradient(loss, at, entries=entries, seed=seed)
    comparisons = compare(gradient, numerical)
    wrong = [name for name, found in comparisons.items() if found.verdict == "fail"]
    facts: Mapping[str, Any] = fits_of(gradient, numerical, values, wrong)
    observations = {"residual_fits": Observation("residual_fits", facts)}
    evidence = Evidence(TARGET, "", comparisons, observations)
    ratio = facts["common_ratio"]
    found = [scaled(evidence, ratio)] if ratio else [*without_effect(evidence), *unrepaired(evidence, wrong)]
    findings = ranked([replace(one, advice=one.advice and ADVICE) for one in found], select, ignore)
    return Report(
        target=TARGET,
        source="",
        outcome=outcome_of(findings, evidence, set()),
        understood=(f"the parameters are {', '.join(comparisons)}", NO_SOURCE.format(why)),
        parameters=tuple(comparisons.values()),
        findings=findings,
        seed=seed,
        evaluations=spent,
        seconds=time.monotonic() - started,
    )
