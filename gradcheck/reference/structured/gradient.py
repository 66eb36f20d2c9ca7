"""The numerical gradient of a reference network, by central differences that use its structure.

Two ways, each the check of the other; neither uses any backward code:

    inputs       Shift an entry of z, the weighted input of a layer linear in its parameters, by h in all
    samples at
                 once, and read the loss of each sample: one partial forward pass gives dL_n/dz for all n.
                 Then dL/dW follows exactly (see `linear`). Needs samples that do not mix.
    parameters   Shift each parameter by itself, with everything below it cached: in a dense layer W[i, j]
    changes the
                 one column z_j, by h x_i, and the layer above by rank one (see `tail`). Assumes nothing, and
                 really evaluates the loss at every perturbed parameter.

"auto" takes, for each layer, inputs where it can and where that needs fewer copies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.batch import Batch
from gradcheck.reference.layers.chain import numbered
from gradcheck.reference.penalties import Penalty
from gradcheck.reference.structured import by_inputs, by_parameters
from gradcheck.reference.structured.slopes import Slopes
from gradcheck.reference.structured.tail import Tail

if TYPE_CHECKING:
    from gradcheck.reference.network import Network

_ROUNDING = float(8 * np.finfo(np.float64).eps)

Method: TypeAlias = Literal["auto", "inputs", "parameters"]


@dataclass(frozen=True, slots=True)
class StructuredGradient:
    """A numerical gradient and its error bars, by parameter name.

    Not a `numerics.NumericalGradient`, which also promises what is not measured here: a kink flag and one-sided
    slopes for every entry, the noise of f, and a count of calls of f, of which there are none. What the two share
    has the same names.

    Attributes:
        values: the derivatives of the total loss, the penalty included.
        bars: the truth lies within values +- bars; empty where bars were not asked for.
        methods: "inputs" or "parameters", the way each was measured.
    """

    values: Arrays
    bars: Arrays
    methods: dict[str, str]


def structured_gradient(
    network: Network, batch: Batch, *, method: Method = "auto", bars: bool = True
) -> StructuredGradient:
    """Measure the gradient of `network.value(batch)`, in float64 whatever the network's type.

    Args:
        network: the network.
        batch: the batch.
        method: see above; "inputs" falls back to "parameters" for layers where it cannot be taken.
        bars: whether to spend twice the evaluations on an error bar for every number.

    Raises:
        InputError: an unknown method.
    """
    if method not in {"auto", "inputs", "parameters"}:
        message = f'expected "auto", "inputs" or "parameters", and got {method!r}'
        raise InputError(message, hint='"auto" takes the cheapest way that can be taken')
    network, batch = _in_double(network, batch)
    tail, slopes = Tail(network, batch), Slopes(bars)
    values: Arrays = {}
    errors: Arrays = {}
    methods: dict[str, str] = {}
    for n, parameters in enumerate(tail.parameters, 1):
        if not parameters:
            continue
        way = _way(tail, n - 1, method)
        found = way.measure(tail, n - 1, slopes)
        for own, (value, bar) in found.items():
            name = numbered(own, n)
            values[name] = tail.scale * value
            if bars:
                errors[name] = tail.scale * bar
            methods[name] = "inputs" if way is by_inputs else "parameters"
    for name, weights in network.penalised().items():
        slope = penalty_slope(network.penalty, weights, batch.size)
        values[name] += slope
        if bars:
            errors[name] += penalty_bar(network.penalty, weights, batch.size, slope)
    return StructuredGradient(values, errors, methods)


def penalty_slope(penalty: Penalty, weights: Array, samples: int) -> Array:
    """The penalty's central difference in each weight by itself.

    A penalty is a sum over weights of a parabola and |w|, so a step of half the weight makes no truncation
    error and keeps clear of the kink at 0; a weight of 0 gets a step of 1.
    """
    up, down = 1.5 * weights, 0.5 * weights
    if not weights.all():
        up[weights == 0], down[weights == 0] = 1.0, -1.0
    scale = penalty.scale(samples)
    rise = scale * penalty.l2 * (up * up - down * down)
    if penalty.l1:
        rise += scale * penalty.l1 * (np.abs(up) - np.abs(down))
    rise /= up - down
    return rise


def penalty_bar(penalty: Penalty, weights: Array, samples: int, slope: Array) -> Array:
    """The error bar of that difference: rounding; and s l1 at the kink at 0, between the slopes -s l1 and s l1."""
    bar = _ROUNDING * np.abs(slope)
    if penalty.l1:
        bar += penalty.scale(samples) * penalty.l1 * (weights == 0)
    return bar


def _way(tail: Tail, layer: int, method: Method) -> ModuleType:
    if method == "parameters" or not by_inputs.possible(tail, layer):
        return by_parameters
    if method == "inputs":
        return by_inputs
    entries = tail.weighted_input(layer).size // tail.samples
    parameters = sum(p.size for p in tail.parameters[layer].values())
    return by_inputs if entries <= parameters else by_parameters


def _in_double(network: Network, batch: Batch) -> tuple[Network, Batch]:
    if any(a.dtype != np.float64 for a in network.parameters.values()):
        network = network.with_parameters(
            {name: a.astype(np.float64) for name, a in network.parameters.items()}
        )
    if batch.x.dtype.kind == "f" and batch.x.dtype != np.float64:
        batch = replace(batch, x=batch.x.astype(np.float64))
    return network, batch
