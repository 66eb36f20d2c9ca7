"""Try large logits and large weights: what stays finite there, and which logarithm is taken of zero."""

from __future__ import annotations

import ast
import types
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.stability import called
from gradcheck.experiments.trained import trained_as_is
from gradcheck.experiments.varying import Array
from gradcheck.findings import Observation
from gradcheck.subject.offsets import is_logarithm
from gradcheck.subject.program import Live

FAR = 2000.0
# Further apart than the exponent range of float64 reaches, some 745.
GROWN = 10.0
# Times the weights after training: where longer training, or one step too large, may take them.


def logarithm_audit(lab: Lab) -> Observation:
    """Facts: `unsafe`, a list of {line, text, function, logits}: logarithms of a softmax that may be zero; `latent`.

    `text` takes the logarithm of probabilities, in the loss. `function`, of the same file, gives the same numbers from
    the logits, and stays finite where a probability underflows. `logits` are the texts of what it can be given.
    `latent`, a list of {line, text, grown, loss}: logarithms that are taken of zero where all parameters are `grown`
    times what training makes of them, and the loss there, as text. Not asked where a gradient is wrong.
    """
    safe = [name for name, function in _functions(lab).items() if _is_safe(function)]
    seen = lab.tracer.recording(lambda live: live.loss()).seen if safe else {}
    source = lab.tracer.source
    arrays = {n: record.values[0] for n, record in seen.items() if isinstance(record.values[0], np.ndarray)}
    unsafe: list[dict[str, Any]] = []
    for number, value in arrays.items():
        site = source.sites[number]
        if not isinstance(site.node, ast.Call) or not site.node.args or site.function in safe:
            continue
        argument = arrays.get(source.site_of(site.node.args[0]).number)
        if argument is None or argument.shape != value.shape or argument.min() <= 0.0:
            continue
        if np.allclose(np.log(argument), value, atol=0.0):
            for name in safe:
                logits = [n for n, z in arrays.items() if z.ndim == 2 and _gives(lab, name, z, value)]
                texts = {
                    source.text(source.sites[n]): None for n in logits if source.sites[n].line < site.line
                }
                if texts:
                    fact = {"line": site.line, "text": source.text(site), "function": name}
                    unsafe.append({**fact, "logits": list(texts)})
    latent = [] if unsafe or lab.wrong else _of_zero(lab)
    return Observation("logarithm_audit", {"unsafe": unsafe, "latent": latent})


def _of_zero(lab: Lab) -> list[dict[str, Any]]:
    """Logarithms of zero for which the loss is no number once the parameters have grown."""
    trained = lab.once(trained_as_is)
    if trained is None or not np.isfinite(trained.after):
        return []
    grown = {name: GROWN * value for name, value in trained.parameters.items()}
    ends: list[float] = []

    def ask(live: Live) -> None:
        live.set(grown)
        ends.append(live.loss())

    seen = lab.tracer.recording(ask).seen
    if not ends or np.isfinite(ends[0]):
        return []
    source = lab.tracer.source
    found = []
    for number in seen:
        site = source.sites[number]
        if is_logarithm(site.node):
            argument = seen.get(source.site_of(site.node.args[0]).number)
            if argument is not None and any(_has_zero(value) for value in argument.values):
                fact = {"line": site.line, "text": source.text(site), "grown": GROWN, "loss": str(ends[0])}
                found.append(fact)
    return found


def _has_zero(value: Any) -> bool:
    """Whether numbers that are all finite and none of them negative have a zero among them."""
    array = np.asarray(value)
    return (
        array.dtype.kind == "f" and array.size > 0 and bool(np.isfinite(array).all() and array.min() == 0.0)
    )


def _functions(lab: Lab) -> dict[str, types.FunctionType]:
    held = lab.program.module.__dict__
    return {name: value for name, value in held.items() if isinstance(value, types.FunctionType)}


def _is_safe(function: types.FunctionType) -> bool:
    """Whether a function of one matrix is the logarithm of the softmax of its rows, however far apart they are."""
    near = np.array([[0.0, 1.0, 2.0], [1.0, -1.0, 0.5]])
    expected = near - np.log(np.sum(np.exp(near), axis=1, keepdims=True))
    result = called(function, near)
    if result is None or result.shape != near.shape or not np.allclose(result, expected):
        return False
    far = called(function, FAR * near)
    return far is not None and bool(np.all(np.isfinite(far)))


def _gives(lab: Lab, name: str, logits: Array, expected: Array) -> bool:
    if logits.shape != expected.shape:
        return False
    result = called(getattr(lab.program.module, name), logits)
    return result is not None and result.shape == expected.shape and np.allclose(result, expected, rtol=1e-9)
