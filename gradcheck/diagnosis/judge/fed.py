"""Faults of the data that a network is trained on: pairs, order, sets, labels, inputs; one row of the table each."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended


def fed(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


def _gradient_mixes(evidence: Evidence) -> bool:
    """Whether samples and labels are parted inside the gradient, which is then wrong and has a finding of its own."""
    return bool(evidence.wrong)


def _ignored(fact: Fact) -> str:
    if fact["kind"] == "unread":
        return "with random inputs in place of the samples the loss is the same to the last bit"
    made = f"; {fact['before']}, which it is made of, still tells them apart" if fact["before"] else ""
    return f"all {fact['samples']} samples are one and the same row{made}"


def _at(fact: Fact) -> str:
    return (
        f"{fact['text']} is the same for every sample"
        if fact["text"]
        else "the loss does not depend on the inputs"
    )


TABLE = (
    Row(
        "pairing_audit",
        "parted",
        always("shuffled-apart"),
        lambda fact, _names: (
            f"{fact['inputs']} and {fact['labels']} are shuffled apart: samples lose their labels"
        ),
        lambda fact: (
            f"at line {fact['line']} {fact['wrong']} of {fact['count']} samples stand beside the label of another"
        ),
        "draw one permutation and index both arrays with it",
        unless=_gradient_mixes,
    ),
    Row(
        "order_audit",
        "sorted",
        always("sorted-classes"),
        lambda fact, _names: f"{fact['function']} is given the samples class by class",
        lambda fact: (
            f"{fact['batches']} batches of up to {fact['size']} samples hold {fact['held']:.2f} of the "
            f"{fact['classes']} classes on average; drawn at random they would hold {fact['chance']:.2f}"
        ),
        "draw a new permutation of the samples in every epoch",
    ),
    Row(
        "split_audit",
        "leaked",
        always("leaked-test-data"),
        lambda fact, _names: f"{fact['test']} chooses samples that {fact['train']} has trained on",
        lambda fact: (
            f"{fact['shared']} of the {fact['count']} samples that {fact['test']} evaluates are among those that "
            f"{fact['train']} trains on"
        ),
        "let the two slices have no sample in common",
        0.95,
    ),
    Row(
        "split_audit",
        "scaled",
        always("scaled-apart"),
        lambda _fact, _names: "the test set is scaled by its own figures",
        lambda fact: (
            f"{fact['train']} samples for training and {fact['test']} others for testing both have {fact['scale']}, to "
            "nine digits, which one scale for both would give only one of them"
        ),
        "keep the figures of the training set, and scale the test set by them",
        0.95,
    ),
    Row(
        "shift_audit",
        "shifted",
        always("labels-off-by-one"),
        lambda fact, _names: f"what is learned is the label {fact['shift']:+d}",
        lambda fact: (
            f"after training {fact['right']:.0%} of the samples are given their own class, and {fact['moved']:.0%} "
            f"that class {fact['shift']:+d}, modulo {fact['classes']}"
        ),
        "index with the label as it is, where labels run from 0 to K - 1",
        0.95,
    ),
    Row(
        "blindness_audit",
        "ignored",
        always("input-ignored"),
        lambda fact, _names: _at(fact),
        _ignored,
        "look at the array that the first layer multiplies",
        0.95,
        unless=lambda evidence: bool(evidence.fact("loss_form", "ignored", [])),
    ),
)
