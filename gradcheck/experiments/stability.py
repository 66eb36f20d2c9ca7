"""Try large logits: a softmax that is right must not care about a constant added to a row, nor about other rows.

A function of the file is tried with logits far apart. One that is written out where it is needed is judged by what its
exponentials are taken of: shifted row by row the largest of every row is 0, by the whole batch the largest of all.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.trace import Site, SourceMap

FAR = 2000.0
# Beyond what exp can hold in float64, about 709.


def softmax_audit(lab: Lab) -> Observation:
    """Facts: `unstable`, a list of {function, scope, axis, line, alone, together}, for every softmax of the file.

    `function` is its name, or the text of the exponentials where it is none of its own; `scope` is the function that it
    stands in, and `axis` the one that it sums over. `alone`: whether one row far
    from zero stays finite; `together`: whether two rows far from each other do.
    """
    unstable = []
    own: set[str] = set()
    for site in lab.tracer.source.sites:
        node = site.node
        if not isinstance(node, ast.FunctionDef) or site.parent >= 0:
            continue
        function = getattr(lab.program.module, node.name, None)
        if isinstance(function, types.FunctionType) and _is_softmax(function):
            own.add(node.name)
            alone = _stays_finite(function, np.array([[FAR, FAR + 1.0, FAR + 2.0]]))
            together = _stays_finite(function, np.array([[0.0, 1.0, 2.0], [FAR, FAR + 1.0, FAR + 2.0]]))
            if not (alone and together):
                place = {"function": node.name, "scope": node.name, "axis": 1, "line": site.line}
                unstable.append({**place, "alone": alone, "together": together})
    unstable += _written_out(lab, own)
    return Observation("softmax_audit", {"unstable": unstable})


def _written_out(lab: Lab, own: set[str]) -> Iterator[dict[str, Any]]:
    """The exponentials of softmaxes that stand in no function of their own, where a row keeps its maximum."""
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    source = lab.tracer.source
    values = {number: record.values[0] for number, record in seen.items()}
    tables = {number: value for number, value in values.items() if _is_table(value)}
    done: set[int] = set()
    for number, powers in tables.items():
        site = source.sites[number]
        if not _is_exponential(site.node) or site.function in own or site.line in done:
            continue
        axes = [a for a in (1, 0) if _normalised(powers, a, tables.values())] if np.all(powers > 0.0) else []
        if not axes:
            continue
        done.add(site.line)
        alone = bool(powers.max() == 1.0)
        together = alone and bool(np.all(powers.max(axis=axes[0]) == 1.0))
        if not together:
            place = {"function": source.text(site), "scope": site.function, "axis": axes[0]}
            yield {**place, "line": _shift_line(source, site), "alone": alone, "together": together}


def _shift_line(source: SourceMap, powers: Site) -> int:
    """The line that gives the exponentials their argument, where that is a name; else their own."""
    argument = powers.node.args[0] if isinstance(powers.node, ast.Call) and powers.node.args else None
    made = [
        site.line
        for site in source.sites
        if site.function == powers.function
        and site.line < powers.line
        and isinstance(argument, ast.Name)
        and isinstance(site.node, ast.Assign)
        and ast.unparse(site.node.targets[0]) == argument.id
    ]
    return made[-1] if made else powers.line


def _is_table(value: object) -> TypeGuard[NDArray[np.float64]]:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.dtype.kind != "f":
        return False
    return min(value.shape) > 1 and bool(np.all(np.isfinite(value)))


def _is_exponential(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "exp"


def _normalised(powers: NDArray[np.float64], axis: int, tables: Iterable[NDArray[np.float64]]) -> bool:
    """Whether one of some tables is made of powers over their sums along an axis, or of the logarithms of these."""
    sums = powers.sum(axis=axis, keepdims=True)
    if np.allclose(sums, 1.0):
        return False  # of logarithms of probabilities: nothing is left to normalise
    shares = powers / sums
    made = (shares, np.log(shares))
    same = [table for table in tables if table.shape == powers.shape and table is not powers]
    return any(np.allclose(table, one, rtol=1e-9, atol=0.0) for table in same for one in made)


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
