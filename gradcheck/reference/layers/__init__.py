"""The layers of the reference networks, one a file, forward beside backward."""

from gradcheck.reference.layers.chain import Chain
from gradcheck.reference.layers.dense import Dense, DenseColumns
from gradcheck.reference.layers.layer import Layer

__all__ = ["Chain", "Dense", "DenseColumns", "Layer"]
