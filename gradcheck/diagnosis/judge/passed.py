"""Weights drawn badly: faults of a start that a gradient check passes; one row of the table each."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Row, always, told
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended


def passed(evidence: Evidence, mended: Sequence[Mended] = ()) -> list[Finding]:
    """The findings of the table below.

    Weights that are all alike are told once: where training from another start has shown them up, that says more.
    """
    return told(TABLE, evidence, mended)


TABLE = (
    Row(
        "draw_audit",
        "one_sided",
        always("one-sided-initialisation"),
        lambda _fact, names: f"the entries of {names} start on one side of 0",
        lambda fact: (
            f"all {fact['entries']} entries of {fact['parameters'][0]} lie in [{figure(fact['least'])}, "
            f"{figure(fact['most'])}]; a draw around 0 does that with a chance of 2^-{fact['entries'] - 1}"
        ),
        "draw around 0: rng.normal(size=shape) / sqrt(fan_in)",
    ),
    Row(
        "draw_audit",
        "reused",
        always("reused-seed"),
        lambda _fact, names: f"{names} start with the same random numbers",
        lambda fact: (
            f"the first {fact['shared']} numbers of {fact['parameters'][1]} are {figure(fact['ratio'])} times those of "
            f"{fact['parameters'][0]}, to nine digits"
        ),
        "draw all parameters from one generator, made once",
        0.95,
    ),
    Row(
        "draw_audit",
        "alike",
        always("constant-initialisation"),
        lambda _fact, names: f"every entry of {names} starts at one value, so all hidden units are one",
        lambda fact: (
            f"{fact['parameters'][0]} is {figure(fact['value'])} throughout, and the measured gradients of "
            f"its units differ by {figure(fact['apart'])} of the largest entry"
        ),
        "draw the weights at random: rng.normal(size=shape) / sqrt(fan_in)",
        0.95,
        unless=lambda evidence: any(
            fact["kind"] in {"zero", "constant"} for fact in evidence.fact("start_audit", "stuck", [])
        ),
    ),
)
