"""Names of constant factors that every gradient has too many or too few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcheck.diagnosis.answers import Repair
from gradcheck.diagnosis.naming.edits import NAME, pairs

CLOSE = 1e-6


def scale_name(ratio: float) -> str:
    """The name for a gradient that is `ratio` times the true one everywhere, where no edit tells more.

    Example:
        >>> scale_name(12.0), scale_name(1 / 12), scale_name(0.37)
        ('summed-gradient', 'mean-twice', 'stray-factor')
    """
    if abs(ratio - 2.0) < CLOSE or abs(ratio - 0.5) < CLOSE:
        return "loss-factor"
    if ratio > 1.0 and _is_whole(ratio):
        return "summed-gradient"
    return "mean-twice" if ratio < 1.0 and _is_whole(1.0 / ratio) else "stray-factor"


def scale_of(repair: Repair, ratio: float) -> str:
    """The name for a factor of everything, of which an edit shows whether it is a number or a size."""
    if repair.traits["relation"] == "loss-factor":
        return "loss-factor"
    if _from_data(repair):
        return "output-delta-wrong"
    if _only_numbers(repair) or not (_is_whole(ratio) or _is_whole(1.0 / ratio)):
        return "stray-factor"
    if repair.traits.get("of_batch", False):
        return "summed-gradient" if ratio > 1.0 else "mean-twice"
    name = scale_name(ratio)
    return "stray-factor" if name == "loss-factor" else name


def measured_scale(traits: Mapping[str, Any]) -> str:
    """The name for a factor of the output's delta, from what it is to the true one."""
    factor = traits["factor"]
    if traits["relation"] == "loss-factor":
        return "loss-factor"
    if traits["of_batch"]:
        return "summed-gradient" if factor > 1.0 else "mean-twice"
    return "stray-factor"


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < CLOSE * abs(number)


def _from_data(repair: Repair) -> bool:
    """Whether what was replaced is computed from data, by a call: a constant at one point alone."""
    return repair.edit.operator == "fit-number" and any("(" in old for old in repair.removed)


def _only_numbers(repair: Repair) -> bool:
    """Whether only numbers differ between what was there and what is put there: no size comes in or goes."""
    return all(sorted(NAME.findall(old)) == sorted(NAME.findall(new)) for old, new in pairs(repair))
