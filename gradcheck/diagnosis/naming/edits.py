"""Names by edit: what one has to type to mend a place, where no relation of the values says what was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

from gradcheck.diagnosis.answers import Repair
from gradcheck.findings import Evidence

NAME = re.compile(r"[A-Za-z_]\w*")
ZEROS = re.compile(r"=\s*(?:np\.|numpy\.)?zeros")
# What starts a sum anew; where it may be left out, something had been added already.

STRUCTURAL = frozenset({"move-statement", "deepen-copy", "accumulate", "add-repeated"})
# Edits that change when or where something is written: they say what was wrong whatever the values were.

PLACES = ("output", "hidden", "weight", "bias", "")

BY_EDIT: dict[str, dict[str, str]] = {
    "insert-derivative": {"output": "missing-output-derivative", "hidden": "missing-hidden-derivative"},
    "change-derivative": {"output": "wrong-output-derivative", "hidden": "other-activation-derivative"},
    "insert-factor": {"hidden": "upstream-ignored"},
    "flip-sign": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "swap-operator": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "swap-assignment": {"output": "output-delta-sign", "hidden": "hidden-delta-sign"},
    "transpose": {"hidden": "weights-not-transposed", "weight": "transposed-weight-gradient"},
    "swap-operands": {"hidden": "weights-not-transposed", "weight": "transposed-weight-gradient"},
    "shift-index": {"hidden": "wrong-layer-cache", "weight": "wrong-layer-cache"},
    "change-flag": {"hidden": "activation-for-derivative"},
    "change-function": {"hidden": "other-activation-derivative"},
    "move-statement": {"hidden": "weights-updated-first", "output": "weights-updated-first"},
    "deepen-copy": {"hidden": "weights-updated-first", "output": "weights-updated-first"},
    "carry-over": {"hidden": "detached-hidden-layer", "output": "detached-hidden-layer"},
    "softmax-product": {"output": "diagonal-softmax-jacobian"},
    "normalised-product": dict.fromkeys(PLACES, "constant-batch-statistics"),
    "add-repeated": dict.fromkeys(PLACES, "repeated-index-lost"),
    "turn-round": {"weight": "unflipped-kernel"},
    "shift-window": {"weight": "border-ignored", "hidden": "border-ignored"},
}


def by_edit(repair: Repair, evidence: Evidence) -> str:
    """The name for an edit at a place; empty where it says nothing."""
    operator, place = repair.edit.operator, repair.traits["level"]
    special = SPECIAL.get(operator)
    name = special(repair, evidence) if special is not None else ""
    return name or BY_EDIT.get(operator, {}).get(place, "")


def pairs(repair: Repair) -> list[tuple[str, str]]:
    """What went and what came, splice by splice."""
    return list(zip(repair.removed, repair.inserted, strict=True))


def takes_one_less(repair: Repair) -> bool:
    """Whether an edit exchanges a count for the count less one."""
    return any(("- 1" in old) != ("- 1" in new) for old, new in pairs(repair))


def starts_anew(repair: Repair) -> bool:
    """Whether an edit leaves out a statement that sets the sum of a weight's gradient back to 0."""
    again = any(ZEROS.search(old) for old, new in pairs(repair) if not new)
    return again and repair.edit.operator == "delete-statement" and repair.traits["level"] == "weight"


def _label(_repair: Repair, evidence: Evidence) -> str:
    free = evidence.fact("permute_labels", "label_free", [])
    return "label-ignored" if len(free) >= max(1, len(evidence.wrong) // 2) else "misaligned-labels"


def _reduction(repair: Repair, evidence: Evidence) -> str:
    if repair.traits["level"] != "bias":
        return ""
    changes = pairs(repair)
    if any({old, new} == {"sum", "mean"} for old, new in changes):
        return "bias-gradient-mean"
    if any({old, new} == {"0", "1"} for old, new in changes):
        return "bias-wrong-axis"
    fits = evidence.fact("residual_fits", "fits", {})
    if any("shape" in fits.get(name, {}) for name in repair.edit.parameters):
        return "bias-unsummed"
    over_units = any("axis" in new and not old for old, new in changes)
    return "bias-summed-over-units" if over_units else "bias-wrong-axis"


def _replaced(repair: Repair, _evidence: Evidence) -> str:
    """Another variable: a delta that lacks its derivative, a weight gradient from the wrong activations."""
    place = repair.traits["level"]
    if repair.traits["derived"] and place in {"hidden", "output"}:
        return "missing-hidden-derivative" if place == "hidden" else "missing-output-derivative"
    if place == "weight":
        return "input-for-activation"
    return "wrong-layer-cache" if place == "hidden" else ""


def _term(repair: Repair, _evidence: Evidence) -> str:
    return "branch-dropped" if repair.traits["level"] in {"hidden", "output"} else ""


def _accumulated(repair: Repair, _evidence: Evidence) -> str:
    if repair.traits["stores"] or repair.traits["level"] == "weight":
        return "shared-weight-overwritten"
    return "branch-dropped"


def _deleted(repair: Repair, _evidence: Evidence) -> str:
    if repair.traits["updates"]:
        return "weights-updated-first"
    return "shared-weight-overwritten" if starts_anew(repair) else ""


def _made_up(repair: Repair, _evidence: Evidence) -> str:
    """What came in place of a number at a hidden layer is what the number stood for: the gradient from above."""
    plain = all(re.fullmatch(r"[\d.]+", old) for old, _ in pairs(repair))
    return "upstream-ignored" if plain and repair.traits["level"] == "hidden" else ""


def _exchanged(repair: Repair, _evidence: Evidence) -> str:
    """What is added is a bias, or a shift; with what is multiplied entry by entry it may be exchanged unnoticed."""
    roles = [repair.traits["roles"][name] for name in repair.edit.parameters]
    return "swapped-scale-and-shift" if sorted(roles) == ["", "bias"] else ""


def routes(repair: Repair) -> bool:
    """Whether an edit looks for the largest where the smallest was looked for, or compares two arrays the other way."""
    changes = pairs(repair)
    largest = any("min" in old and "max" in new and "min" not in new for old, new in changes)
    compared = repair.edit.operator == "flip-comparison" and any(
        not re.fullmatch(r"[\w.\[\]]*\W+[\d.]+|[\d.]+\W.*", old) for old, _ in changes
    )
    return repair.traits["level"] == "hidden" and (largest or compared)


SPECIAL: dict[str, Callable[[Repair, Evidence], str]] = {
    "index-by-label": _label,
    "use-labels": _label,
    "change-reduction": _reduction,
    "change-axis": _reduction,
    "insert-sum": _reduction,
    "replace-name": _replaced,
    "fit-term": _term,
    "accumulate": _accumulated,
    "delete-statement": _deleted,
    "synthesise": _made_up,
    "exchange": _exchanged,
}
