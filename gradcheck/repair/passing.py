"""What passes something on: a statement that feeds one weight alone, and is not that weight's gradient."""

from __future__ import annotations

import numpy as np

from gradcheck.repair.context import Context
from gradcheck.trace.influence import value_sites


def passes_on(context: Context, number: int) -> bool:
    """Whether what a statement makes feeds weights without having the shape of any: a delta of a layer without bias."""
    reach = context.influence.of.get(number, frozenset())
    shapes = {np.shape(context.tracer.truth.values[name]) for name in reach}
    made = {context.shape(site) for site in value_sites(context.source, context.source.sites[number])} - {
        None,
        (),
    }
    return bool(made and reach) and made.isdisjoint(shapes | {shape[::-1] for shape in shapes})
