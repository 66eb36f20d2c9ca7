"""Faults of floating-point numbers and of where a check stands, each from its experiment; one row of the table each."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.diagnosis.judge.starts import MESSAGES, NAMES
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended


def floats(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


def _only_in_training(fact: Fact) -> bool:
    """Dropout, or noise that the outputs are free of: training may draw, and a check replays what it drew."""
    return bool(fact["mask"]) or not fact["outputs"]


TABLE = (
    Row(
        "clamp_audit",
        "clamped",
        lambda fact: NAMES.get(fact["cause"], "clipped-probabilities"),
        lambda fact, names: (
            MESSAGES[fact["cause"]].format(names=names, figure=figure(fact["figure"]))
            if fact["cause"]
            else f"{fact['text']} makes the loss constant where the network is most wrong"
        ),
        lambda fact: (
            f"{fact['clipped']} of {fact['entries']} entries of {fact['of']} lie beyond {figure(fact['floor'])}, the "
            f"least at {figure(fact['least'])}: there the loss has no slope, and the gradient has one"
            + ("; none do from an ordinary start" if fact["cause"] else "")
        ),
        "log p_y = z_y - max z - log Σ exp(z - max z) needs no clipping",
        0.93,
    ),
    Row(
        "clamp_audit",
        "later",
        always("clipped-probabilities"),
        lambda fact, _names: f"{fact['text']} makes the loss constant where the network is most wrong",
        lambda fact: (
            f"where training ends, {fact['clipped']} of {fact['entries']} entries of {fact['of']} lie beyond "
            f"{figure(fact['floor'])}, and the slope along the gradient is off by {figure(fact['off'])}"
        ),
        "log p_y = z_y - max z - log Σ exp(z - max z) needs no clipping",
        0.93,
    ),
    Row(
        "precision_audit",
        "rounded",
        always("single-precision-check"),
        lambda fact, _names: f"the loss is rounded to {fact['dtype']}: too coarse for differences",
        lambda fact: (
            f"{fact['text']} has relative rounding errors of {figure(fact['unit'])}, where double precision has "
            "1.1e-16; over a step h a difference of two losses is off by that over h"
        ),
        "check in float64: cast parameters and data once, at the start",
        0.95,
    ),
    Row(
        "kink_audit",
        "kinks",
        always("check-at-kink"),
        lambda _fact, names: f"the loss has two slopes in {names} where the check stands",
        lambda fact: (
            f"{fact['ties']} of {fact['entries']} numbers that {fact['text']} decides on are exact ties, and the "
            "one-sided differences stay apart as the step shrinks"
            if fact["text"]
            else "the one-sided differences stay apart as the step shrinks"
        ),
        "any value between the two slopes is right; to compare, move the point by a little",
        0.95,
    ),
    Row(
        "chance_audit",
        "random",
        always("nondeterministic-loss"),
        lambda fact, _names: f"two calls of the loss give two values: {fact['text']} is drawn anew",
        lambda fact: (
            f"{figure(fact['first'])} and {figure(fact['second'])} at the same parameters and data; with the "
            "generators put back in between they are equal"
        ),
        "draw outside of the loss and pass in what was drawn, or seed the generator at the start of each call",
        0.95,
        quiet=_only_in_training,
    ),
    Row(
        "dominance_audit",
        "dominated",
        always("degenerate-check-point"),
        lambda _fact, names: (
            f"the gradient of {names} is nearly all penalty: a check here says little of the data's"
        ),
        lambda fact: (
            f"with {fact['scalar']} = {figure(fact['value'])} the data's part is at most {fact['share']:.2%} of the "
            "gradient of any weight matrix: a fault in it stays below the tolerance of 1e-2 that courses use"
        ),
        "check with the penalty at 0 and random weights, then once more with it",
        0.9,
        unless=lambda evidence: bool(evidence.wrong),
    ),
    Row(
        "truncation_audit",
        "truncated",
        always("truncated-delta"),
        lambda fact, _names: (
            f"{fact['target']} is an array of integers: every fraction written into it is cut off"
        ),
        lambda fact: (
            f"line {fact['line']} writes numbers with fractions up to {figure(fact['lost'])} into {fact['dtype']}"
        ),
        "make it an array of floats: np.zeros(shape), or labels with dtype=float",
        0.95,
    ),
    Row(
        "logarithm_audit",
        "unsafe",
        always("log-of-zero"),
        lambda fact, _names: f"{fact['text']} is infinite where a probability underflows",
        lambda fact: (
            f"{fact['function']} of this file gives the same numbers from {fact['logits'][0]}, and stays finite for "
            "logits 2000 apart, where a softmax gives exactly 0"
        ),
        "log p_y = z_y - max z - log Σ exp(z - max z)",
        0.9,
    ),
    Row(
        "logarithm_audit",
        "latent",
        always("log-of-zero"),
        lambda fact, _names: f"{fact['text']} is taken of 0 once the weights have grown",
        lambda fact: (
            f"the loss is {fact['loss']} at {figure(fact['grown'])} times the weights that training ends with"
        ),
        "take the logarithm from the logits, log p_y = z_y - max z - log Σ exp(z - max z), or of p + 1e-12",
        0.9,
        quiet=lambda _fact: True,
        unless=lambda evidence: bool(evidence.fact("finiteness_audit", "lost", [])),
    ),
)
