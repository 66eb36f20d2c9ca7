"""Faults that leave the gradient right: mixed samples, softmax of a softmax, weights drawn badly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label, listed
from gradcheck.findings import Evidence, Finding

Fact = Mapping[str, Any]

COUPLED = {"axis": "softmax-axis", "whole": "softmax-whole-batch", "input": "batch-leak"}
COUPLED_MESSAGES = {
    "axis": "{text} sums to 1 over the samples, and not over the classes of each",
    "whole": "{text} sums to 1 over the whole batch, and not over the classes of each sample",
    "input": "{text} gives a sample another input for every batch that it comes in",
}
COUPLED_ADVICE = {
    "axis": "sum over the axis of the classes",
    "whole": "sum over the axis of the classes, with keepdims=True",
    "input": "take statistics once, from the training data, and use them for every batch",
}


@dataclass(frozen=True, slots=True)
class Row:
    """How a fact of one kind becomes a finding.

    Attributes:
        audit: the experiment's name.
        key: the fact that lists what it found.
        name: the fault's name, for a fact.
        message: what is wrong.
        measured: what was measured, a sentence.
        advice: what to do.
        confidence: how often such a finding is right.
    """

    audit: str
    key: str
    name: Callable[[Fact], str]
    message: Callable[[Fact], str]
    measured: Callable[[Fact], str]
    advice: Callable[[Fact], str]
    confidence: float


def passed(evidence: Evidence) -> list[Finding]:
    """The findings of the table below: one for each thing that an experiment found.

    Weights that are all alike are told once: where training from another start has shown them up, that says more.
    """
    told = {"alike"} if evidence.fact("start_audit", "stuck", []) else set()
    return [
        _finding(row, fact, evidence)
        for row in TABLE
        if row.key not in told
        for fact in evidence.fact(row.audit, row.key, [])
    ]


def _finding(row: Row, fact: Fact, evidence: Evidence) -> Finding:
    lines = fact.get("lines", [fact["line"]] if "line" in fact else [])
    return finding_of(
        row.name(fact),
        evidence,
        message=row.message(fact),
        confidence=row.confidence,
        lines=lines,
        labels=[
            line_label(evidence.source, line, "", primary=place == 0) for place, line in enumerate(lines[:4])
        ],
        parameters=fact.get("parameters", []),
        measured=[row.measured(fact)],
        advice=row.advice(fact),
    )


TABLE = (
    Row(
        "coupling_audit",
        "couplings",
        lambda fact: COUPLED[fact["kind"]],
        lambda fact: COUPLED_MESSAGES[fact["kind"]].format(text=fact["text"]),
        lambda fact: (
            f"with the first of {fact['samples']} samples changed and nothing else, outputs of the others change by "
            f"{figure(fact['change'])} of the largest output; line {fact['line']} is where they first meet"
        ),
        lambda fact: COUPLED_ADVICE[fact["kind"]],
        0.95,
    ),
    Row(
        "softmax_twice",
        "twice",
        lambda _fact: "double-softmax",
        lambda fact: f"{fact['text']} is the softmax of probabilities",
        lambda fact: (
            "what goes in lies between 0 and 1 and sums to 1 already, so no output can leave "
            f"[{figure(fact['low'])}, {figure(fact['high'])}]"
        ),
        lambda _fact: "give the softmax logits, and the loss the outputs of one softmax",
        0.95,
    ),
    Row(
        "draw_audit",
        "one_sided",
        lambda _fact: "one-sided-initialisation",
        lambda fact: f"{listed(fact['parameters'])} starts with {fact['sign']} entries only",
        lambda fact: (
            f"all {fact['entries']} entries lie in [{figure(fact['least'])}, {figure(fact['most'])}]; "
            f"a draw around 0 does that with a chance of 2^-{fact['entries'] - 1}"
        ),
        lambda _fact: "draw around 0: rng.normal(size=shape) / sqrt(fan_in)",
        0.9,
    ),
    Row(
        "draw_audit",
        "reused",
        lambda _fact: "reused-seed",
        lambda fact: f"{listed(fact['parameters'])} start with the same random numbers",
        lambda fact: (
            f"the first {fact['shared']} numbers of {fact['parameters'][1]} are {figure(fact['ratio'])} times those of "
            f"{fact['parameters'][0]}, to nine digits"
        ),
        lambda _fact: "draw all parameters from one generator, made once",
        0.95,
    ),
    Row(
        "draw_audit",
        "alike",
        lambda _fact: "constant-initialisation",
        lambda fact: (
            f"every entry of {listed(fact['parameters'])} starts at one value, so all hidden units are one"
        ),
        lambda fact: (
            f"{listed(fact['parameters'][:1])} is {figure(fact['value'])} throughout, and the measured gradients of "
            f"its units differ by {figure(fact['apart'])} of the largest entry"
        ),
        lambda _fact: "draw the weights at random: rng.normal(size=shape) / sqrt(fan_in)",
        0.95,
    ),
)
