"""Layers: forward(x) with array results, and a backward pass that pulls an upstream gradient back through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.compare import Comparison, Verdict, compare
from gradcheck.numerics.differences import NumericalGradient, numerical_gradient
from gradcheck.numerics.parameters import Structure, Vector

Forward = Callable[..., Any]
Inputs = Mapping[str, Any] | tuple[Any, ...]

CANDIDATES = 3  # upstream gradients, or random weights, tried
SINGLED_OUT = 16  # entries of a result up to which each is looked at by itself


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """The verdict on a layer's backward pass.

    Attributes:
        verdict: the worst over inputs and upstream gradients.
        comparisons: per input, the worst over upstream gradients.
        reasons: what is wrong, in plain sentences.
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
        InputError: no input holds floating-point numbers, or the backward pass returns the wrong number of gradients or
            a gradient of the wrong shape.

    Example:
        >>> W = np.arange(6.0).reshape(3, 2)
        >>> check_vjp(lambda x: x @ W, lambda dout: dout @ W.T, (np.ones((4, 3)),)).verdict.value
        'pass'
        >>> check_vjp(lambda x: x @ W, lambda dout: np.ones((4, 2)) @ W.T, (np.ones((4, 3)),)).reasons[0]
        'the upstream gradient is ignored: backward gives what it should for an upstream gradient of ones'
    """
    named = _named(inputs)
    moving = {name: value for name, value in named.items() if np.asarray(value).dtype.kind in "fc"}
    if not moving:
        raise InputError("no input of the layer holds floating-point numbers", hint="pass x.astype(float)")
    rng = np.random.default_rng(seed)
    outputs = _outputs(_call(forward, inputs, named))
    worst: dict[str, Comparison] = {}
    ignored = True
    for _ in range(CANDIDATES):
        upstream = [rng.standard_normal(output.shape) for output in outputs]
        given = _pull_back(forward, backward, inputs, named, upstream)
        found = compare({n: given[n] for n in moving}, _measure(forward, inputs, named, moving, upstream))
        _keep_worst(worst, found)
        ignored = ignored and any(c.verdict is Verdict.FAIL for c in found.values())
    if ignored:
        ones = [np.ones(output.shape) for output in outputs]
        plain = _measure(forward, inputs, named, moving, ones)
        given = _pull_back(forward, backward, inputs, named, [rng.standard_normal(o.shape) for o in outputs])
        agreed = compare({n: given[n] for n in moving}, plain).values()
        ignored = all(c.verdict in (Verdict.PASS, Verdict.KINK) for c in agreed)
    reasons = [
        "the upstream gradient is ignored: backward gives what it should for an upstream gradient of ones"
    ]
    reasons = (reasons if ignored else []) + [
        f"{name}: {c.wrong_count} of {c.checked} entries are wrong, relative error {c.relative_error:.1e}"
        for name, c in worst.items()
        if c.verdict is Verdict.FAIL
    ]
    verdict = max((c.verdict for c in worst.values()), key=_rank)
    return LayerCheck(verdict, worst, tuple(reasons), ignored)


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
    named = _named(inputs)
    moving = {
        name: np.asarray(value) for name, value in named.items() if np.asarray(value).dtype.kind in "fc"
    }
    if not moving:
        raise InputError("no input of the layer holds floating-point numbers", hint="pass x.astype(float)")
    rng = np.random.default_rng(seed)
    tangents = {name: rng.standard_normal(value.shape) for name, value in moving.items()}
    pushed = _outputs(pushforward(inputs, _like(inputs, {n: tangents.get(n) for n in named})))
    outputs = _outputs(_call(forward, inputs, named))
    if [p.shape for p in pushed] != [o.shape for o in outputs]:
        shapes = f"{[p.shape for p in pushed]}, the results have {[o.shape for o in outputs]}"
        raise InputError(f"the tangents of the results have shapes {shapes}")
    worst: dict[str, Comparison] = {}
    for k, (output, tangent) in enumerate(zip(outputs, pushed, strict=True)):
        for weights in _weights(output, rng):

            def along(t: Mapping[str, float], k: int = k, weights: NDArray[Any] = weights) -> float:
                point = {n: value + t[f"result {k}"] * tangents[n] for n, value in moving.items()}
                return float(np.sum(weights * _outputs(_call(forward, inputs, {**named, **point}))[k]))

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


def _named(inputs: Inputs) -> dict[str, Any]:
    if isinstance(inputs, Mapping):
        return dict(inputs)
    if not isinstance(inputs, tuple):
        raise InputError("inputs must be a tuple or a mapping", hint="write (x,) for a single input")
    return {f"input {i}": value for i, value in enumerate(inputs)}


def _like(inputs: Inputs, named: Mapping[str, Any]) -> Structure:
    return dict(named) if isinstance(inputs, Mapping) else tuple(named.values())


def _call(forward: Forward, inputs: Inputs, named: Mapping[str, Any]) -> Structure:
    return forward(**named) if isinstance(inputs, Mapping) else forward(*named.values())


def _outputs(result: Structure) -> list[NDArray[Any]]:
    parts = result if isinstance(result, tuple | list) else (result,)
    return [np.array(part) for part in parts]


def _pull_back(
    forward: Forward, backward: Forward, inputs: Inputs, named: Mapping[str, Any], upstream: list[Vector]
) -> dict[str, Any]:
    """Gradient of every input by name; forward is run first, since layers cache what backward needs."""
    copies = {n: np.array(v) if isinstance(v, np.ndarray) else v for n, v in named.items()}
    result = _call(forward, inputs, copies)
    packed = tuple(upstream) if isinstance(result, tuple | list) else upstream[0]
    given = backward(packed)
    if isinstance(inputs, Mapping) and isinstance(given, Mapping):
        missing = [name for name in named if name not in given]
        if missing:
            return {**dict.fromkeys(missing), **given}
        return dict(given)
    parts = given if isinstance(given, tuple | list) else (given,)
    if len(parts) != len(named):
        raise InputError(
            f"backward returned {len(parts)} gradients for {len(named)} inputs",
            hint="return one for every input, None where there is none",
        )
    return dict(zip(named, parts, strict=True))


def _measure(
    forward: Forward,
    inputs: Inputs,
    named: Mapping[str, Any],
    moving: Mapping[str, Any],
    upstream: list[Vector],
) -> NumericalGradient:
    def weighted(point: Mapping[str, Any]) -> Structure:
        results = _outputs(_call(forward, inputs, {**named, **point}))
        return sum(np.sum(u * r) for u, r in zip(upstream, results, strict=True))

    return numerical_gradient(weighted, dict(moving))
