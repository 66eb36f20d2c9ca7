"""Clip a gradient that is long: does it keep its direction, or is every entry cut by itself?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.watched import watch_training
from gradcheck.findings import Observation
from gradcheck.trace import Site, SourceMap

LARGE = 30.0
# Times the limit: how long the gradient is whose turning is measured.
ROOTS = frozenset({"norm", "sqrt"})


def clipping_audit(lab: Lab) -> Observation:
    """Facts: `elementwise`, a list of {function, line, lines, text, operand, limit, norm, factor, tested, degrees}.

    Listed is what training reaches that cuts every entry of `operand` to a `limit` with which the same function weighs
    a `norm`: what is meant to be kept is the direction, and a gradient thirty times as long as the limit is turned by
    `degrees`. `factor` is the name of a quotient of the two that nothing reads, empty where there is none; `tested`
    tells whether it is only cut where the norm is the larger.
    """
    source = lab.tracer.source
    reached = {*lab.once(watch_training).order, *lab.tracer.recorder.reached}
    found = []
    for site in source.sites:
        cut = _cut(site.node)
        if cut is None or site.statement not in reached:
            continue
        operand, limit = (ast.unparse(part) for part in cut)
        inside = [other for other in source.sites if other.function == site.function]
        weighed = _weighed(inside, limit, _norms(source, inside))
        if weighed is not None:
            fact = {"text": source.text(site), "operand": operand, "limit": limit, "norm": weighed}
            more = {
                "factor": _unread(inside, limit, weighed),
                "tested": _is_tested(source, site, limit, weighed),
            }
            place = {"function": site.function, "line": site.line, "lines": [site.line]}
            found.append({**place, **fact, **more, "degrees": _turn(lab)})
    return Observation("clipping_audit", {"elementwise": found})


def _cut(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """What an expression cuts to between minus a number and that number, and the number; None for any other."""
    if not isinstance(node, ast.Call):
        return None
    kind, given = _called(node), list(node.args)
    if kind == "clip":
        if len(given) == 2 and isinstance(node.func, ast.Attribute):
            given = [node.func.value, *given]
        return (given[0], given[2]) if len(given) == 3 and _opposite(given[1], given[2]) else None
    if kind in {"minimum", "maximum"} and len(given) == 2 and isinstance(given[0], ast.Call):
        inner, outer = given
        assert isinstance(inner, ast.Call)
        if {kind, _called(inner)} == {"minimum", "maximum"} and len(inner.args) == 2:
            lower, upper = (inner.args[1], outer) if kind == "minimum" else (outer, inner.args[1])
            return (inner.args[0], upper) if _opposite(lower, upper) else None
    return None


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _opposite(lower: ast.expr, upper: ast.expr) -> bool:
    negative = isinstance(lower, ast.UnaryOp) and isinstance(lower.op, ast.USub)
    return negative and ast.dump(lower.operand) == ast.dump(upper)  # type: ignore[attr-defined] # of a minus


def _norms(source: SourceMap, inside: Sequence[Site]) -> set[str]:
    """The names that some statements give to norms, computed there or by a function of the file."""
    functions = {
        node.name for node in source.tree.body if isinstance(node, ast.FunctionDef) and _has_root(node, set())
    }
    assigned = [site.node for site in inside if isinstance(site.node, ast.Assign)]
    targets = [target for node in assigned if _has_root(node.value, functions) for target in node.targets]
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _has_root(node: ast.AST, functions: set[str]) -> bool:
    return any(isinstance(part, ast.Call) and _called(part) in ROOTS | functions for part in ast.walk(node))


def _weighed(inside: Sequence[Site], limit: str, norms: set[str]) -> str | None:
    """The norm that a comparison or a quotient holds together with a limit; None where there is none."""
    for site in inside:
        if isinstance(site.node, ast.Compare) or _is_quotient(site.node):
            held = _texts(site.node)
            if limit in held and norms & held:
                return min(norms & held)
    return None


def _is_quotient(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _texts(node: ast.AST) -> set[str]:
    return {ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.expr)}


def _unread(inside: Sequence[Site], limit: str, norm: str) -> str:
    """The name of a number computed of a limit and a norm that nothing reads; empty where there is none."""
    names = [site.node for site in inside if isinstance(site.node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    assigned = [
        (site.node.targets[0], site.node.value) for site in inside if isinstance(site.node, ast.Assign)
    ]
    factors = [t.id for t, v in assigned if isinstance(t, ast.Name) and {limit, norm} <= _texts(v)]
    return next((name for name in factors if name not in read), "")


def _is_tested(source: SourceMap, site: Site, limit: str, norm: str) -> bool:
    """Whether an expression is only reached where a comparison of the two came out so."""
    return any(
        isinstance(above.node, ast.If | ast.IfExp) and {limit, norm} <= _texts(above.node.test)
        for above in _above(source, site)
    )


def _above(source: SourceMap, site: Site) -> Iterator[Site]:
    while site.parent >= 0:
        site = source.sites[site.parent]
        yield site


def _turn(lab: Lab) -> float:
    """The angle between a long gradient and what clipping leaves of it, in degrees: the measured one, made long."""
    values: list[Any] = [np.nan_to_num(value).ravel() for value in lab.truth.numerical.values.values()]
    gradient = np.concatenate(values)
    long = LARGE * gradient / max(float(np.linalg.norm(gradient)), 1e-300)
    cut = np.clip(long, -1.0, 1.0)
    cosine = float(long @ cut) / max(float(np.linalg.norm(long) * np.linalg.norm(cut)), 1e-300)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
