"""Faults that a gradient check passes, each from the audit that found it: one row of the table a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.diagnosis.judge.mended import fix_of
from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label
from gradcheck.diagnosis.patches import changed_lines, original_line
from gradcheck.findings import Evidence, Finding, Severity
from gradcheck.repair.mended import Mended

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """How a fact of an audit becomes a finding.

    Attributes:
        audit: the experiment's name.
        key: the fact that lists what it found.
        name: the fault's name for one thing found; empty where it is none.
        message: what is wrong here.
        measured: what was measured, a sentence.
        measure: what the fix is judged by.
    """

    audit: str
    key: str
    name: Callable[[Fact, Evidence], str]
    message: Callable[[Fact], str]
    measured: Callable[[Fact], str]
    measure: str


def audited(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of all audits in the table; what is found several times over is told once."""
    findings: list[Finding] = []
    for row in TABLE:
        found = [fact for fact in evidence.fact(row.audit, row.key, []) if row.name(fact, evidence)]
        if found:
            findings.append(_finding(row, found, evidence, mended))
    return findings


def _finding(row: Row, found: Sequence[Fact], evidence: Evidence, mended: Sequence[Mended]) -> Finding:
    fact = found[0]
    name = row.name(fact, evidence)
    fix = next((patch for f in found if (patch := fix_of(evidence, mended, row.audit, f, row.measure))), None)
    lines = [line for step in mended if step.audit == row.audit for line in _lines(evidence, step)]
    lines = list(dict.fromkeys([*lines, *(int(f["line"]) for f in found if f.get("line"))]))
    quiet = name == "exp-overflow" and evidence.fact("train_copy", "finite", True)
    return finding_of(
        name,
        evidence,
        message=row.message(fact),
        confidence=0.95 if fix is not None else 0.85,
        lines=lines,
        labels=[line_label(evidence.source, line, "", primary=True) for line in lines[:2]],
        parameters=[f["parameter"] for f in found if "parameter" in f],
        measured=[row.measured(f) for f in found[:3]],
        fix=fix,
        **({"severity": Severity.NOTE} if quiet else {}),
    )


def _lines(evidence: Evidence, step: Mended) -> list[int]:
    """The lines of the original that a repair changes."""
    changed = changed_lines(step.before, step.after)
    return [original_line(evidence.source, step.before, line) for line in changed]


def _softmax(fact: Fact, _evidence: Evidence) -> str:
    """One row far from zero overflows for want of any shift; two rows far apart, for want of a shift of their own."""
    if not fact["alone"]:
        return "exp-overflow"
    return "softmax-shift-whole-batch" if not fact["together"] else ""


def _unmoved(fact: Fact, evidence: Evidence) -> str:
    integers = {f["parameter"] for f in evidence.fact("parameter_dtypes", "integers", [])}
    moved = any(evidence.fact("update_audit", "changed", {}).values())
    known = evidence.fact("update_watch", "unregistered", [])
    told = {name for other in known for name in other["parameters"]}
    return "update-discarded" if moved and fact["parameter"] not in integers | told else ""


TABLE = (
    Row(
        "broadcast_audit",
        "crossed",
        lambda _fact, _evidence: "broadcast-loss",
        lambda fact: f"{fact['text']} makes a matrix of every sample against every other",
        lambda fact: f"line {fact['line']}: a column of shape (N, 1) meets a vector of shape (N,)",
        "operations that cross a column with a vector",
    ),
    Row(
        "softmax_audit",
        "unstable",
        _softmax,
        lambda fact: f"{fact['function']} overflows for logits that a softmax can take",
        lambda fact: (
            "with one row of logits at 2000 it gives nan"
            if not fact["alone"]
            else "with one row of logits at 0 and one at 2000 it gives nan, though either alone is fine"
        ),
        "softmax functions that overflow",
    ),
    Row(
        "optimiser_audit",
        "faulty",
        lambda _fact, _evidence: "adam-bias-correction",
        lambda fact: (
            f"{fact['name']}.{fact['method']} does not step by its rate when the gradient stays the same"
        ),
        lambda fact: (
            f"for a constant gradient its steps are {', '.join(figure(step) for step in fact['steps'][:4])} times "
            "the rate; Adam's are 1, 1, 1, 1"
        ),
        "optimisers whose first steps are off",
    ),
    Row(
        "dropout_audit",
        "masks",
        lambda _fact, _evidence: "dropout-unscaled",
        lambda fact: f"{fact['function']} changes the mean of what it lets through",
        lambda fact: (
            f"over 40,000 units, the mean with the mask is {figure(fact['ratio'])} times that without"
        ),
        "masks that change the mean",
    ),
    Row(
        "parameter_dtypes",
        "integers",
        lambda _fact, _evidence: "integer-parameters",
        lambda fact: f"{fact['parameter']} holds whole numbers: every update assigned into it is cut off",
        lambda fact: f"{fact['parameter']} starts with dtype {fact['dtype']}",
        "parameters of whole numbers",
    ),
    Row(
        "update_audit",
        "unmoved",
        _unmoved,
        lambda fact: f"an update leaves {fact['parameter']} exactly as it was",
        lambda fact: (
            f"{fact['parameter']} is equal bit for bit before and after, though the loss has a slope there"
        ),
        "parameters that an update does not move",
    ),
)
