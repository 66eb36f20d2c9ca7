"""Starts from which training gets nowhere, and penalties and inputs that keep it there: causes shown by removal."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended

NAMES = {
    "zero": "zero-initialisation",
    "constant": "constant-initialisation",
    "small": "initialisation-too-small",
    "large": "initialisation-too-large",
    "one-sided": "one-sided-initialisation",
    "inputs": "unscaled-inputs",
    "rate-high": "learning-rate-too-high",
    "rate-low": "learning-rate-too-low",
    "penalty": "penalty-too-strong",
}
# What the experiments call a cause -> the catalogue's name for it. Biases far from zero have none: see symptoms.
MESSAGES = {
    "zero": "{names} start at exactly 0, so the hidden layer passes nothing on, and nothing back",
    "constant": "{names} start at one number throughout, so all units of a layer are one",
    "small": "{names} start with {figure} times the ordinary deviation: every layer shrinks what it is given",
    "large": "{figure} times the ordinary deviation is what {names} start with",
    "inputs": "the inputs are on a raw scale: their root mean square is {figure}",
}
CHANGES = {
    "zero": "from an ordinary random start",
    "constant": "from an ordinary random start",
    "small": "from the same numbers at the ordinary deviation",
    "large": "from the same numbers at the ordinary deviation",
    "inputs": "with the inputs at mean 0 and deviation 1",
}
ADVICE = {
    "inputs": "subtract the mean and divide by the deviation of the training set, feature by feature",
}


def starts(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


def _row(kind: str) -> Row:
    return Row(
        "start_audit",
        kind,
        always(NAMES[kind]),
        lambda fact, names: MESSAGES[kind].format(names=names, figure=figure(fact["figure"])),
        lambda fact: _measured(kind, fact),
        ADVICE.get(kind, "draw them around 0 with a variance of 1/fan_in (tanh, sigmoid) or 2/fan_in (relu)"),
        0.93,
        facts=lambda evidence: [f for f in evidence.fact("start_audit", "stuck", []) if f["kind"] == kind],
    )


def _measured(kind: str, fact: Fact) -> str:
    return (
        f"loss after training: {figure(fact['own'])} as the code stands, {figure(fact['other'])} {CHANGES[kind]}, "
        "with nothing else changed"
    )


TABLE = (
    *(_row(kind) for kind in MESSAGES),
    Row(
        "strength_audit",
        "strong",
        always("penalty-too-strong"),
        lambda fact, _names: (
            f"the penalty of strength {fact['scalar']} = {figure(fact['value'])} outweighs the data"
        ),
        lambda fact: (
            f"training takes the loss of the data alone from {figure(fact['before'])} to {figure(fact['own'])}, and to "
            f"{figure(fact['other'])} with {fact['scalar']} = 0 and nothing else changed"
        ),
        "divide it by ten until the data is learned; 1e-4 to 1e-2 of the mean loss is usual",
        0.9,
        unless=lambda evidence: bool(
            evidence.fact("parameter_dtypes", "integers", [])
        ),  # cut off, not drawn to 0
    ),
)
