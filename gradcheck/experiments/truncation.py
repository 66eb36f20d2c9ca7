"""Watch what is written where: a number with a fraction loses it in an array of integers, and nothing warns."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import lookup
from gradcheck.findings import Observation
from gradcheck.trace import Recorder, SourceMap, recorded_from_start


def truncation_audit(lab: Lab) -> Observation:
    """Facts: `truncated`, a list of {line, lines, target, dtype, lost, made, origin}, seen during the gradient.

    `target` is an array of integers that fractions are written into; `lost` is the largest of them. `lines` has the
    write, then where the array is made (`made`), then where the integers that it is made like come from (`origin`);
    the latter two are 0 where they are not known. Where no array is written into, `target` is a cast to integers of
    what wrong gradients are computed from, and `made` its own line.
    """
    source = lab.tracer.source
    run = lab.tracer.recorder
    facts = [fact for number in run.reached if (fact := _write(source, run, number)) is not None]
    if facts:
        whole = recorded_from_start(lab.path, source, lab.wiring, lab.seed, lambda live: live.gradient())
        facts = [{**fact, **_origin(source, whole, fact)} for fact in facts]
    elif lab.wrong:
        facts = [fact for number in run.seen if (fact := _cast(lab, source, run, number)) is not None]
    return Observation("truncation_audit", {"truncated": facts})


def _write(source: SourceMap, run: Recorder, number: int) -> dict[str, Any] | None:
    """A statement that writes fractions into integers."""
    node = source.sites[number].node
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    value = getattr(node, "value", None)
    if not isinstance(target, ast.Subscript) or not isinstance(value, ast.expr):
        return None
    array = lookup(target.value, run.scopes[number])
    record = run.seen.get(source.site_of(value).number)
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iub" or record is None:
        return None
    lost = _fraction(record.values[0])
    if not lost:
        return None
    text = source.text(source.site_of(target.value))
    return {"line": node.lineno, "target": text, "dtype": str(array.dtype), "lost": lost}  # type: ignore[attr-defined] # a statement


def _cast(lab: Lab, source: SourceMap, run: Recorder, number: int) -> dict[str, Any] | None:
    """A call that makes integers of an array with fractions, without which wrong gradients come out otherwise."""
    site = source.sites[number]
    after = run.seen[number].values[0]
    if (
        not isinstance(site.node, ast.Call)
        or not isinstance(after, np.ndarray)
        or after.dtype.kind not in "iu"
    ):
        return None
    owner = [site.node.func.value] if isinstance(site.node.func, ast.Attribute) else []
    given = [run.seen.get(source.site_of(part).number) for part in (*owner, *site.node.args)]
    values = [record.values[0] for record in given if record is not None]
    before = next((value for value in values if np.shape(value) == after.shape), None)
    lost = _fraction(before)
    if not lost or not np.array_equal(np.trunc(np.asarray(before)), after):
        return None
    whole = lab.tracer.gradient_with({number: lambda _cut: before})
    own = lab.tracer.gradient
    if whole is None or all(np.array_equal(own[name], whole[name]) for name in lab.wrong):
        return None
    place = {"line": site.line, "made": site.line, "origin": 0, "lines": [site.line]}
    return {**place, "target": source.text(site), "dtype": str(after.dtype), "lost": lost}


def _fraction(value: object) -> float:
    """The largest fraction of numbers that are no integers; 0 where there is none."""
    if not isinstance(value, np.ndarray | float) or np.asarray(value).dtype.kind != "f":
        return 0.0
    numbers: NDArray[np.float64] = np.asarray(value, dtype=float)
    finite = numbers[np.isfinite(numbers)]
    return float(np.max(np.abs(finite - np.trunc(finite)), initial=0.0))


def _origin(source: SourceMap, whole: Recorder, fact: dict[str, Any]) -> dict[str, Any]:
    """Where the array is made, and the first expression that gave the integers it is made like."""
    made = _assignment(source, whole, fact)
    origin = 0
    if made is not None:
        like = [v for v in _integers(source, whole, made) if v.size > 1]
        first = next((n for n in whole.seen if any(_is(whole.seen[n].values[0], v) for v in like)), None)
        origin = source.sites[first].line if first is not None else 0
    line = made.lineno if made is not None else 0
    lines = list(dict.fromkeys(n for n in (fact["line"], line, origin) if n))
    return {"made": line, "origin": origin if origin != line else 0, "lines": lines}


def _assignment(source: SourceMap, whole: Recorder, fact: dict[str, Any]) -> ast.Assign | None:
    """The last assignment to the array's name before the write, of those that ran."""
    nodes = [source.sites[number].node for number in whole.reached]
    found = [
        node
        for node in nodes
        if isinstance(node, ast.Assign)
        and node.lineno < fact["line"]
        and any(ast.unparse(target) == fact["target"] for target in node.targets)
    ]
    return found[-1] if found else None


def _integers(source: SourceMap, whole: Recorder, made: ast.Assign) -> list[NDArray[Any]]:
    """The arrays of integers that an assignment reads."""
    numbers = [source.site_of(node).number for node in ast.walk(made.value) if isinstance(node, ast.expr)]
    values = [
        whole.seen[n].values[0] for n in numbers if n in whole.seen and n != source.site_of(made.value).number
    ]
    return [v for v in values if isinstance(v, np.ndarray) and v.dtype.kind in "iub"]


def _is(value: object, array: NDArray[Any]) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == array.dtype and np.array_equal(value, array)
