"""Labels: subtract 1 from the true class only, compare with the one-hot targets, look the class up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.repair.terms import Term
from gradcheck.trace import Site


def subtract_one_hot(context: Context) -> Iterator[Candidate]:
    """v[rows, y] -= 1 for v -= 1 and its kin; v - T for v - 1 with one-hot targets T."""
    for statement in context.statements():
        node = statement.node
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub | ast.Add):
            yield from _in_place(context, statement, node)
    for site in context.expressions(ast.BinOp):
        node = site.node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            shape = context.shape(context.source.site_of(node.left))
            for term in context.terms(site.statement):
                if shape and term.shape == shape and _is_one_hot(term.value):
                    yield context.edit(
                        context.source.site_of(node.right), term.text, "use-labels", 1.0 + term.cost
                    )


def insert_subtractions(context: Context) -> Iterator[Candidate]:
    """`v[rows, y] -= 1` as a line of its own behind `v = ...`, where nothing subtracts the labels."""
    for statement in context.statements():
        node = statement.node
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        shape = context.shape(context.source.site_of(node.value))
        if shape is None or len(shape) not in {1, 2}:
            continue
        name, indent = node.targets[0].id, " " * node.col_offset
        end = context.source.line_start((node.end_lineno or node.lineno) + 1)
        for index, cost in label_indices(shape, context.terms(statement.number)):
            line = Splice(end, end, f"{indent}{name}[{index}] -= 1\n")
            yield context.splice([line], statement, "index-by-label", cost + 0.3)


def _in_place(context: Context, statement: Site, node: ast.AugAssign) -> Iterator[Candidate]:
    """Index the target of `v -= 1` by the labels, whatever index it has now."""
    target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
    name = context.text(target)
    names = context.tracer.recorder.states.get(statement.number, {})
    terms = context.terms(statement.number)
    value = next((term.value for term in terms if term.text == name), None)
    if value is None and isinstance(target, ast.Name):
        value = names.get(target.id)
    if not isinstance(value, np.ndarray) or value.ndim not in {1, 2}:
        return
    place = Splice(*context.source.span(node.target), "")
    for index, cost in label_indices(value.shape, terms):
        yield context.splice(
            [Splice(place.start, place.end, f"{name}[{index}]")], statement, "index-by-label", cost
        )
    if isinstance(node.value, ast.Constant):
        for term in terms:
            if term.shape == value.shape and _is_one_hot(term.value):
                yield context.edit(
                    context.source.site_of(node.value), term.text, "use-labels", 0.9 + term.cost
                )


def label_indices(shape: tuple[int, ...], terms: list[Term]) -> Iterator[tuple[str, float]]:
    """Texts that index the true class in an array of logits or probabilities, likeliest first."""
    classes_last, classes_first = shape[-1], shape[0]
    for term in terms:
        labels = np.asarray(term.value)
        if labels.size == 0 or not _are_classes(labels):
            continue
        whole = term.text if labels.dtype.kind in "iu" else f"{term.text}.astype(int)"
        single = term.text if labels.dtype.kind in "iu" else f"int({term.text})"
        if labels.ndim == 0:
            yield from _single(single, shape, 1.0 + term.cost)
        elif labels.ndim == 1:
            for index in terms:
                if index.shape == () and _indexes(index.value, labels) and index.text.isidentifier():
                    item = f"{term.text}[{index.text}]"
                    item = item if labels.dtype.kind in "iu" else f"int({item})"
                    yield from _single(item, shape, 1.0 + term.cost + index.cost)
            if len(shape) == 2 and labels.size == classes_first and labels.max() < classes_last:
                yield f"np.arange(len({term.text})), {whole}", 1.0 + term.cost
                yield f"range(len({term.text})), {whole}", 1.2 + term.cost
            if len(shape) == 2 and labels.size == classes_last and labels.max() < classes_first:
                yield f"{whole}, np.arange(len({term.text}))", 1.0 + term.cost


def _single(text: str, shape: tuple[int, ...], cost: float) -> Iterator[tuple[str, float]]:
    if len(shape) == 1:
        yield text, cost
    elif shape[0] == 1:
        yield f"0, {text}", cost
    elif shape[1] == 1:
        yield text, cost


def _are_classes(labels: np.ndarray) -> bool:
    return labels.dtype.kind in "iuf" and bool(np.all((labels >= 0) & (labels == np.floor(labels))))


def _indexes(value: object, labels: np.ndarray) -> bool:
    return (
        isinstance(value, int | np.integer) and not isinstance(value, bool) and 0 <= int(value) < labels.size
    )


def _is_one_hot(value: object) -> bool:
    array = np.asarray(value)
    return (
        array.ndim >= 1 and array.size > 1 and bool(np.all((array == 0) | (array == 1))) and bool(array.any())
    )
