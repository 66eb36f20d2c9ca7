"""Arrays that are turned round and should not be, or that are not and should be: kernels and orders of samples."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import flips, near, numbers
from gradcheck.subject.truth import fit_shape
from gradcheck.trace import Site

BACK = 0.8
# Less than for turning something round: what is turned twice was turned once too often.


def turn_round(context: Context) -> Iterator[Candidate]:
    """X[::-1] for x, over the axes whose turning makes a wrong gradient the true one."""
    wanted: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
    for name in context.wrong:
        true = context.tracer.truth.numerical.values[name]
        used = fit_shape(context.tracer.gradient[name], true.shape)
        if used is not None and np.all(np.isfinite(true)):
            wanted.setdefault(true.shape, set()).update(flips(used, true))
    for site in context.expressions() if any(wanted.values()) else ():
        if context.is_object(site) or isinstance(getattr(site.node, "ctx", None), ast.Store):
            continue
        for axes in sorted(wanted.get(context.shape(site) or (), ())):
            text = context.operand(site.node)
            cost = 1.0 + 0.3 * isinstance(site.node, ast.BinOp) + 0.3 * (not _is_used(context, site))
            yield context.edit(site, f"{text}[{_slices(axes)}]", "turn-round", cost)


def turn_back(context: Context) -> Iterator[Candidate]:
    """X for x[::-1], and x[i] for x[n - i]."""
    for site in context.expressions(ast.Subscript):
        node = site.node
        assert isinstance(node, ast.Subscript)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if all(isinstance(part, ast.Slice) for part in parts) and any(map(_backwards, parts)):
            yield context.edit(site, context.text(node.value), "turn-back", BACK)
    for site in context.source.sites:
        node = site.node
        if site.statement not in context.suspects or not isinstance(node, ast.Subscript):
            continue
        index = node.slice
        if (
            isinstance(index, ast.BinOp)
            and isinstance(index.op, ast.Sub)
            and isinstance(index.right, ast.Name)
        ):
            yield context.edit(context.source.site_of(index), context.text(index.right), "turn-back", BACK)


def _is_used(context: Context, site: Site) -> bool:
    """Whether an expression comes to what the code uses as a wrong gradient: nothing is added to it any more."""
    value = numbers(context.value(site))
    used = [context.tracer.gradient[name] for name in context.wrong]
    return value is not None and any(value.shape == one.shape and near(value, one) for one in used)


def _backwards(part: ast.expr) -> bool:
    """Whether a slice is ::-1."""
    return (
        isinstance(part, ast.Slice)
        and part.lower is part.upper is None
        and isinstance(part.step, ast.UnaryOp)
        and isinstance(part.step.op, ast.USub)
    )


def _slices(axes: tuple[int, ...]) -> str:
    return ", ".join("::-1" if axis in axes else ":" for axis in range(max(axes) + 1))
