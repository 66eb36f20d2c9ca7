"""Optimisers as plain functions of (state, gradient): each gives the next state and changes nothing in place.

`replay` runs one over a sequence of gradients, which is what somebody's own optimiser is compared with. Each
follows its paper; where conventions differ, the docstring says which one this is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gradcheck.reference.arrays import Array, Arrays


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What an optimiser knows of one parameter.

    Attributes:
        theta: the parameter.
        velocity: running sum (momentum) or running mean (Adam: m) of the gradients.
        square: running mean of the squared gradients (RMSprop, Adam: v).
        step: how many steps were taken, t.
    """

    theta: Array
    velocity: Array
    square: Array
    step: int = 0

    @classmethod
    def start(cls, theta: Array) -> State:
        """The state before the first step: nothing accumulated."""
        return cls(theta, np.zeros_like(theta), np.zeros_like(theta))


Optimizer: TypeAlias = Callable[[State, Array], State]
"""An optimiser with its settings bound, such as functools.partial(sgd, rate=0.1)."""


def sgd(state: State, gradient: Array, *, rate: float) -> State:
    """Gradient descent (Nielsen, ch. 1, equations 20 and 21).

        theta <- theta - rate g

    Example:
        >>> sgd(State.start(np.array([1.0])), np.array([0.5]), rate=0.1).theta
        array([0.95])
    """
    theta = state.theta - rate * gradient
    return State(theta, state.velocity, state.square, state.step + 1)


def momentum(state: State, gradient: Array, *, rate: float, mu: float = 0.9) -> State:
    """Momentum, with the rate outside the velocity (Sutskever et al. 2013; PyTorch's form).

        v <- mu v + g            theta <- theta - rate v

    The other form in use, v <- mu v - rate g and theta <- theta + v (Nielsen, equations 107 and 108), takes
    the same steps as long as the rate is constant.
    """
    velocity = mu * state.velocity + gradient
    theta = state.theta - rate * velocity
    return State(theta, velocity, state.square, state.step + 1)


def nesterov(state: State, gradient: Array, *, rate: float, mu: float = 0.9) -> State:
    """Nesterov's momentum, with the look-ahead in the variables (Bengio et al. 2012; PyTorch's form).

    v <- mu v + g            theta <- theta - rate (g + mu v)
    """
    velocity = mu * state.velocity + gradient
    theta = state.theta - rate * (gradient + mu * velocity)
    return State(theta, velocity, state.square, state.step + 1)


def rmsprop(
    state: State, gradient: Array, *, rate: float = 1e-3, decay: float = 0.9, epsilon: float = 1e-8
) -> State:
    """RMSprop, with epsilon outside the root (Tieleman and Hinton 2012).

    s <- decay s + (1 - decay) g^2            theta <- theta - rate g / (sqrt(s) + epsilon)
    """
    square = decay * state.square + (1 - decay) * gradient * gradient
    theta = state.theta - rate * gradient / (np.sqrt(square) + epsilon)
    return State(theta, state.velocity, square, state.step + 1)


def adam(
    state: State,
    gradient: Array,
    *,
    rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> State:
    """Adam, with both means corrected for their start at zero (Kingma and Ba 2015, algorithm 1).

        m <- beta1 m + (1 - beta1) g              v <- beta2 v + (1 - beta2) g^2
        mhat = m / (1 - beta1^t)                  vhat = v / (1 - beta2^t)
        theta <- theta - rate mhat / (sqrt(vhat) + epsilon)

    Example: the first step has length `rate`, whatever the size of the gradient.
        >>> adam(State.start(np.zeros(2)), np.array([1e-3, -1e3]), rate=0.1, epsilon=0.0).theta.round(12)
        array([-0.1,  0.1])
    """
    t = state.step + 1
    m = beta1 * state.velocity + (1 - beta1) * gradient
    v = beta2 * state.square + (1 - beta2) * gradient * gradient
    mhat = m / (1 - beta1**t)
    vhat = v / (1 - beta2**t)
    return State(state.theta - rate * mhat / (np.sqrt(vhat) + epsilon), m, v, t)


def adamw(
    state: State,
    gradient: Array,
    *,
    rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 1e-2,
) -> State:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).

    theta <- theta - rate weight_decay theta, then Adam's step; the decay never enters m and v
    """
    decayed = replace(state, theta=state.theta - rate * weight_decay * state.theta)
    return adam(decayed, gradient, rate=rate, beta1=beta1, beta2=beta2, epsilon=epsilon)


def clip_by_norm(gradients: Mapping[str, Array], limit: float) -> Arrays:
    """All gradients times one factor, so that their norm together is at most `limit` (Pascanu et al. 2013).

    The direction is kept, which clipping each array, or each entry, by itself would not.

    Example:
        >>> clip_by_norm({"a": np.array([3.0]), "b": np.array([4.0])}, limit=1.0)
        {'a': array([0.6]), 'b': array([0.8])}
    """
    norm = float(np.sqrt(sum(float((g * g).sum()) for g in gradients.values())))
    factor = min(1.0, limit / norm) if norm else 1.0
    return {name: factor * g for name, g in gradients.items()}


def clip_by_value(gradients: Mapping[str, Array], limit: float) -> Arrays:
    """Each entry moved into [-limit, limit]; the direction changes."""
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}


def replay(optimizer: Optimizer, theta: Array, gradients: Iterable[Array]) -> list[Array]:
    """The parameter after each step, from a start at `theta` with nothing accumulated.

    Example:
        >>> from functools import partial
        >>> steps = replay(partial(momentum, rate=1.0, mu=0.5), np.array([0.0]), [np.array([1.0])] * 3)
        >>> [theta.item() for theta in steps]
        [-1.0, -2.5, -4.25]
    """
    state = State.start(theta)
    thetas = []
    for gradient in gradients:
        state = optimizer(state, gradient)
        thetas.append(state.theta)
    return thetas
