"""What a cause leads to, said with the threshold it passes, and measured again with the cause removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.diagnosis.judge.mended import fix_of
from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label
from gradcheck.diagnosis.judge.starts import NAMES
from gradcheck.findings import Evidence, Finding, Kind, Severity
from gradcheck.repair.mended import Mended

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """How one symptom is said.

    Attributes:
        name: in the catalogue.
        message: what is to be seen.
        figure: its figure, as people write it.
        unit: what that is a figure of.
        bound: the threshold, and whose it is.
        advice: what to do.
    """

    name: str
    message: Callable[[Fact], str]
    figure: Callable[[float], str]
    unit: str
    bound: str
    advice: str


def _share(share: float) -> str:
    return f"{share:.0%}"


WHEN = {"start": "at the start", "training": "after training"}
WORDS = {
    "dead": Words(
        "dead-hidden-layer",
        lambda f: f"{_count(f)} of {f['text']} are 0 for every sample {WHEN[f['when']]}",
        _share,
        "of the units are dead",
        "a unit is dead where the 95th percentile of |h| over the samples is below 1e-5, a layer where more than half "
        "of its units are (TheDeepChecker)",
        "remove the cause: biases far below zero, too high a rate, inputs or weights of one sign; a leaky relu keeps "
        "a slope",
    ),
    "saturated": Words(
        "saturated-units",
        lambda f: f"{f['own']:.0%} of the values of {f['text']} are saturated {WHEN[f['when']]}",
        _share,
        "of the values have |z| of 5 or more",
        "a layer is saturated where more than half of its values have |z| of at least 5 (DeepDiagnosis)",
        "scale the inputs to mean 0 and deviation 1, start with smaller weights, or lower the rate",
    ),
    "symmetric": Words(
        "symmetric-units",
        lambda f: (
            f"the {f['units']} units of {f['text']} are copies of one another, before training and after it"
        ),
        figure,
        "of the largest value is what units differ by at most",
        "copies are units that differ by less than 1e-9 of the largest value for every sample",
        "draw the weights at random",
    ),
    "vanishing": Words(
        "vanishing-gradient",
        lambda f: f"the gradient of {f['parameters'][0]} is {figure(f['own'])} of that of {f['text']}",
        figure,
        "is the first layer's gradient over the last one's",
        "it has vanished below 1e-3 of the last, and 1e-4 by itself (AutoTrainer)",
        "start from weights with variance 1/fan_in, or use tanh or relu",
    ),
    "exploding": Words(
        "exploding-gradient",
        lambda f: f"the first update of {f['text']} is {figure(f['own'])} times {f['text']} itself",
        figure,
        "times the weights is the size of their update",
        "at most 0.1 is usual (TheDeepChecker, DeepDiagnosis), above 1 nothing is left of the start",
        "start from smaller weights, scale the inputs, or clip the norm of the whole gradient",
    ),
    "stuck": Words(
        "stuck-loss",
        lambda f: f"training leaves {f['own']:.4%} of the loss",
        lambda left: f"{left:.4%}",
        "of the loss is left",
        "a loss stands still where less than 0.1% of it goes (Amazon SageMaker Debugger)",
        "look at the gradient, then at whether the parameters move, then at how far",
    ),
    "oscillating": Words(
        "oscillating-loss",
        lambda f: f"the loss over all data rises in {f['own']:.0%} of the first {f['text']} steps",
        _share,
        "of the steps raise it",
        "it swings where at least 25% of the steps raise it (AutoTrainer: 20% of the epochs)",
        "lower the rate",
    ),
}
REMOVED = {
    "zero": "from an ordinary random start",
    "constant": "from an ordinary random start",
    "small": "with the same weights at the ordinary deviation",
    "large": "with the same weights at the ordinary deviation",
    "one-sided": "with the same weights around 0",
    "biases": "with those biases at 0",
    "inputs": "with the inputs at mean 0 and deviation 1",
    "rate-high": "with the lower rate",
    "rate-low": "with the higher rate",
    "penalty": "without the penalty",
    "gradient": "with the gradient repaired",
}


def symptoms(evidence: Evidence, causes: Sequence[Finding], mended: Sequence[Mended]) -> list[Finding]:
    """One finding for each kind of symptom, with the cause that was shown to lead to it."""
    findings: list[Finding] = []
    for kind, words in WORDS.items():
        seen = [fact for fact in evidence.fact("symptom_audit", "symptoms", []) if fact["symptom"] == kind]
        known = [fact for fact in (_explained(evidence, fact) for fact in seen) if fact is not None]
        if known:
            findings.append(_finding(words, known, evidence, causes, mended))
    return findings


def _explained(evidence: Evidence, fact: Fact) -> Fact | None:
    """A fact with its cause; None for what training did to a layer where nothing shows why."""
    if fact["cause"] or fact["when"] == "start":
        return fact
    after = evidence.fact("symptom_audit_repaired", "after", [])
    place = fact.get("place", len(after))
    other = after[place][fact["symptom"]] if place < len(after) else fact["own"]
    return {**fact, "cause": "gradient", "other": other} if other < 0.5 * fact["own"] else None


def _finding(
    words: Words,
    facts: Sequence[Fact],
    evidence: Evidence,
    causes: Sequence[Finding],
    mended: Sequence[Mended],
) -> Finding:
    fact = facts[0]
    cause = _cause_of(fact, causes)
    stuck = evidence.fact("start_audit", "stuck", [])
    biases = next((f for f in stuck if f["kind"] == fact["cause"] == "biases"), None)
    fix = fix_of(evidence, mended, "start_audit", biases, "starts that keep training") if biases else None
    own = [line for f in facts for line in [f["line"]] if line]
    first = biases["lines"] if biases else cause.lines if cause is not None and not own else ()
    lines = list(dict.fromkeys([*first, *own]))
    removed = REMOVED.get(fact["cause"], "")
    by = f" because {biases['parameters'][0]} starts at {figure(biases['figure'])}" if biases else ""
    without = f", and {words.figure(fact['other'])} {removed}" if removed else ""
    measured = [f"{words.figure(fact['own'])} {words.unit}{without}", words.bound]
    quiet = not removed and words.name == "saturated-units"
    found = finding_of(
        words.name,
        evidence,
        message=f"{words.message(fact)}{by}",
        confidence=0.96 if removed else 0.8,
        lines=lines,
        labels=[
            line_label(evidence.source, line, "", primary=place == 0) for place, line in enumerate(lines[:4])
        ],
        parameters=biases["parameters"] if biases else fact["parameters"],
        measured=measured,
        fix=fix,
        advice="" if fix is not None else words.advice,
        **({"severity": Severity.NOTE} if quiet else {}),
    )
    return replace(found, explained_by=cause.code) if cause is not None else found


def _cause_of(fact: Fact, causes: Sequence[Finding]) -> Finding | None:
    """The finding that names what removed the symptom."""
    if fact["cause"] == "gradient":
        return next((f for f in causes if f.kind is Kind.FAULT and f.severity is not Severity.NOTE), None)
    return next((f for f in causes if f.name == NAMES.get(fact["cause"])), None)


def _count(fact: Fact) -> str:
    return f"{round(fact['own'] * fact['units'])} of the {fact['units']} units"
