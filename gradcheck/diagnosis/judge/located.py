"""Wrong gradients that no edit makes right: what can be said of them, and of which lines, all the same."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.answers import Related
from gradcheck.diagnosis.judge.gradient import LIKELY, lines_in_loss, measured_of
from gradcheck.diagnosis.judge.mended import fix_of
from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label, listed
from gradcheck.diagnosis.naming import relation_name
from gradcheck.faults import find
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended

LOCATED = 0.5


def without_effect(evidence: Evidence, mended: Sequence[Mended] = ()) -> list[Finding]:
    """Parameters that the loss does not depend on: a fault of the forward pass, and never of the gradient."""
    names = _unaffected(evidence)
    if not names:
        return []
    matrices = [name for name in names if len([n for n in evidence.comparisons[name].shape if n > 1]) > 1]
    every = len(names) == len(evidence.comparisons)
    read = evidence.fact("read_audit", "lines", {})
    lines = [] if every else list(dict.fromkeys(line for name in names for line in read.get(name, [])))[:3]
    name = "prediction-ignored" if every else "layer-bypassed" if matrices else "bias-not-added"
    unread = [f for f in evidence.fact("read_audit", "unread", []) if f["parameter"] in names]
    fixes = (fix_of(evidence, mended, "read_audit", fact, "parameters without effect") for fact in unread)
    fix = next((patch for patch in fixes if patch is not None), None)
    return [
        finding_of(
            name,
            evidence,
            message=f"the loss does not depend on {listed(names)}",
            confidence=0.9,
            lines=lines,
            labels=[line_label(evidence.source, line, "", primary=True) for line in lines[:1]],
            parameters=names,
            measured=[
                f"{p}: the true gradient is 0 wherever it was measured, yours is not" for p in names[:2]
            ],
            algebra=find(name).algebra,
            fix=fix,
            advice="" if fix is not None else find(name).fix,
        )
    ]


def _unaffected(evidence: Evidence) -> list[str]:
    fits = evidence.fact("residual_fits", "fits", {})
    return [name for name in evidence.wrong if "no_effect" in fits.get(name, {})]


def unrepaired(evidence: Evidence, wrong: Sequence[str], related: Related | None = None) -> list[Finding]:
    """What can be said of gradients for which no edit verified: what they are to the true ones, and where.

    Args:
        evidence: what was measured.
        wrong: the parameters.
        related: what their gradients, and the deltas behind them, are to the true ones, where that was asked.
    """
    wrong = [name for name in wrong if name not in _unaffected(evidence)]
    if not wrong:
        return []
    related = related or Related()
    measured = relation_name(evidence, wrong, related)
    name = measured or _place_name(evidence, wrong)
    lines = _suspects(evidence, wrong)
    if measured and related.delta.get("line"):
        lines = [related.delta["line"], *(line for line in lines if line != related.delta["line"])]
    lines = [*lines[:3], *lines_in_loss(name, evidence, wrong)]
    reasons = [f"{p}: {evidence.comparisons[p].reason}" for p in wrong if evidence.comparisons[p].reason][:2]
    return [
        finding_of(
            name,
            evidence,
            message=f"the gradient of {listed(wrong)} is not that of the loss",
            confidence=LIKELY if measured else LOCATED,
            lines=list(dict.fromkeys(lines)),
            labels=[line_label(evidence.source, line, "", primary=True) for line in lines[:1]],
            parameters=wrong,
            measured=[*measured_of(name, evidence, wrong), *reasons, *_fitted(evidence, wrong)],
            algebra=find(name).algebra,
            advice="no edit that was tried makes it right; the lines named feed exactly the wrong gradients",
        )
    ]


def _place_name(evidence: Evidence, wrong: Sequence[str]) -> str:
    """The name of a fault at the place that exactly the wrong gradients pass through."""
    zero = [p for p in wrong if "zero" in evidence.fact("residual_fits", "fits", {}).get(p, {})]
    if len(wrong) == 1:
        vector = len([n for n in evidence.comparisons[wrong[0]].shape if n > 1]) < 2
        if vector:
            return "bias-gradient-missing" if zero else "bias-gradient-wrong"
        return "weight-gradient-wrong"
    if set(wrong) >= set(evidence.comparisons):
        return "output-delta-wrong"
    return "detached-hidden-layer" if set(zero) == set(wrong) else "hidden-delta-wrong"


def _suspects(evidence: Evidence, wrong: Sequence[str]) -> list[int]:
    """Lines whose value feeds exactly the wrong gradients, in the order of the run; else those that come nearest."""
    reach = evidence.fact("influence_map", "lines", {})
    exact = [line for line, names in reach.items() if set(names) == set(wrong)]
    most = sorted(
        (line for line, names in reach.items() if names), key=lambda line: -_overlap(reach[line], wrong)
    )
    return exact or most


def _overlap(names: Sequence[str], wrong: Sequence[str]) -> float:
    return len(set(names) & set(wrong)) / len(set(names) | set(wrong))


def _fitted(evidence: Evidence, wrong: Sequence[str]) -> list[str]:
    sentences = []
    for name in wrong:
        fit = evidence.fact("residual_fits", "fits", {}).get(name, {})
        if "zero" in fit:
            sentences.append(f"{name}: your gradient is exactly 0")
        elif "no_effect" in fit:
            sentences.append(f"{name}: the loss does not depend on it, your gradient is not 0")
        elif "ratio" in fit:
            sentences.append(f"{name}: your gradient is {figure(fit['ratio'])} times the true one")
        elif "weights" in fit:
            sentences.append(f"{name}: your gradient is off by {figure(fit['weights'])} {name}")
        elif "transposed" in fit:
            sentences.append(f"{name}: your gradient holds the right numbers in the wrong places")
        elif "shape" in fit:
            sentences.append(f"{name}: your gradient has shape {tuple(fit['shape'])}")
    return sentences[:3]
