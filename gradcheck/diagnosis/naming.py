"""Naming: which fault of the catalogue an edit repairs, from the kind of edit and the place it was made at."""

from __future__ import annotations

import re
from collections.abc import Callable

from gradcheck.diagnosis.tasks import Repair
from gradcheck.findings import Evidence

GENERIC = {
    "output": "output-delta-wrong",
    "hidden": "hidden-delta-wrong",
    "weight": "weight-gradient-wrong",
    "bias": "bias-gradient-wrong",
    "penalty": "penalty-gradient-wrong",
    "": "output-delta-wrong",
}

BY_RELATION: dict[str, dict[str, str]] = {
    "sign": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "missing-derivative": {"output": "missing-output-derivative", "hidden": "missing-hidden-derivative"},
    "extra-derivative": {"output": "extra-output-derivative", "hidden": "derivative-twice"},
    "derivative-at-activation": {"output": "wrong-output-derivative", "hidden": "derivative-at-activation"},
    "activation-for-derivative": {"output": "wrong-output-derivative", "hidden": "activation-for-derivative"},
    "other-derivative": {"output": "wrong-output-derivative", "hidden": "other-activation-derivative"},
    "logits": {"output": "logits-for-probabilities"},
    "argmax": {"output": "argmax-for-probabilities"},
    "misaligned": {"output": "misaligned-labels"},
    "transposed": {"weight": "transposed-weight-gradient"},
}
# What the wrong value was to the right one says more than what one has to type to mend it.

BY_PLACE: dict[str, dict[str, str]] = {
    "insert-derivative": {"output": "missing-output-derivative", "hidden": "missing-hidden-derivative"},
    "change-derivative": {"output": "wrong-output-derivative", "hidden": "other-activation-derivative"},
    "insert-factor": {"hidden": "upstream-ignored"},
    "drop-call": {"output": "output-delta-wrong"},
    "flip-sign": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "swap-operator": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "swap-assignment": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "transpose": {"hidden": "weights-not-transposed", "weight": "transposed-weight-gradient"},
    "swap-operands": {"hidden": "weights-not-transposed", "weight": "transposed-weight-gradient"},
    "shift-index": {"hidden": "wrong-layer-cache", "weight": "wrong-layer-cache"},
    "change-flag": {"hidden": "activation-for-derivative", "output": "output-delta-wrong"},
    "change-function": {"hidden": "other-activation-derivative"},
    "move-statement": {"hidden": "weights-updated-first", "output": "weights-updated-first"},
    "deepen-copy": {"hidden": "weights-updated-first", "output": "weights-updated-first"},
    "carry-over": {"hidden": "detached-hidden-layer", "output": "detached-hidden-layer"},
    "softmax-product": {"output": "diagonal-softmax-jacobian"},
}

CUT_OFF = {"bias": "bias-gradient-missing", "hidden": "detached-hidden-layer"}
# What is said of gradients that were exactly 0.


def fault_name(repair: Repair, evidence: Evidence) -> str:
    """The catalogue's name of the fault that an edit repairs."""
    traits, operator = repair.traits, repair.edit.operator
    if traits["penalty"]:
        return _penalty_name(repair, evidence)
    related = BY_RELATION.get(traits["relation"], {}).get(traits["level"], "")
    if related and operator not in {"index-by-label", "use-labels"}:
        return related
    if _was_zero(repair, evidence) and traits["level"] in CUT_OFF:
        return CUT_OFF[traits["level"]]
    if traits["relation"] == "scale" and traits["level"] and operator not in SPECIAL:
        return _factor(repair, evidence) or GENERIC[traits["level"]]
    special = SPECIAL.get(operator)
    name = special(repair, evidence) if special is not None else ""
    return name or BY_PLACE.get(operator, {}).get(traits["level"], "") or GENERIC[traits["level"]]


def _was_zero(repair: Repair, evidence: Evidence) -> bool:
    """Whether the gradients that an edit makes right were all exactly 0 before."""
    fits = evidence.fact("residual_fits", "fits", {})
    made = repair.edit.parameters
    return bool(made) and all("zero" in fits.get(name, {}) for name in made)


def _penalty_name(repair: Repair, evidence: Evidence) -> str:
    """What is wrong with a penalty, from its coefficients in the loss and in the gradient."""
    biases = {name for name, role in repair.traits["roles"].items() if role == "bias"}
    terms = evidence.fact("scale_penalty", "terms", {})
    spoiled = [name for name in repair.edit.parameters if name in terms] or list(terms)
    if repair.edit.parameters and set(repair.edit.parameters) <= biases:
        return "bias-penalised"
    for name in spoiled:
        loss, code = terms[name]["loss"], terms[name]["code"]
        if not code:
            return _absent_penalty(repair, [t for other, t in terms.items() if other != name])
        if loss:
            ratio = code / loss
            return (
                {-1.0: "penalty-sign", 0.5: "penalty-half", 2.0: "penalty-doubled"}.get(
                    round(ratio, 6), "penalty-scale"
                )
                if not _differs_by_a_size(repair)
                else "penalty-scale"
            )
    fits = evidence.fact("residual_fits", "fits", {})
    if repair.edit.operator in {"swap-operator", "flip-sign", "swap-assignment"}:
        return "penalty-sign"
    if repair.edit.operator == "fit-term" and any(
        "weights" in fits.get(n, {}) for n in repair.edit.parameters
    ):
        return "penalty-missing"
    return "penalty-scale"


