"""What the gradients of single parameters are to the measured ones, without any repair."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcheck.repair.context import Context
from gradcheck.repair.relations.between import bias_relation, weight_relation
from gradcheck.repair.relations.ground import Ground
from gradcheck.repair.relations.relation import Relation
from gradcheck.subject.truth import fit_shape


def gradient_relations(context: Context, ground: Ground, roles: Mapping[str, str]) -> dict[str, Relation]:
    """The relation of each wrong gradient to the measured one, those without one left out.

    Args:
        context: the program at its point.
        ground: what it holds there.
        roles: parameter name -> "weight", "bias" or "".
    """
    truth = context.tracer.truth
    found: dict[str, Relation] = {}
    for name in sorted(context.wrong):
        value, old, new = truth.values[name], context.tracer.gradient[name], truth.numerical.values[name]
        if not np.all(np.isfinite(new)):
            continue
        if roles[name] == "bias":
            found[name] = bias_relation(old, new, value, ground)
        elif (fit := fit_shape(old, value.shape)) is not None:
            found[name] = weight_relation(fit, new, value, ground)
    return {name: relation for name, relation in found.items() if relation}
