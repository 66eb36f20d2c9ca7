"""The fix of something that an audit found, where a recipe mended it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.diagnosis.patches import alone, unified_diff
from gradcheck.findings import Evidence, Patch
from gradcheck.repair.mended import Mended

PLACES = frozenset({"line", "bound", "used", "read_later"})
# What moves when an earlier repair adds or removes lines.


def fix_of(
    evidence: Evidence, mended: Sequence[Mended], audit: str, fact: Mapping[str, Any], measure: str
) -> Patch | None:
    """The patch of the repair that was made for a fact; None where none was."""
    for step in mended:
        if step.audit == audit and _same(step.fact, fact):
            text = alone(evidence.source, step.before, step.after)
            diff = unified_diff(evidence.source, text, evidence.target)
            return Patch(diff, verified=True, before=step.found, after=step.remaining, measure=measure)
    return None


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[key] == other.get(key) for key in one.keys() - PLACES)
