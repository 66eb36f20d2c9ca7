"""Tries the edits that might mend what an audit found, and keeps those after which it finds less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab, open_lab
from gradcheck.experiments.specification import LOSS_AUDITS
from gradcheck.experiments.trained import moved_by_training, trained_as_is
from gradcheck.repair.candidate import apply_splices
from gradcheck.repair.mended import Mended
from gradcheck.repair.mending.recipe import Recipe
from gradcheck.subject.wiring import Wiring

Fact = Mapping[str, Any]

OF_LOSS = frozenset(audit for audit, _, _ in LOSS_AUDITS)

MOST = 40
# Edits to try for one thing found.


def mend_audits(
    path: str, source: str, recipes: Sequence[Recipe], wiring: Wiring, seed: int, original: str | None = None
) -> list[Mended]:
    """Edits for what some audits find, one after another.

    Args:
        path: the user's file.
        source: its text, perhaps repaired already.
        recipes: the audits, and what to try.
        wiring: how the code is driven for them.
        seed: of everything random.
        original: the text before any repair, if that is another. What an audit does not find there is no finding, and
            is not mended either: nobody would be told why.
    """
    mended: list[Mended] = []
    first = open_lab(path, source if original is None else original, wiring, seed)
    for recipe in [recipe for recipe in recipes if _finds(first, recipe)]:
        beside = {other.key for other in recipes if other.audit is recipe.audit} - {recipe.key}
        while len(mended) < MOST:
            step = _step(open_lab(path, source, wiring, seed), recipe, beside)
            if step is None:
                break
            mended.append(step)
            source = step.after
    return mended


def _finds(lab: Lab, recipe: Recipe) -> bool:
    try:
        return bool(lab.once(recipe.audit).facts[recipe.key])
    except GradcheckError:
        return False


def _step(lab: Lab, recipe: Recipe, beside: AbstractSet[str]) -> Mended | None:
    """The first edit after which an audit finds less and no gradient has become wrong."""
    try:
        observation = lab.once(recipe.audit)
    except GradcheckError:
        return None
    found = observation.facts[recipe.key]
    for fact in found:
        for splices in list(recipe.edits(lab, fact))[:MOST]:
            after = apply_splices(lab.source, splices)
            remaining = _remaining(lab, recipe, beside, after)
            if remaining is not None and remaining < len(found):
                line = lab.source.count("\n", 0, min(splice.start for splice in splices)) + 1
                return Mended(
                    observation.experiment,
                    line,
                    fact,
                    lab.source,
                    after,
                    len(found),
                    remaining,
                    recipe.audit in OF_LOSS,
                )
    return None


def _remaining(lab: Lab, recipe: Recipe, beside: AbstractSet[str], after: str) -> int | None:
    """How much an audit finds in an edited source; None where that cannot run or train, or spoils a gradient.

    Nor is an edit any good that trades one find for another of the same audit; `beside` are the keys of these.
    """
    other = replace(lab, source=after)
    try:
        facts = recipe.audit(other).facts
        traded = _traded(lab.once(recipe.audit).facts, facts, beside)
        worse = other.wrong - lab.wrong or (recipe.rights and other.wrong == lab.wrong)
    except (GradcheckError, SyntaxError):
        return None
    # Where training stops, or no longer moves something, an audit sees less as well.
    moved, still = lab.once(moved_by_training), other.once(moved_by_training)
    stopped = moved is not None and (still is None or not moved <= still)
    stopped |= recipe.trains and _goes_less_far(lab, other)
    return None if worse or stopped or traded else len(facts[recipe.key])


def _goes_less_far(lab: Lab, other: Lab) -> bool:
    """Whether training takes the loss less than half as far down as it did."""
    own, edited = lab.once(trained_as_is), other.once(trained_as_is)
    if own is None or edited is None or not own.after < own.before:
        return False
    return not edited.after <= own.before - 0.5 * (own.before - own.after)


def _traded(before: Fact, after: Fact, beside: AbstractSet[str]) -> bool:
    """Whether an audit finds more under another key, or no more than before that is right, where it counts that.

    Or fewer functions that answer: one that raises does nothing wrong any more.
    """
    more = any(len(after[key]) > len(before[key]) for key in beside)
    silenced = not set(before.get("answering", ())) <= set(after.get("answering", ()))
    return more or silenced or ("right" in after and after["right"] <= before["right"])
