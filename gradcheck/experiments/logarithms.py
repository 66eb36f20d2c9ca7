"""Try large logits: a log-softmax of the file may stay finite where the logarithm of a softmax does not."""

from __future__ import annotations

import ast
import types
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.stability import called
from gradcheck.experiments.varying import Array
from gradcheck.findings import Observation

FAR = 2000.0
# Further apart than the exponent range of float64 reaches, some 745.


def logarithm_audit(lab: Lab) -> Observation:
    """Facts: `unsafe`, a list of {line, text, function, logits}: logarithms of a softmax that may be zero.

    `text` takes the logarithm of probabilities, in the loss. `function`, of the same file, gives the same numbers from
    the logits, and stays finite where a probability underflows. `logits` are the texts of what it can be given.
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
    return Observation("logarithm_audit", {"unsafe": unsafe})


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
