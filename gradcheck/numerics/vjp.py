"""Layers: forward(x) with array results, and a backward pass that pulls an upstream gradient back through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.compare import Comparison, Verdict, compare
from gradcheck.numerics.differences import numerical_gradient
from gradcheck.numerics.layers import Arrays, Forward, Inputs, Layer, as_arrays, same

CANDIDATES = 3  # upstream gradients, or random weights, tried
REPEATS = 3  # a dropout mask on few units may come out the same twice
SINGLED_OUT = 16  # entries of a result up to which each is looked at by itself


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """The verdict on a layer's backward pass.

    Attributes:
        verdict: the worst over inputs and upstream gradients.
        comparisons: per input, the worst over upstream gradients; empty for a layer that is nondeterministic.
        reasons: what is wrong, in plain sentences; what forward and backward do to their inputs comes first.
        upstream_ignored: whether the result is that of an upstream gradient of ones, whatever the upstream gradient.
    """

    verdict: Verdict
    comparisons: Mapping[str, Comparison]
    reasons: tuple[str, ...]
    upstream_ignored: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict in (Verdict.PASS, Verdict.KINK)


def check_vjp(forward: Forward, backward: Forward, inputs: Inputs, *, seed: int = 0) -> LayerCheck:
    """Check a backward pass: for random upstream gradients, dL/dinput against the measured one.

    Args:
        forward: takes the inputs (by position for a tuple, by name for a mapping) and returns an array, or a tuple of
            arrays.
        backward: takes the upstream gradient, in the form of forward's result, right after forward was called on the
            same inputs; returns the gradient of each input, in the form of `inputs`, or a single one for a single
            input. None for an input without a gradient.
        inputs: the layer's inputs. Integer ones, such as labels or indices, are passed through and not differentiated;
            their gradient must be None or is not looked at.
        seed: of the upstream gradients.

    Raises:
        InputError: no input holds floating-point numbers, forward's result is not finite, or the backward pass returns
            the wrong number of gradients or a gradient of the wrong shape.

    Example:
        >>> W = np.arange(6.0).reshape(3, 2)
        >>> check_vjp(lambda x: x @ W, lambda dout: dout @ W.T, (np.ones((4, 3)),)).verdict.value
        'pass'
        >>> check_vjp(lambda x: x @ W, lambda dout: np.ones((4, 2)) @ W.T, (np.ones((4, 3)),)).reasons[0]
        'the upstream gradient is ignored: backward gives what it should for an upstream gradient of ones'
    """
    layer = Layer.of(forward, inputs)
    rng = np.random.default_rng(seed)
    outputs = layer.run()
    if not all(same(layer.run(), outputs) for _ in range(REPEATS)):
        why = "forward is nondeterministic: it gave two results for the same inputs; fix its random seed"
        return LayerCheck(Verdict.INCONCLUSIVE, {}, (why,))
    lost = [k for k, output in enumerate(outputs) if not np.isfinite(output).all()]
    if lost:
        place = np.argwhere(~np.isfinite(outputs[lost[0]]))[0].tolist()
        raise InputError(
            f"result {lost[0]} of forward is not finite at {place}, so there is no derivative",
            hint="look for log(0), an overflowing exp or 0/0 in the forward pass",
        )
    reasons = [f"forward writes to {name}: work on a copy there" for name in layer.written()]
    worst: dict[str, Comparison] = {}
    ignored = True
    writes = False
    for _ in range(CANDIDATES):
        upstream = _gaussian(outputs, rng)
        lent = as_arrays(upstream)
        given = layer.pull_back(backward, lent)
        writes = writes or not same(lent, upstream)
        found = compare({n: given[n] for n in layer.moving}, layer.measure(upstream))
        _keep_worst(worst, found)
        ignored = ignored and any(c.verdict is Verdict.FAIL for c in found.values())
    ignored = ignored and _is_that_of_ones(layer, backward, outputs, rng)
    if writes:
        reasons.append("backward writes to the upstream gradient: work on a copy there")
    if ignored:
        reasons.append(
            "the upstream gradient is ignored: backward gives what it should for an upstream gradient of ones"
        )
    reasons += [
        f"{name}: {c.wrong_count} of {c.checked} entries are wrong, relative error {c.relative_error:.1e}"
        for name, c in worst.items()
        if c.verdict is Verdict.FAIL
    ]
    verdict = max((c.verdict for c in worst.values()), key=_rank)
    return LayerCheck(verdict, worst, tuple(reasons), ignored)


def _gaussian(outputs: Arrays, rng: np.random.Generator) -> Arrays:
    return [rng.standard_normal(output.shape) for output in outputs]


def _is_that_of_ones(layer: Layer, backward: Forward, outputs: Arrays, rng: np.random.Generator) -> bool:
    """Whether backward, for a random upstream gradient, gives what it should for one of ones."""
    plain = layer.measure([np.ones(output.shape) for output in outputs])
    given = layer.pull_back(backward, _gaussian(outputs, rng))
    agreed = compare({n: given[n] for n in layer.moving}, plain).values()
    return all(c.verdict in (Verdict.PASS, Verdict.KINK) for c in agreed)


def check_jvp(forward: Forward, pushforward: Forward, inputs: Inputs, *, seed: int = 0) -> LayerCheck:
    """Check a forward-mode derivative: pushforward(inputs, tangents) against the measured one.

    Args:
        forward: as for `check_vjp`.
        pushforward: takes the inputs and a tangent for each floating-point input, both in the form of `inputs` (None
            for the others); returns the tangent of forward's result.
        inputs: as for `check_vjp`.
        seed: of the tangents and of the weights on the results.

    Raises:
        InputError: as for `check_vjp`.

    Example:
        >>> check_jvp(np.sin, lambda x, dx: np.cos(x[0]) * dx[0], (np.ones(3),)).verdict.value
        'pass'
    """
    layer = Layer.of(forward, inputs)
    moving = layer.moving
    rng = np.random.default_rng(seed)
    tangents = {name: rng.standard_normal(value.shape) for name, value in moving.items()}
    lent = layer.like({name: tangents.get(name) for name in layer.inputs})
    pushed = as_arrays(pushforward(layer.like(layer.copies()), lent))
    outputs = layer.run()
    if [p.shape for p in pushed] != [o.shape for o in outputs]:
        shapes = f"{[p.shape for p in pushed]}, the results have {[o.shape for o in outputs]}"
        raise InputError(f"the tangents of the results have shapes {shapes}")
    worst: dict[str, Comparison] = {}
    for k, (output, tangent) in enumerate(zip(outputs, pushed, strict=True)):
        for weights in _weights(output, rng):

            def along(t: Mapping[str, float], k: int = k, weights: NDArray[Any] = weights) -> float:
                point = {n: value + t[f"result {k}"] * tangents[n] for n, value in moving.items()}
                return float(np.sum(weights * layer.run(point)[k]))

            measured = numerical_gradient(along, {f"result {k}": 0.0}, method="central")
            _keep_worst(worst, compare({f"result {k}": float(np.sum(weights * tangent))}, measured))
    verdict = max((c.verdict for c in worst.values()), key=_rank)
    reasons = tuple(
        f"{n}: relative error {c.relative_error:.1e}" for n, c in worst.items() if c.verdict is Verdict.FAIL
    )
    return LayerCheck(verdict, worst, reasons)


def _weights(output: NDArray[Any], rng: np.random.Generator) -> list[NDArray[Any]]:
    """Every single entry of a small result, and random weights on all of them."""
    single = (
        [unit.reshape(output.shape) for unit in np.eye(output.size)] if output.size <= SINGLED_OUT else []
    )
    return [*single, *(rng.standard_normal(output.shape) for _ in range(CANDIDATES))]


def _keep_worst(worst: dict[str, Comparison], found: Mapping[str, Comparison]) -> None:
    for name, comparison in found.items():
        if name not in worst or _rank(comparison.verdict) > _rank(worst[name].verdict):
            worst[name] = comparison


def _rank(verdict: Verdict) -> int:
    return [Verdict.PASS, Verdict.KINK, Verdict.INCONCLUSIVE, Verdict.FAIL].index(verdict)
