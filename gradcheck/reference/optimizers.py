"""Optimisers as plain functions of (state, gradient); nothing is changed in place.

`replay` runs one of them over a sequence of gradients, which is what a student's optimiser is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcheck.reference.arrays import Array


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What an optimiser knows of one parameter.

    Attributes:
        theta: the parameter.
    """

    theta: Array


def sgd(state: State, gradient: Array, *, rate: float) -> State:
    """Gradient descent: theta <- theta - rate g (Nielsen, ch. 1, equations 20 and 21).

    Example:
        >>> import numpy as np
        >>> sgd(State(np.array([1.0])), np.array([0.5]), rate=0.1).theta
        array([0.95])
    """
    return replace(state, theta=state.theta - rate * gradient)
