"""Try large logits: a softmax that is right must not care about a constant added to a row, nor about other rows."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience

FAR = 2000.0
# Beyond what exp can hold in float64, about 709.


def softmax_audit(lab: Lab) -> Observation:
    """Facts: `unstable`, a list of {function, line, alone, together}, for every function of the file that is a softmax.

    `alone`: whether one row far from zero stays finite; `together`: whether two rows far from each other do.
    """
    unstable = []
    for site in lab.tracer.source.sites:
        node = site.node
        if not isinstance(node, ast.FunctionDef) or site.parent >= 0:
            continue
        function = getattr(lab.program.module, node.name, None)
        if isinstance(function, types.FunctionType) and _is_softmax(function):
            alone = _stays_finite(function, np.array([[FAR, FAR + 1.0, FAR + 2.0]]))
            together = _stays_finite(function, np.array([[0.0, 1.0, 2.0], [FAR, FAR + 1.0, FAR + 2.0]]))
            if not (alone and together):
                fact = {"function": node.name, "line": site.line, "alone": alone, "together": together}
                unstable.append(fact)
    return Observation("softmax_audit", {"unstable": unstable})


def _is_softmax(function: Callable[..., Any]) -> bool:
    """Whether a function of one matrix gives rows that are exp(z) in proportion."""
    logits = np.array([[0.0, 1.0, 2.0], [1.0, -1.0, 0.5]])
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    result = called(function, logits)
    return result is not None and result.shape == logits.shape and bool(np.allclose(result, expected))


def _stays_finite(function: Callable[..., Any], logits: NDArray[np.float64]) -> bool:
    result = called(function, logits)
    return result is not None and bool(np.all(np.isfinite(result)))


def called(function: Callable[..., Any], argument: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """What a function makes of a copy of an array; None where it refuses, hangs, or gives no array of floats."""
    try:
        with patience(1.0), np.errstate(all="ignore"):
            result = function(argument.copy())
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any function of the user's may be tried here, and may refuse
        return None
    return result if isinstance(result, np.ndarray) and result.dtype.kind == "f" else None
