"""A table of rules: each row says how the facts of one kind, from one experiment, become a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.diagnosis.judge.mended import fix_of
from gradcheck.diagnosis.judge.parts import finding_of, line_label, listed
from gradcheck.faults import find
from gradcheck.findings import Evidence, Finding, Severity
from gradcheck.repair.mended import Mended

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """How the facts of one kind become a finding.

    Attributes:
        audit: the experiment's name.
        key: the fact that lists them.
        name: the fault's name, for a fact.
        message: what is wrong, from a fact and from all the parameters it concerns.
        measured: what was measured, a sentence.
        advice: what to do, where no patch is offered.
        confidence: how often such a finding is right.
        quiet: whether a fact is worth a note only.
        unless: whether other evidence has a better explanation.
        facts: which facts there are, where that is not simply all under the key.
    """

    audit: str
    key: str
    name: Callable[[Fact], str]
    message: Callable[[Fact, str], str]
    measured: Callable[[Fact], str]
    advice: str
    confidence: float = 0.9
    quiet: Callable[[Fact], bool] = lambda _fact: False
    unless: Callable[[Evidence], bool] = lambda _evidence: False
    facts: Callable[[Evidence], Sequence[Fact]] | None = None

    def seen(self, evidence: Evidence) -> Sequence[Fact]:
        """The facts that this row tells."""
        if self.unless(evidence):
            return []
        return self.facts(evidence) if self.facts is not None else evidence.fact(self.audit, self.key, [])


def told(table: Sequence[Row], evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of all rows, one for each fault that was seen, with every line and parameter it was seen at."""
    findings: list[Finding] = []
    for row in table:
        facts = row.seen(evidence)
        for name in dict.fromkeys(row.name(fact) for fact in facts):
            mine = [fact for fact in facts if row.name(fact) == name]
            findings.append(_finding(row, name, mine, evidence, mended))
    return findings


def _finding(
    row: Row, name: str, facts: Sequence[Fact], evidence: Evidence, mended: Sequence[Mended]
) -> Finding:
    lines = list(dict.fromkeys(line for fact in facts for line in _lines(fact)))
    parameters = list(dict.fromkeys(name for fact in facts for name in fact.get("parameters", [])))
    found = (fix_of(evidence, mended, row.audit, fact, f"places with {name}") for fact in facts)
    fix = next((patch for patch in found if patch is not None), None)
    quiet = all(row.quiet(fact) for fact in facts)
    return finding_of(
        name,
        evidence,
        message=row.message(facts[0], listed(parameters)),
        confidence=0.95 if fix is not None else row.confidence,
        lines=lines,
        labels=[
            line_label(evidence.source, line, "", primary=place == 0) for place, line in enumerate(lines[:4])
        ],
        parameters=parameters,
        measured=list(dict.fromkeys(row.measured(fact) for fact in facts))[:3],
        algebra="" if fix is not None else find(name).algebra,
        fix=fix,
        advice="" if fix is not None else row.advice,
        **({"severity": Severity.NOTE} if quiet else {}),
    )


def _lines(fact: Fact) -> Sequence[int]:
    """The lines that a fact names; none where its place is not known."""
    lines: Sequence[int] = fact["lines"] if "lines" in fact else [fact["line"]]
    return [line for line in lines if line]


def always(name: str) -> Callable[[Fact], str]:
    """The same name for every fact."""
    return lambda _fact: name
