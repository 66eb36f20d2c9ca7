"""Replay the optimisers: what a class of the file does with a gradient that stays the same."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience

RATE = 0.1
STEPS = 6
GRADIENT = np.array([0.5, -0.25, 2.0])
# Sizes that differ, so that a step of the rate for every one of them is normalised and not plain descent.


def optimiser_audit(lab: Lab) -> Observation:
    """Facts: `optimisers`, a list of {name, method, line, steps, kind}, and `faulty`, those whose kind is no right one.

    `steps` are the sizes of the first steps in units of the rate, for a gradient that stays the same; `kind` is what
    they show: "adam" (all 1), "adam-uncorrected" (normalised by a running second moment, but not all 1), else "".
    """
    found = []
    for site in lab.tracer.source.sites:
        node = site.node
        if not isinstance(node, ast.ClassDef) or site.parent >= 0:
            continue
        for method in (part for part in node.body if isinstance(part, ast.FunctionDef)):
            if len(method.args.args) == 3 and not method.name.startswith("__"):
                steps = _replay(getattr(lab.program.module, node.name, None), method.name)
                if steps is not None:
                    fact = {"name": node.name, "method": method.name, "line": method.lineno}
                    found.append({**fact, "steps": [float(s) for s in steps[:, 0]], "kind": _kind(steps)})
    faulty = [fact for fact in found if fact["kind"] == "adam-uncorrected"]
    return Observation("optimiser_audit", {"optimisers": found, "faulty": faulty})


def _replay(owner: Any, method: str) -> NDArray[np.float64] | None:
    """|step| / rate of each entry for each step; None where the class is no optimiser that can be tried."""
    try:
        with patience(1.0), np.errstate(all="ignore"):
            optimiser = owner(RATE)
            weights = np.array([1.0, 2.0, -1.0])
            steps = []
            for _ in range(STEPS):
                before = weights.copy()
                returned = getattr(optimiser, method)(weights, GRADIENT.copy())
                weights = (
                    returned
                    if isinstance(returned, np.ndarray) and returned.shape == before.shape
                    else weights
                )
                steps.append(np.abs(weights - before) / RATE)
                if np.array_equal(weights, before):
                    return None
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any class of the user's may be tried here, and may refuse
        return None
    return np.array(steps)


def _kind(steps: NDArray[np.float64]) -> str:
    """Whether the steps have the same size whatever the gradient's: then a running second moment divides them."""
    normalised = np.allclose(steps, steps[:, :1], rtol=1e-3)
    if not normalised or not np.all(np.isfinite(steps)):
        return ""
    return "adam" if np.allclose(steps, 1.0, rtol=1e-2) else "adam-uncorrected"
