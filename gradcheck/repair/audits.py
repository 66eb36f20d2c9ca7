"""Repairs that an audit judges: a copy taken where an array was shared, and the audit run again."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.experiments import Lab, open_lab
from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.findings import Observation
from gradcheck.repair.candidate import Splice, apply_splices
from gradcheck.subject.wiring import Wiring
from gradcheck.trace import SourceMap

Audit = Callable[[Lab], Observation]


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair of something an audit found.

    Attributes:
        audit: the experiment's name.
        line: the line it changes, in the source it was made to.
        before: that source.
        after: the source after it.
        remaining: how many of the audit's finds are left; one fewer than before.
    """

    audit: str
    line: int
    before: str
    after: str
    remaining: int


def mend_audits(path: str, source: str, wiring: Wiring, seed: int) -> list[Mended]:
    """Copies where the audits found sharing, one after another, each kept only if its audit finds one less."""
    mended: list[Mended] = []
    for audit, key in ((alias_audit, "writes"), (snapshot_audit, "snapshots")):
        while True:
            lab = open_lab(path, source, wiring, seed)
            found = audit(lab).facts[key]
            steps = (_mend(lab, audit, key, fact, len(found)) for fact in found)
            step = next((step for step in steps if step is not None), None)
            if step is None:
                break
            mended.append(step)
            source = step.after
    return mended


def _mend(lab: Lab, audit: Audit, key: str, fact: Mapping[str, Any], count: int) -> Mended | None:
    """Copy what a fact says is shared, and keep that if the audit then finds less and no gradient changed."""
    line = fact.get("bound", fact["line"])
    splices = _copies(SourceMap(lab.source), line, fact.get("texts"))
    if not splices:
        return None
    after = apply_splices(lab.source, splices)
    other = replace(lab, source=after)
    try:
        observation = audit(other)
        verdicts = [{n: c.verdict for n, c in which.comparisons.items()} for which in (lab, other)]
    except GradcheckError:
        return None
    remaining = len(observation.facts[key])
    if remaining >= count or verdicts[0] != verdicts[1]:
        return None
    return Mended(observation.experiment, line, lab.source, after, remaining)


def _copies(source: SourceMap, line: int, texts: list[str] | None) -> list[Splice]:
    """A copy of every plain name or attribute on the right of the assignment at a line, or of those with `texts`."""
    for site in source.sites:
        if isinstance(site.node, ast.Assign) and site.line == line:
            return [
                _copy(source, node)
                for node in _plain_parts(site.node.value)
                if texts is None or source.text(source.site_of(node)) in texts
            ]
    return []


def _copy(source: SourceMap, node: ast.expr) -> Splice:
    end = source.span(node)[1]
    return Splice(end, end, ".copy()")


def _plain_parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        return [leaf for part in node.elts for leaf in _plain_parts(part)]
    if isinstance(node, ast.Dict):
        return [leaf for part in node.values for leaf in _plain_parts(part)]
    return [node] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else []
