"""Hypothesis strategies: random networks, batches, layers and arrays, for tests of backpropagation.

What they draw shrinks to cases that can be checked by hand: few units, one sample, integers; and its repr is
code that makes it again. All numbers are small multiples of 1/8, exact in float32 and float64 alike.

Needs the extra: pip install 'gradcheck[hypothesis]'.

Example:
    >>> from hypothesis import find
    >>> find(networks(), lambda network: len(network.layers) > 1).layers
    (Dense(inputs=1, outputs=1, activation=Identity()), Dense(inputs=1, outputs=1, activation=Identity()))
"""

from gradcheck.errors import MissingExtraError

try:
    import hypothesis
except ImportError as error:
    raise MissingExtraError("hypothesis", extra="hypothesis") from error

from gradcheck.strategies.arrays import well_conditioned_arrays
from gradcheck.strategies.batch import batches
from gradcheck.strategies.layer import LayerCase, layers
from gradcheck.strategies.network import networks

__all__ = ["LayerCase", "batches", "layers", "networks", "well_conditioned_arrays"]

del hypothesis
