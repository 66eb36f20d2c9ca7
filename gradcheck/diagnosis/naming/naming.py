"""Naming: which fault of the catalogue the edits of a repair mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcheck.diagnosis.answers import Related, Repair
from gradcheck.diagnosis.naming.edits import STRUCTURAL, by_edit, pairs, routes, starts_anew, takes_one_less
from gradcheck.diagnosis.naming.name import Basis, Name
from gradcheck.diagnosis.naming.penalties import of_penalty, penalty_name, residual_penalty
from gradcheck.diagnosis.naming.relations import by_relation
from gradcheck.diagnosis.naming.scales import scale_of
from gradcheck.findings import Evidence

BY_PLACE = {
    "output": "output-delta-wrong",
    "hidden": "hidden-delta-wrong",
    "weight": "weight-gradient-wrong",
    "bias": "bias-gradient-wrong",
    "": "output-delta-wrong",
}
"""Names for what is wrong at a place, nobody knows how."""

CUT_OFF = {"bias": "bias-gradient-missing", "hidden": "detached-hidden-layer"}
"""Names for gradients that were exactly 0."""

CONSTANTS = frozenset({"scale", "loss-factor"})


def names_of(repairs: Sequence[Repair], evidence: Evidence, related: Related | None = None) -> list[Name]:
    """The catalogue's name of the fault that each edit repairs."""
    return [
        name_of(repair, evidence, _factor_of_everything(repair, repairs, evidence), related)
        for repair in repairs
    ]


def name_of(
    repair: Repair, evidence: Evidence, whole: float | None = None, related: Related | None = None
) -> Name:
    """The catalogue's name of the fault that one edit repairs.

    Args:
        repair: the edit.
        evidence: what was measured.
        whole: the factor that every gradient has too many, where that is what the edit mends.
        related: what wrong quantities were to the true ones before any repair, where that was asked.
    """
    place = Name(BY_PLACE[repair.traits["level"]], Basis.PLACE)
    return next(
        (name for name in _proposed(repair, evidence, whole, related or Related()) if name.fault), place
    )


def _proposed(repair: Repair, evidence: Evidence, whole: float | None, related: Related) -> Iterator[Name]:
    """Names from the surest source to the least sure; those without a fault say nothing."""
    traits, place = repair.traits, repair.traits["level"]
    yield Name(_of_biases(repair, evidence), Basis.MEASURED)
    if of_penalty(traits):
        yield Name(penalty_name(repair, evidence), Basis.MEASURED)
    if place == "output" and ignores_labels(evidence, evidence.wrong):
        yield Name("label-ignored", Basis.MEASURED)
    if whole is not None:
        yield Name("output-delta-sign" if whole < 0.0 else scale_of(repair, whole), Basis.MEASURED)
    if repair.edit.operator in {"accumulate", "delete-statement"} and _of_one_sample(place, related):
        # Adding to zeros mends it, as does not to set them, and says nothing of them.
        yield Name(by_relation("output", {"relation": "one-sample"}), Basis.MEASURED)
    if _says_more(repair):
        yield Name(by_edit(repair, evidence), Basis.EDIT)
    if traits["relation"] == "unprojected" and takes_one_less(repair):
        yield Name("variance-convention", Basis.MEASURED)
    yield Name(by_relation(place, traits), Basis.MEASURED)
    if routes(repair):
        yield Name("pool-routing", Basis.EDIT)
    if related.delta.get("level") in {place, "output"}:
        # What is wrong at the output goes on through every place.
        yield Name(by_relation(related.delta["level"], related.delta), Basis.MEASURED)
    if _was_zero(repair, evidence):
        yield Name(CUT_OFF.get(place, ""), Basis.MEASURED)
    yield Name(by_edit(repair, evidence), Basis.EDIT)


def _of_biases(repair: Repair, evidence: Evidence) -> str:
    """The name where a multiple of biases is in a gradient, or missing; weights of a single output are vectors, too."""
    roles = {repair.traits["roles"].get(name) for name in repair.edit.parameters}
    return "" if "weight" in roles else residual_penalty(repair.edit.parameters, evidence)


def _says_more(repair: Repair) -> bool:
    """Whether an edit says what was wrong whatever the values were."""
    structural = repair.edit.operator in STRUCTURAL or repair.edit.operator == "exchange"
    return structural or repair.traits["updates"] or _turns_axis(repair) or starts_anew(repair)


def _factor_of_everything(repair: Repair, repairs: Sequence[Repair], evidence: Evidence) -> float | None:
    """The constant that every gradient was too large by, where that is all there is to an edit.

    It may be taken off the output's delta, or, which is the same, off every gradient one by one.
    """
    traits = repair.traits
    factor: float | None = traits.get("factor")
    if traits["level"] == "output":
        return factor if traits["relation"] in CONSTANTS else None
    alike = [
        other
        for other in repairs
        if other.traits.get("factor") is not None
        and factor is not None
        and abs(other.traits["factor"] - factor) <= 1e-6 * abs(factor)
    ]
    mended = {name for other in alike for name in other.edit.parameters}
    return factor if mended and mended >= set(evidence.comparisons) else None


def ignores_labels(evidence: Evidence, wrong: Sequence[str]) -> bool:
    """Whether no gradient at all moves when the labels do, although the true ones of the wrong parameters do."""
    free = set(evidence.fact("permute_labels", "label_free", []))
    moves = evidence.fact("permute_labels", "code_moves", {})
    return bool(free & set(wrong)) and not any(moves.values())


def _turns_axis(repair: Repair) -> bool:
    """Whether a bias gradient is mended by its other axis: where one is of length 1, values cannot tell."""
    return repair.traits["level"] == "bias" and any({old, new} == {"0", "1"} for old, new in pairs(repair))


def _of_one_sample(place: str, related: Related) -> bool:
    """Whether the output's delta is right for one sample, and the others were left out."""
    found = (related.delta, *related.gradients.values())
    one = any(relation.get("relation") == "one-sample" for relation in found)
    return one and "output" in {place, related.delta.get("level")}


def _was_zero(repair: Repair, evidence: Evidence) -> bool:
    """Whether the gradients that an edit makes right were all exactly 0 before."""
    fits = evidence.fact("residual_fits", "fits", {})
    made = repair.edit.parameters
    return bool(made) and all("zero" in fits.get(name, {}) for name in made)
