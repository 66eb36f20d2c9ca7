"""Names of what is wrong with a penalty, from its coefficients in the loss and in the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.diagnosis.answers import Repair
from gradcheck.diagnosis.naming.edits import NAME, pairs
from gradcheck.findings import Evidence

CLOSE = 1e-4
BY_RELATION = {"penalty-kind": "penalty-kind", "penalty-power": "penalty-gradient-wrong"}
BY_LOSS = {"norm": "norm-not-squared", "absolute": "penalty-kind"}
BY_RATIO = {-1.0: "penalty-sign", 0.5: "penalty-half", 2.0: "penalty-doubled"}

Terms = Mapping[str, Mapping[str, Any]]


def of_penalty(traits: Mapping[str, Any]) -> bool:
    """Whether it is a penalty's share of a gradient that is wrong."""
    relation = str(traits["relation"])
    return (bool(traits["penalty"]) and relation != "weights") or relation.startswith("penalty")


def penalty_name(repair: Repair, evidence: Evidence) -> str:
    """The name of what is wrong with the penalty that an edit repairs."""
    terms: Terms = evidence.fact("scale_penalty", "terms", {})
    spoiled = list(repair.edit.parameters)
    biases = {name for name, role in repair.traits["roles"].items() if role == "bias"}
    if spoiled and set(spoiled) <= biases:
        return bias_penalty_name(spoiled, terms)
    if kind := _by_kind(repair.traits, evidence):
        return kind
    named = next((_by_terms(name, terms) for name in spoiled or list(terms) if name in terms), "")
    if named == "penalty-gradient-wrong" and any("sign" in old for old in repair.removed):
        return "penalty-kind"
    if named in BY_RATIO.values() and _by_a_size(repair):
        return "penalty-scale"
    return named or _by_edit(repair, evidence)


def measured_penalty(name: str, traits: Mapping[str, Any], evidence: Evidence) -> str:
    """The name of what is wrong with one parameter's penalty, without a repair; empty where that is not clear."""
    terms: Terms = evidence.fact("scale_penalty", "terms", {})
    if traits["level"] == "bias":
        return bias_penalty_name([name], terms)
    return _by_kind(traits, evidence) or (_by_terms(name, terms) if name in terms else "")


def _by_kind(traits: Mapping[str, Any], evidence: Evidence) -> str:
    """The name where loss and gradient penalise different functions of the weights."""
    of_loss = BY_LOSS.get(evidence.fact("loss_form", "penalty", ""), "")
    return BY_RELATION.get(traits["relation"], "") or (of_loss if traits["relation"] == "penalty" else "")


def residual_penalty(names: Sequence[str], evidence: Evidence) -> str:
    """The name where all that is wrong with some vectors' gradients is a multiple of each vector itself; else empty."""
    fits = evidence.fact("residual_fits", "fits", {})
    names = [name for name in names if name in evidence.comparisons]
    shapes = [evidence.comparisons[name].shape for name in names]
    vectors = bool(names) and all(len([n for n in shape if n > 1]) < 2 for shape in shapes)
    off = [fits[name]["weights"] for name in names if "weights" in fits.get(name, {})]
    small = [name for name in names if evidence.comparisons[name].numerical_norm and not fits.get(name, {})]
    terms: Terms = evidence.fact("scale_penalty", "terms", {})
    if any(terms[name]["loss"] and terms[name]["code"] for name in names if name in terms):
        return ""  # a penalty of its own is there, in another size
    if vectors and all(
        np.prod(shape) == 1 and terms.get(n, {}).get("loss") for n, shape in zip(names, shapes, strict=True)
    ):
        return "bias-penalty-missing"  # a single number, of which any other is a multiple
    alike = bool(off) and max(off) - min(off) <= CLOSE * max(map(abs, off))
    if not vectors or not alike or len(off) + len(small) < len(names):
        return ""
    return "bias-penalty-missing" if off[0] < 0.0 else "bias-penalised"


def bias_penalty_name(biases: list[str], terms: Terms) -> str:
    """The name for a multiple of biases in their gradients that does not belong there, or is missing."""
    both = [name for name in biases if name in terms and terms[name]["loss"] and terms[name]["code"]]
    if both and (named := _by_terms(both[0], terms)):
        return named
    in_loss = any(terms[name]["loss"] for name in biases if name in terms)
    return "bias-penalty-missing" if in_loss else "bias-penalised"


def _by_terms(name: str, terms: Terms) -> str:
    """The name from the coefficients of the weights in the loss's gradient and in the code's."""
    loss, code = terms[name]["loss"], terms[name]["code"]
    if code is None:
        return "penalty-gradient-wrong"
    if not code:
        others = [term for other, term in terms.items() if other != name]
        return "layer-unpenalised" if any(term["code"] for term in others) else "penalty-missing"
    return BY_RATIO.get(round(code / loss, 6), "penalty-scale") if loss else "penalty-scale"


def _by_a_size(repair: Repair) -> bool:
    """Whether the factor that was missing is spelled with a name, not with a number: 2 may be a size."""
    return any(set(NAME.findall(new)) - set(NAME.findall(old)) for old, new in pairs(repair))


def _by_edit(repair: Repair, evidence: Evidence) -> str:
    if repair.edit.operator in {"swap-operator", "flip-sign", "swap-assignment"}:
        return "penalty-sign"
    fits = evidence.fact("residual_fits", "fits", {})
    added = any("weights" in fits.get(name, {}) for name in repair.edit.parameters)
    return "penalty-missing" if repair.edit.operator == "fit-term" and added else "penalty-scale"
