"""The losses of the reference networks: a figure for each sample, and its delta beside it."""

from gradcheck.reference.losses.cross_entropy import BinaryCrossEntropy, SoftmaxCrossEntropy
from gradcheck.reference.losses.hinge import Hinge, MulticlassHinge
from gradcheck.reference.losses.loss import Loss, Reduction
from gradcheck.reference.losses.regression import AbsoluteError, Huber, SquaredError

__all__ = [
    "AbsoluteError",
    "BinaryCrossEntropy",
    "Hinge",
    "Huber",
    "Loss",
    "MulticlassHinge",
    "Reduction",
    "SoftmaxCrossEntropy",
    "SquaredError",
]
