"""Causes of a training that gets nowhere, each removed on a copy, so that what follows from it is measured again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.layers import Layer, layers_at
from gradcheck.experiments.penalties import strength_audit
from gradcheck.experiments.penalty import switched_off
from gradcheck.experiments.rates import rate_audit, scaled_source
from gradcheck.experiments.starts import Ordinary, out_of_ordinary, start_audit
from gradcheck.experiments.trained import Trained, trained_from


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """A cause that was removed on a copy, and what the copy then was like.

    Attributes:
        kind: what was the cause: one of `Ordinary`'s kinds, "rate-high", "rate-low" or "penalty".
        ordinary: the change of the start, where that is the cause.
        before: hidden layers at the start; None where the start is not what was changed.
        after: hidden layers after training.
        trained: the training.
        lab: the subject with another source, where that is what was changed.
    """

    kind: str
    ordinary: Ordinary | None
    before: list[Layer] | None
    after: list[Layer]
    trained: Trained
    lab: Lab


def removals(lab: Lab) -> list[Removal]:
    """The causes that were shown by training without them, those of the start first; ask for them by `lab.once`."""
    found = [*_of_start(lab), *_of_penalty(lab)]
    return found or _of_rate(lab)  # a start or a penalty that is mended needs no other rate


def finite(trained: Trained) -> bool:
    """Whether training left numbers."""
    return all(bool(np.all(np.isfinite(value))) for value in trained.parameters.values())


def _of_start(lab: Lab) -> list[Removal]:
    kinds = [fact["kind"] for fact in lab.once(start_audit).facts["stuck"]]
    found = []
    for ordinary in out_of_ordinary(lab) if kinds else ():
        trained = trained_from(lab, change=ordinary.apply) if ordinary.kind in kinds else None
        if trained is not None and finite(trained):
            before = layers_at(lab, before=ordinary.apply)
            after = layers_at(lab, trained.parameters, ordinary.apply)
            found.append(Removal(ordinary.kind, ordinary, before, after, trained, lab))
    return found


def _of_rate(lab: Lab) -> list[Removal]:
    found = []
    for fact in lab.once(rate_audit).facts["rates"]:
        source = scaled_source(lab, fact["factor"])
        trained = trained_from(lab, source)
        if source is not None and trained is not None and finite(trained):
            after = layers_at(lab, trained.parameters)
            other = replace(lab, source=source)
            found.append(Removal(f"rate-{fact['kind']}", None, None, after, trained, other))
    return found


def _of_penalty(lab: Lab) -> list[Removal]:
    found = []
    strong = {fact["scalar"] for fact in lab.once(strength_audit).facts["strong"]}
    for name, _, wiring in switched_off(lab) if strong else ():
        if name not in strong:
            continue
        other = replace(lab, wiring=wiring)
        trained = trained_from(other)
        if trained is not None and finite(trained):
            found.append(Removal("penalty", None, None, layers_at(lab, trained.parameters), trained, other))
    return found
