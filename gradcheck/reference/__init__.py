"""Correct networks in textbook order, forward beside backward, every intermediate and delta by name.

Read in this order: `activations`, `layers/dense.py` (Nielsen's four equations BP1 to BP4),
`losses/cross_entropy.py`, `penalties`, `layers/chain.py`, `network`, `optimizers`; then any other layer.
"""

from gradcheck.reference import datasets, initializers, optimizers
from gradcheck.reference.activations import Activation, Elementwise, Identity, ReLU, Sigmoid, Tanh
from gradcheck.reference.batch import Batch, Layout
from gradcheck.reference.layers import Chain, Dense, DenseColumns, Layer
from gradcheck.reference.losses import BinaryCrossEntropy, Loss, Reduction, SoftmaxCrossEntropy, SquaredError
from gradcheck.reference.network import Network
from gradcheck.reference.penalties import Penalty, elastic, l1, l2

__all__ = [
    "Activation",
    "Batch",
    "BinaryCrossEntropy",
    "Chain",
    "Dense",
    "DenseColumns",
    "Elementwise",
    "Identity",
    "Layer",
    "Layout",
    "Loss",
    "Network",
    "Penalty",
    "ReLU",
    "Reduction",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "SquaredError",
    "Tanh",
    "datasets",
    "elastic",
    "initializers",
    "l1",
    "l2",
    "optimizers",
]
