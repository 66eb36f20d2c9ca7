"""Whole statements: left out, moved, missing their twin, never carried over to the next turn of a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.repair.operators.arithmetic import is_zero
from gradcheck.repair.relations.passing import target_of
from gradcheck.trace import Site

HARMING = 0.8
# Less for what does nothing but harm: it sets a part of an array to 0, or is the only update among the deltas.
AGAIN = 1.1
# Less for what sets a sum back to 0 that was begun before.
OTHERWISE = 0.8
# Added for moving what is no update of a parameter: where nothing reads it afterwards, that only hides it.
SIMPLE = ast.Assign | ast.AugAssign | ast.Expr


def delete_statements(context: Context) -> Iterator[Candidate]:
    """A simple statement left out."""
    astray = context.updates if len(context.updates) == 1 else frozenset()
    for statement in context.statements():
        if isinstance(statement.node, SIMPLE) and len(_block(context, statement)) > 1:
            start, end = whole_lines(context, statement)
            less = HARMING * (_blanks(statement.node) or statement.number in astray)
            less = max(less, AGAIN * _starts_anew(context, statement))
            yield context.splice([Splice(start, end, "")], statement, "delete-statement", 2.0 - less)


def _blanks(node: ast.AST) -> bool:
    """Whether a statement sets a part of something to 0."""
    return (
        isinstance(node, ast.Assign) and isinstance(node.targets[-1], ast.Subscript) and is_zero(node.value)
    )


def _starts_anew(context: Context, statement: Site) -> bool:
    """Whether a statement gives zeros to what the function has given something else before."""
    node = statement.node
    if not isinstance(node, ast.Assign) or "zeros" not in ast.unparse(node.value):
        return False
    earlier = (
        site
        for site in context.source.sites
        if site.function == statement.function and site.start < statement.start and site.is_statement
    )
    return bool(target_of(node)) and any(target_of(site.node) == target_of(node) for site in earlier)


def move_updates_last(context: Context) -> Iterator[Candidate]:
    """A statement that changes something in place, moved behind the statements that still read the old value."""
    for statement in context.statements():
        node = statement.node
        if not (isinstance(node, ast.AugAssign) or _stores_outside(node)):
            continue
        block = _block(context, statement)
        at = next((i for i, other in enumerate(block) if other is node), len(block))
        for later in block[at + 1 : at + 7]:
            start, end = whole_lines(context, statement)
            _, after = whole_lines(context, context.source.site_of(later))
            moved = _with_newline(context.source.source[start:end])
            splices = [Splice(start, end, ""), Splice(after, after, moved)]
            odd = OTHERWISE * (statement.number not in context.updates)
            yield context.splice(splices, statement, "move-statement", 1.3 + odd)


def carry_over(context: Context) -> Iterator[Candidate]:
    """`d_next = d_prev` at the end of a loop, where `d_next` is read in it and set only before it."""
    for site in context.source.sites:
        loop = site.node
        if not isinstance(loop, ast.For | ast.While) or not loop.body:
            continue
        inside = [node for part in loop.body for node in ast.walk(part)]
        stored = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        loaded = [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        last = context.source.site_of(loop.body[-1])
        names = context.tracer.recorder.states.get(last.number, {})
        waiting = list(dict.fromkeys(n for n in loaded if n not in stored and _is_array(names.get(n))))
        unused = [name for name in sorted(stored) if name not in loaded]
        pairs = [(w, u) for w in waiting for u in unused if _alike(names, w, u, inside)]
        yield from _carried(context, last, waiting, pairs)


def _carried(
    context: Context, last: Site, waiting: list[str], pairs: list[tuple[str, str]]
) -> Iterator[Candidate]:
    indent = " " * last.node.col_offset  # type: ignore[attr-defined] # statements have one
    _, end = whole_lines(context, last)
    options = [[(w, u) for w, u in pairs if w == name] for name in waiting]
    texts = [f"{w} = {u}" for w, u in pairs]
    for some, others in ((a, b) for i, a in enumerate(options) for b in options[i + 1 :]):
        texts += [f"{w}, {v} = {u}, {t}" for w, u in some for v, t in others if u != t]
    for text in texts:
        lead = "" if context.source.source[:end].endswith("\n") else "\n"
        splice = Splice(end, end, f"{lead}{indent}{text}\n")
        yield Candidate((splice,), "carry-over", 1.2, last.function, (last.number,))


def whole_lines(context: Context, statement: Site) -> tuple[int, int]:
    """Character offsets of the full lines of a statement, its line break included."""
    node = statement.node
    assert isinstance(node, ast.stmt)
    start = context.source.line_start(node.lineno)
    end_line = node.end_lineno or node.lineno
    return start, context.source.line_start(end_line + 1)


def _block(context: Context, statement: Site) -> list[ast.stmt]:
    """The statements of the block that a statement stands in."""
    parents = (
        [context.source.sites[statement.parent].node] if statement.parent >= 0 else [context.source.tree]
    )
    for parent in parents:
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and any(item is statement.node for item in value):
                return value
            for part in value if isinstance(value, list) else []:
                body = getattr(part, "body", None)
                if isinstance(body, list) and any(item is statement.node for item in body):
                    return body
    return []


def _stores_outside(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)


def _with_newline(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray | float)


def _alike(names: dict[str, Any], one: str, other: str, inside: list[ast.AST]) -> bool:
    """Whether a value made in the loop has the shape of the one that waits for it."""
    value = names.get(other)
    if value is None:  # set in the very last statement: not yet in scope when it was reached
        return any(isinstance(n, ast.Name) and n.id == other for n in inside)
    other_shape: tuple[int, ...] = np.asarray(names.get(one)).shape
    return bool(np.asarray(value).shape == other_shape)
