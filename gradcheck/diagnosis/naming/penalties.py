"""Names of what is wrong with a penalty, from its coefficients in the loss and in the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcheck.diagnosis.naming.edits import pairs
from gradcheck.diagnosis.tasks import Repair
from gradcheck.findings import Evidence

BY_RELATION = {"penalty-kind": "penalty-kind", "penalty-power": "penalty-gradient-wrong"}
BY_RATIO = {-1.0: "penalty-sign", 0.5: "penalty-half", 2.0: "penalty-doubled"}

Terms = Mapping[str, Mapping[str, Any]]


def of_penalty(traits: Mapping[str, Any]) -> bool:
    """Whether it is a penalty's share of a gradient that is wrong."""
    return bool(traits["penalty"]) or str(traits["relation"]).startswith("penalty")


def penalty_name(repair: Repair, evidence: Evidence) -> str:
    """The name of what is wrong with the penalty that an edit repairs."""
    terms: Terms = evidence.fact("scale_penalty", "terms", {})
    spoiled = list(repair.edit.parameters)
    biases = {name for name, role in repair.traits["roles"].items() if role == "bias"}
    if spoiled and set(spoiled) <= biases:
        return bias_penalty_name(spoiled, terms)
    if repair.traits["relation"] in BY_RELATION:
        return BY_RELATION[repair.traits["relation"]]
    for name in spoiled or list(terms):
        if name in terms:
            return _by_terms(name, terms, repair)
    return _by_edit(repair, evidence)


def bias_penalty_name(biases: list[str], terms: Terms) -> str:
    """The name for a multiple of biases in their gradients that does not belong there, or is missing."""
    in_loss = any(terms[name]["loss"] for name in biases if name in terms)
    return "bias-penalty-missing" if in_loss else "bias-penalised"


def _by_terms(name: str, terms: Terms, repair: Repair) -> str:
    loss, code = terms[name]["loss"], terms[name]["code"]
    if code is None:
        signs = any("sign" in old for old in repair.removed)
        return "penalty-kind" if signs else "penalty-gradient-wrong"
    if not code:
        others = [term for other, term in terms.items() if other != name]
        return "layer-unpenalised" if any(term["code"] for term in others) else "penalty-missing"
    named = BY_RATIO.get(round(code / loss, 6), "") if loss else ""
    return named if named and not _by_a_size(repair) else "penalty-scale"


def _by_a_size(repair: Repair) -> bool:
    """Whether the factor that was missing is spelled with a name, not with a number: 2 may be a size."""
    added = [new.replace(old, "") for old, new in pairs(repair)]
    return any(any(character.isalpha() for character in text) for text in added)


def _by_edit(repair: Repair, evidence: Evidence) -> str:
    if repair.edit.operator in {"swap-operator", "flip-sign", "swap-assignment"}:
        return "penalty-sign"
    fits = evidence.fact("residual_fits", "fits", {})
    added = any("weights" in fits.get(name, {}) for name in repair.edit.parameters)
    return "penalty-missing" if repair.edit.operator == "fit-term" and added else "penalty-scale"