def _absent_penalty(repair: Repair, others: list[dict[str, float]]) -> str:
    """A gradient that no multiple of the weights is part of: nothing is added, or another function of them."""
    if repair.edit.operator != "fit-term" and all(repair.removed):
        return "penalty-kind" if any("sign" in old for old in repair.removed) else "penalty-gradient-wrong"
    return "layer-unpenalised" if any(term["code"] for term in others) else "penalty-missing"


def _differs_by_a_size(repair: Repair) -> bool:
    """Whether the factor that was missing is spelled with a name, not with a plain 2."""
    added = [new.replace(old, "") for old, new in zip(repair.removed, repair.inserted, strict=True)]
    return any(any(character.isalpha() for character in text) for text in added)


def _label(_repair: Repair, evidence: Evidence) -> str:
    free = evidence.fact("permute_labels", "label_free", [])
    return "label-ignored" if len(free) >= max(1, len(evidence.wrong) // 2) else "misaligned-labels"


def _factor(repair: Repair, evidence: Evidence) -> str:
    """A constant factor: of everything, of one layer's delta, of one weight's or one bias's gradient."""
    ratio = evidence.fact("residual_fits", "common_ratio")
    place = repair.traits["level"]
    if ratio is not None:
        return scale_name(ratio, repair)
    if any(new.startswith("-") and new.lstrip("-( ") in old for old, new in _pairs(repair)):
        return BY_PLACE["flip-sign"].get(place, "")
    if place == "output" and _varies(repair):
        return "output-delta-wrong"
    return {
        "hidden": "repeated-batch-mean",
        "weight": "one-block-scaled",
        "bias": "bias-gradient-scaled",
        "output": "stray-factor",
    }.get(place, "")


def scale_name(ratio: float, repair: Repair | None = None) -> str:
    """The name for a gradient that is `ratio` times the true one everywhere."""
    if abs(ratio - 2.0) < 1e-6 or abs(ratio - 0.5) < 1e-6:
        return "loss-factor"
    if repair is not None and _same_names(repair):
        return "stray-factor"
    if ratio > 1.0 and abs(ratio - round(ratio)) < 1e-6:
        return "summed-gradient"
    if ratio < 1.0 and abs(1.0 / ratio - round(1.0 / ratio)) < 1e-6:
        return "mean-twice"
    return "output-delta-wrong" if repair is not None and _varies(repair) else "stray-factor"


def _same_names(repair: Repair) -> bool:
    """Whether only numbers differ between what was there and what is put there: no size comes in or goes."""
    return all(
        sorted(re.findall(r"[A-Za-z_]\w*", old)) == sorted(re.findall(r"[A-Za-z_]\w*", new))
        for old, new in _pairs(repair)
    )


def _varies(repair: Repair) -> bool:
    """Whether what was replaced is computed from data: a call, rather than a constant or a name."""
    return repair.edit.operator == "fit-number" and any("(" in old for old in repair.removed)


def _reduction(repair: Repair, evidence: Evidence) -> str:
    if repair.traits["level"] == "bias":
        pairs = _pairs(repair)
        if any({old, new} == {"sum", "mean"} for old, new in pairs):
            return "bias-gradient-mean"
        if any({old, new} == {"0", "1"} for old, new in pairs):
            return "bias-wrong-axis"
        fits = evidence.fact("residual_fits", "fits", {})
        if any("shape" in fits.get(name, {}) for name in repair.edit.parameters):
            return "bias-unsummed"
        return (
            "bias-summed-over-units"
            if any("axis" in new and not old for old, new in pairs)
            else "bias-wrong-axis"
        )
    if evidence.fact("residual_fits", "common_ratio") is not None:
        return scale_name(evidence.fact("residual_fits", "common_ratio"))
    return ""


def _replaced(repair: Repair, _evidence: Evidence) -> str:
    """Another variable: a delta that lacks its derivative, a weight gradient from the wrong activations."""
    place = repair.traits["level"]
    if repair.traits["derived"] and place in {"hidden", "output"}:
        return "missing-hidden-derivative" if place == "hidden" else "missing-output-derivative"
    if place == "weight":
        return "input-for-activation"
    return "wrong-layer-cache" if place == "hidden" else ""


def _derivative(repair: Repair, _evidence: Evidence) -> str:
    """Another activation's derivative, where what was replaced is the derivative of one; else just a wrong one."""
    if repair.traits["level"] != "hidden":
        return ""
    forms = [re.sub(r"[\s()]", "", old) for old in repair.removed]
    known = any(re.fullmatch(r"1-(.+)\*\*2|(.+)\*1-\2|(.+)>=?0|np\.cos.+|\w+", form) for form in forms)
    return "other-activation-derivative" if known else "hidden-delta-wrong"


def _term(repair: Repair, _evidence: Evidence) -> str:
    return "branch-dropped" if repair.traits["level"] in {"hidden", "output"} else ""


def _accumulated(repair: Repair, _evidence: Evidence) -> str:
    if repair.traits["stores"] or repair.traits["level"] == "weight":
        return "shared-weight-overwritten"
    return "branch-dropped"


def _pairs(repair: Repair) -> list[tuple[str, str]]:
    return list(zip(repair.removed, repair.inserted, strict=True))


SPECIAL: dict[str, Callable[[Repair, Evidence], str]] = {
    "index-by-label": _label,
    "use-labels": _label,
    "fit-factor": _factor,
    "fit-number": _factor,
    "shift-integer": _factor,
    "change-reduction": _reduction,
    "change-axis": _reduction,
    "insert-sum": _reduction,
    "replace-name": _replaced,
    "fit-term": _term,
    "change-derivative": _derivative,
    "accumulate": _accumulated,
}
