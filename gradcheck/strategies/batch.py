"""Batches that fit a network."""

from __future__ import annotations

from hypothesis import strategies as st

from gradcheck import reference as ref
from gradcheck.strategies.inputs import inputs
from gradcheck.strategies.losses import targets


@st.composite
def batches(
    draw: st.DrawFn, network: ref.Network, *, min_samples: int = 1, max_samples: int = 4
) -> ref.Batch:
    """Batches that fit a network drawn by `networks`, or any network that begins with such a layer.

    Args:
        draw: given by hypothesis.
        network: whose input, targets and layout to fit.
        min_samples: at least so many samples.
        max_samples: at most so many.
    """
    samples = draw(st.integers(min_samples, max_samples))
    x = draw(inputs(network.layers[0], samples))
    last = network.layers[-1]
    assert isinstance(last, ref.Dense | ref.DenseColumns)
    y = draw(targets(network.loss, samples, last.outputs))
    columns = network.layout == "columns"
    return ref.Batch(x.T if columns else x, y.T if columns else y, network.layout)
