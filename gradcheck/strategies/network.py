"""Random networks."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from gradcheck import reference as ref
from gradcheck.strategies import bodies as below_the_last
from gradcheck.strategies import losses as drawn
from gradcheck.strategies.activations import KINKED, SMOOTH
from gradcheck.strategies.arrays import well_conditioned_arrays


@st.composite
def networks(
    draw: st.DrawFn,
    *,
    smooth: bool = False,
    losses: st.SearchStrategy[ref.Loss] | None = None,
    penalties: st.SearchStrategy[ref.Penalty] | None = None,
    layouts: Sequence[str] = ("rows", "columns"),
    bodies: Sequence[str] = ("dense",),
    max_layers: int = 3,
    max_units: int = 4,
) -> ref.Network:
    """Networks of up to `max_layers` layers of up to `max_units` units, the last of them dense.

    Args:
        draw: given by hypothesis.
        smooth: whether kinks (ReLU, absolute error, hinges, L1) are left out.
        losses: of which losses; all by default.
        penalties: of which penalties; none, L1, L2 and elastic in all conventions by default.
        layouts: some of "rows" and "columns". Networks of columns are dense throughout.
        bodies: some of "dense", "normalised", "images", "sequences" and "tokens": what stands below the last
            dense layer.
        max_layers: the last layer included.
        max_units: of every layer.
    """
    layout = draw(st.sampled_from(layouts))
    body = draw(st.sampled_from(bodies))
    units = st.integers(1, max_units)
    activations = st.sampled_from(SMOOTH if smooth else SMOOTH + KINKED)
    if layout == "columns" or body == "dense":
        below, width = draw(below_the_last.dense(layout, units, activations, max_layers - 1))
    else:
        below, width = draw(below_the_last.OTHERS[body](units, activations))
    loss = draw(losses if losses is not None else drawn.losses(smooth=smooth))
    last = ref.DenseColumns if layout == "columns" else ref.Dense
    stack = (*below, last(width, draw(drawn.outputs(loss, units))))
    shapes = ref.Chain(stack).shapes
    parameters = {name: draw(well_conditioned_arrays(shape)) for name, shape in shapes.items()}
    penalty = draw(penalties if penalties is not None else drawn.penalties(smooth=smooth))
    return ref.Network(stack, loss, parameters, penalty, layout)
