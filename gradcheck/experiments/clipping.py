"""Clip a gradient that is long: does it keep its direction, or is every entry cut by itself?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.trace import Site, SourceMap

LIMIT = 1.0
LARGE = 30.0
# Times the limit: how long the gradients are that are tried.


def clipping_audit(lab: Lab) -> Observation:
    """Facts: `elementwise`, a list of {function, line, lines, degrees, norm}.

    Each function of the file that takes gradients and one number is given gradients of three arrays, in a dict or a
    list, some thirty times as long as that number. Listed are those that cut every entry to the number although they
    compute the norm of all: what they mean to keep is the direction, and it turns by `degrees`.
    """
    source = lab.tracer.source
    found = []
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or len(node.args.args) != 2:
            continue
        degrees = _turn(lab.program.module.__dict__.get(node.name))
        inside = [s for s in source.sites if s.function == node.name and s.is_statement]
        if degrees is not None:
            lines = [s.line for s in inside if _cuts(s)] or [node.lineno]
            fact = {"function": node.name, "line": lines[0], "lines": lines, "degrees": degrees}
            found.append({**fact, "norm": _norm_name(source, inside)})
    return Observation("clipping_audit", {"elementwise": found})


def _turn(function: Any) -> float | None:
    """The angle between a long gradient and what clipping leaves of it, in degrees; None where no entry was cut."""
    if not callable(function):
        return None
    rng = np.random.default_rng(0xC11F)
    given = {
        name: LARGE * rng.normal(size=shape) for name, shape in {"W": (3, 2), "b": (2,), "V": (2,)}.items()
    }
    for packed in ({name: value.copy() for name, value in given.items()}, [v.copy() for v in given.values()]):
        cut = _clipped(function, packed)
        if cut is None:
            continue
        one, other = np.concatenate([v.ravel() for v in given.values()]), cut
        if np.allclose(other, np.clip(one, -LIMIT, LIMIT), rtol=1e-9, atol=0.0):
            cosine = float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other))
            return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    return None


def _clipped(function: Callable[..., Any], packed: Any) -> NDArray[np.float64] | None:
    """What a function returns for gradients, or makes of them in place, in one row."""
    try:
        with patience(1.0), np.errstate(all="ignore"):
            returned = function(packed, LIMIT)
        kept = packed if returned is None else returned
        values = list(kept.values()) if isinstance(kept, dict) else list(kept)
        return np.concatenate([np.asarray(value, dtype=float).ravel() for value in values])
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any function of the user's may be tried here, and may refuse
        return None


def _calls(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "attr", getattr(part.func, "id", ""))


def _cuts(site: Site) -> bool:
    return not isinstance(site.node, ast.For | ast.FunctionDef) and bool(
        {"clip", "minimum", "maximum"} & set(_calls(site.node))
    )


def _norm_name(source: SourceMap, inside: list[Site]) -> str:
    """The text of what computes a norm in some statements; empty where none does."""
    for site in inside:
        if isinstance(site.node, ast.Assign) and {"norm", "sqrt"} & set(_calls(site.node)):
            return source.text(site)
    return ""
