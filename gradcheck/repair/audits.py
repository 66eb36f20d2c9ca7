"""Repairs that an audit judges: a copy taken where an array was shared, and the audit run again."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from gradcheck.errors import GradcheckError
from gradcheck.experiments import Lab, open_lab
from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.repair.candidate import Splice, apply_splices
from gradcheck.subject.wiring import Wiring
from gradcheck.trace import SourceMap


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
    for audit, key, line_key in ((alias_audit, "writes", "bound"), (snapshot_audit, "snapshots", "line")):
        while True:
            lab = open_lab(path, source, wiring, seed)
            found = audit(lab).facts[key]
            step = next(
                (m for fact in found if (m := _mend(lab, audit, key, fact[line_key], len(found)))), None
            )
            if step is None:
                break
            mended.append(step)
            source = step.after
    return mended


def _mend(lab: Lab, audit: object, key: str, line: int, count: int) -> Mended | None:
    splices = _copies(SourceMap(lab.source), line)
    if not splices:
        return None
    after = apply_splices(lab.source, splices)
    other = replace(lab, source=after)
    try:
        observation = audit(other)  # type: ignore[operator] # an experiment
        kept = {n: c.verdict for n, c in other.comparisons.items()} == {
            n: c.verdict for n, c in lab.comparisons.items()
        }
    except GradcheckError:
        return None
    remaining = len(observation.facts[key])
    if remaining >= count or not kept:
        return None
    return Mended(observation.experiment, line, lab.source, after, remaining)


def _copies(source: SourceMap, line: int) -> list[Splice]:
    """`.copy()` behind every plain name or attribute on the right of the assignment at a line."""
    for site in source.sites:
        if isinstance(site.node, ast.Assign) and site.line == line:
            return [
                Splice(end, end, ".copy()")
                for node in _plain_parts(site.node.value)
                for end in [source.span(node)[1]]
            ]
    return []


def _plain_parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        return [leaf for part in node.elts for leaf in _plain_parts(part)]
    if isinstance(node, ast.Dict):
        return [leaf for part in node.values for leaf in _plain_parts(part)]
    return [node] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else []
