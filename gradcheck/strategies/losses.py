"""Losses and penalties in all their conventions, and targets that fit a loss."""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck import reference as ref
from gradcheck.strategies.arrays import integers, well_conditioned_arrays


@functools.cache
def losses(*, smooth: bool) -> st.SearchStrategy[ref.Loss]:
    """Every loss with every reduction; without kinks where `smooth`."""
    reductions = st.sampled_from(["mean", "sum", "elements"])
    kinds = [
        st.builds(ref.SquaredError, reductions, st.booleans()),
        st.builds(ref.SoftmaxCrossEntropy, reductions, st.sampled_from([0.0, 0.25])),
        st.builds(ref.BinaryCrossEntropy, reductions),
        st.builds(ref.Huber, reductions, st.sampled_from([1.0, 0.5])),
    ]
    if not smooth:
        kinds += [st.builds(kind, reductions) for kind in (ref.AbsoluteError, ref.Hinge, ref.MulticlassHinge)]
    return st.one_of(kinds)


@functools.cache
def penalties(*, smooth: bool) -> st.SearchStrategy[ref.Penalty]:
    """None, L1, L2 and elastic, with every scale; no L1 where `smooth`."""
    strengths = st.sampled_from([0.0, 0.5, 0.125])
    flags = st.booleans()
    return st.builds(ref.Penalty, st.just(0.0) if smooth else strengths, strengths, flags, flags, flags)


def outputs(loss: ref.Loss, units: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """How many outputs a loss may have: a choice of classes needs two."""
    classes = isinstance(loss, ref.SoftmaxCrossEntropy | ref.MulticlassHinge)
    return units.map(lambda n: max(n, 2)) if classes else units


def targets(loss: ref.Loss, samples: int, outputs: int) -> st.SearchStrategy[NDArray[Any]]:
    """Targets that fit a loss, samples as rows."""
    match loss:
        case ref.SoftmaxCrossEntropy() | ref.MulticlassHinge():
            return integers((samples,), range(outputs))
        case ref.BinaryCrossEntropy():
            return integers((samples, outputs), (0, 1))
        case ref.Hinge():
            return integers((samples, outputs), (1, -1))
        case _:
            return well_conditioned_arrays((samples, outputs))
