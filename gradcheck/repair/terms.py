"""Terms: what a person could have written at a place instead, with the value it has there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.subject.objects import is_plain_object
from gradcheck.trace import Site, SourceMap

MANY = 24
# A container with more items than this is data, not a handful of layers.


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """An expression in scope.

    Attributes:
        text: as it would be typed.
        value: what it evaluates to.
        cost: 0 for a plain name, more the further one has to reach for it.
    """

    text: str
    value: Any
    cost: float

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value; () for a number."""
        return np.shape(self.value)


def terms_in(names: Mapping[str, Any], words: frozenset[str], quote: str = "'") -> list[Term]:
    """Arrays and numbers that the local names reach: names, items, attributes, one step of each.

    Args:
        names: the local names of a function when a statement was reached.
        words: identifiers that the function uses anyway; reaching for others costs more.
        quote: the author's quotation mark.
    """
    found = [term for name, value in names.items() for term in _reach(name, value, names)]
    if quote == '"':
        found = [Term(_requoted(term.text), term.value, term.cost) for term in found]
    return [
        Term(term.text, term.value, term.cost + 0.3 * (not _uses_only(term.text, words)))
        for term in found
        if is_numeric(term.value)
    ]


def quote_of(source: str) -> str:
    """The quotation mark that an author uses around keys."""
    return '"' if source.count('["') > source.count("['") else "'"


def _requoted(text: str) -> str:
    return text if '"' in text else text.replace("'", '"')


def is_numeric(value: Any) -> bool:
    """Whether a value is a number or an array of numbers."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub"
    return isinstance(value, float | int | np.number) and not isinstance(value, bool)


def scalar_terms(terms: list[Term]) -> list[Term]:
    """Numbers in scope, and the sizes of the arrays in scope: len(x), x.shape[1], x.size."""
    found: list[Term] = []
    for term in terms:
        if term.shape == () or np.size(term.value) == 1:
            if term.shape == ():
                found.append(term)
            continue
        found.append(Term(f"len({term.text})", len(term.value), term.cost + 0.1))
        found += [
            Term(f"{term.text}.shape[{axis}]", size, term.cost + 0.2 + 0.1 * axis)
            for axis, size in enumerate(term.shape)
        ]
        if len(term.shape) > 1:
            found.append(Term(f"{term.text}.size", int(np.size(term.value)), term.cost + 0.4))
    return found


def _reach(name: str, value: Any, names: Mapping[str, Any], steps: int = 2) -> Iterator[Term]:
    """Terms that start with a name: itself, its items, its attributes, and for those once more."""
    if isinstance(value, list | tuple):
        yield from _items(name, value, names)
    elif isinstance(value, dict):
        if len(value) <= MANY:
            for key, item in value.items():
                yield Term(f"{name}[{key!r}]", item, 0.1)
    elif is_numeric(value):
        yield Term(name, value, 0.15 * (2 - steps))
    elif is_plain_object(value) and steps:
        for attribute, item in vars(value).items():
            yield from _reach(f"{name}.{attribute}", item, names, steps - 1)


def _items(name: str, value: list[Any] | tuple[Any, ...], names: Mapping[str, Any]) -> Iterator[Term]:
    if len(value) > MANY or all(isinstance(item, float | int) for item in value):
        return
    for at, item in enumerate(value):
        yield Term(f"{name}[{at}]", item, 0.5)
    if value:
        yield Term(f"{name}[-1]", value[-1], 0.4)
    for index, position in names.items():
        if isinstance(position, int | np.integer) and not isinstance(position, bool):
            for step, text in ((0, index), (1, f"{index} + 1"), (-1, f"{index} - 1")):
                if 0 <= position + step < len(value):
                    yield Term(f"{name}[{text}]", value[position + step], 0.1 + 0.1 * abs(step))


def _uses_only(text: str, words: frozenset[str]) -> bool:
    tree = ast.parse(text, mode="eval")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return used <= words | {"len", "shape", "size"}


def leftovers(source: SourceMap, statement: Site) -> frozenset[str]:
    """Names that loops bind which do not enclose a statement, in its own function, and nothing else binds."""
    bound: dict[str, bool] = {}
    for site in source.sites:
        if site.function != statement.function or not isinstance(site.node, ast.Name):
            continue
        if isinstance(site.node.ctx, ast.Store):
            over = source.sites[site.statement]
            ended = isinstance(over.node, ast.For) and not over.start <= statement.start < over.end
            bound[site.node.id] = bound.get(site.node.id, True) and ended
    return frozenset(name for name, ended in bound.items() if ended)
