"""Faults of the figures that a network is judged by, none of which touches its training; one row each."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended


def evaluated(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


def _compared(fact: Fact) -> str:
    figures = f"{figure(fact['first'])} and {figure(fact['second'])}"
    why = (
        f"with {fact['scalar']} = 0 both are {figure(fact['without'])}"
        if fact["scalar"]
        else "they differ by the same for other samples, and by four times that at twice the weights"
    )
    return f"for the same samples taken as both sets its figures are {figures}; {why}"


TABLE = (
    Row(
        "average_audit",
        "unequal",
        always("unequal-batches-averaged"),
        lambda fact, _names: f"{fact['function']} weighs a smaller last batch like a full one",
        lambda fact: (
            f"reordering the samples changes the result by {fact['uneven']:.0%} where the last batch is smaller "
            f"than {fact['batch']}, and by {figure(fact['even'])} where all are full"
        ),
        "weigh each batch by its size, or collect sums and divide once",
        unless=lambda evidence: bool(evidence.fact("batch_audit", "summed", [])),  # sums need no weights
    ),
    Row(
        "prediction_audit",
        "across",
        always("argmax-axis"),
        lambda fact, _names: f"{fact['text']} runs over the samples, not over the classes",
        lambda fact: (
            f"for {fact['samples']} samples it gives {fact['classes']} numbers; with one sample less its operand is "
            f"shorter along the axis that it runs over"
        ),
        "take the argmax along the other axis",
    ),
    Row(
        "prediction_audit",
        "crossed",
        always("accuracy-broadcast"),
        lambda fact, _names: f"{fact['text']} compares every prediction with every label",
        lambda fact: (
            f"a column meets a vector: {fact['samples']} samples make a table of {fact['samples']} x "
            f"{fact['samples']}"
        ),
        "flatten both sides before comparing",
        0.95,
    ),
    Row(
        "report_audit",
        "penalised",
        always("penalised-comparison"),
        lambda fact, _names: f"{fact['function']} compares a loss with the penalty to one without",
        _compared,
        "report the loss of the data for both sets, and the penalty by itself",
    ),
    Row(
        "norm_audit",
        "cleared",
        always("norm-after-clear"),
        lambda fact, _names: f"{fact['target']} is made of gradients that have been cleared",
        lambda fact: (
            f"it is exactly 0 in each of {fact['rounds']} rounds, though the arrays it reads held up to "
            f"{figure(fact['before'])} before"
        ),
        "measure right behind the backward pass, before the gradients are cleared",
    ),
)
