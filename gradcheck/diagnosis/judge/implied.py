"""A loss and a delta that do not belong together: both are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.diagnosis.answers import Related
from gradcheck.diagnosis.judge.located import unrepaired
from gradcheck.diagnosis.judge.parts import finding_of, line_label
from gradcheck.faults import find
from gradcheck.findings import Evidence, Family, Finding, Severity

SURE = 0.95
NAME = "output-delta-wrong"
SHOWN = "show what is trained on: another loss need not fall with it"
BOTH = "take for the loss what the gradient belongs to ({}), or differentiate the loss as it is written"
CONCERNED = (Family.OUTPUT_DELTA, Family.LOSS)


def disagreeing(evidence: Evidence, wrong: Sequence[str], related: Related) -> list[Finding]:
    """What is wrong with gradients that nothing repaired, told as which loss they belong to where that is known."""
    general = unrepaired(evidence, wrong, related)
    shown = evidence.fact("implied_loss", "shown")
    if shown is None or not (shown or general) or evidence.fact("target_audit", "binary", []):
        return general
    found = general[0] if general else None
    facts = evidence.observations["implied_loss"].facts
    delta, loss = _delta(evidence, found.lines if found else ()), tuple(facts["lines"])
    first, second = (delta, loss) if delta else (loss, delta)
    said = {**dict.fromkeys(delta, "the delta of the output"), **dict.fromkeys(loss, "the loss")}
    return [
        finding_of(
            NAME,
            evidence,
            message=f"the loss {'shown ' if shown else ''}is {facts['told']}, the gradient that of {facts['implied']}",
            confidence=SURE,
            lines=(*first, *second),
            labels=[line_label(evidence.source, n, said[n], primary=n in first) for n in (*first, *second)],
            parameters=found.parameters if found else (),
            measured=[f"every gradient is that of `{facts['text']}`", *(found.evidence[:2] if found else ())],
            algebra=find(NAME).algebra,
            severity=Severity.NOTE if shown else find(NAME).severity,
            advice=SHOWN if shown else BOTH.format(facts["implied"]),
        )
    ]


def _delta(evidence: Evidence, suspects: Sequence[int]) -> tuple[int, ...]:
    """The line of the delta among lines that feed all gradients: the first that takes a difference, `p - y`."""
    rows = evidence.source.split("\n")
    return tuple(
        ([line for line in suspects if " - " in rows[line - 1] or "-=" in rows[line - 1]] or [*suspects])[:1]
    )


def with_implied(findings: Sequence[Finding], evidence: Evidence) -> list[Finding]:
    """Findings of repaired deltas, with the loss that the delta belonged to."""
    implied = evidence.fact("implied_loss", "implied")
    if implied is None or evidence.fact("implied_loss", "shown"):
        return list(findings)
    sentence = (
        f"the gradient as it stands is that of {implied}; the loss is {evidence.fact('implied_loss', 'told')}"
    )
    return [
        replace(f, evidence=(*f.evidence, sentence)) if f.family in CONCERNED and f.fix else f
        for f in findings
    ]
