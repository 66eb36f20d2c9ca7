"""Weight penalties, each with its scale in plain sight: half of all penalty faults are a convention mixed up.

For weights W, strength lambda, and a scale s that is 1 or 1/2, times 1 or 1/N:

    L1        s lambda sum |W|                     gradient s lambda sign(W)
    L2        s lambda sum W^2                     gradient 2 s lambda W
    elastic   the two together, each with its own lambda

Sources: Nielsen, ch. 3, equations 85 (L2 with lambda / 2N) and 95 (L1 with lambda / N); Zou and Hastie 2005
(elastic).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array, Arrays


@dataclass(frozen=True, slots=True)
class Penalty:
    """s (l1 sum |W| + l2 sum W^2); the functions `l1`, `l2` and `elastic` write the common cases.

    Attributes:
        l1: strength of the absolute values.
        l2: strength of the squares.
        halved: whether s has the factor 1/2.
        over_samples: whether s has the factor 1/N.
        biases: whether biases and gains are penalised too.
    """

    l1: float = 0.0
    l2: float = 0.0
    halved: bool = False
    over_samples: bool = False
    biases: bool = False

    def scale(self, samples: int) -> float:
        """The factor s for a batch of `samples`."""
        return (0.5 if self.halved else 1.0) / (samples if self.over_samples else 1)

    def value(self, weights: Iterable[Array], samples: int) -> float:
        """The penalty of all `weights` together.

        Example:
            >>> l2(0.1, halved=True).value([np.array([1.0, 2.0])], samples=1)
            0.25
        """
        total = 0.0
        for w in weights:
            total += self.l2 * float((w * w).sum()) if self.l2 else 0.0
            total += self.l1 * float(np.abs(w).sum()) if self.l1 else 0.0
        return self.scale(samples) * total

    def gradient(self, weights: Mapping[str, Array], samples: int) -> Arrays:
        """Its gradient for each of `weights`; sign(0) is taken as 0.

        Example:
            >>> l2(0.1).gradient({"W1": np.array([1.0, 2.0])}, samples=1)
            {'W1': array([0.2, 0.4])}
        """
        s = self.scale(samples)
        return {name: s * self.l1 * np.sign(w) + 2 * s * self.l2 * w for name, w in weights.items()}


def l1(strength: float, *, halved: bool = False, over_samples: bool = False, biases: bool = False) -> Penalty:
    """The penalty s lambda sum |W|."""
    return Penalty(l1=strength, halved=halved, over_samples=over_samples, biases=biases)


def l2(strength: float, *, halved: bool = False, over_samples: bool = False, biases: bool = False) -> Penalty:
    """The penalty s lambda sum W^2."""
    return Penalty(l2=strength, halved=halved, over_samples=over_samples, biases=biases)


def elastic(
    l1: float, l2: float, *, halved: bool = False, over_samples: bool = False, biases: bool = False
) -> Penalty:
    """The penalty s (l1 sum |W| + l2 sum W^2)."""
    return Penalty(l1=l1, l2=l2, halved=halved, over_samples=over_samples, biases=biases)
