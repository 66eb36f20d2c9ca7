"""Calls that draw: an expression that names one twice means one draw, as the code did that it was taken from."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from gradcheck.subject.discover.bindings import is_drawn
from gradcheck.subject.discover.script import Script

INNER = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def drawing_functions(scripts: Iterable[Script]) -> frozenset[str]:
    """The names of the functions of some files that draw random numbers."""
    functions = (function for script in scripts for function in script.functions.values())
    return frozenset(f.name for f in functions if isinstance(f, ast.FunctionDef) and is_drawn(f))


def drawn_once(node: ast.expr, drawing: AbstractSet[str]) -> ast.expr:
    """An expression with each drawing call that it repeats made once, where it is met first, and kept under a name.

    Example:
        >>> twice = ast.parse("loss(batch()[0], batch()[1])", mode="eval").body
        >>> ast.unparse(drawn_once(twice, {"batch"}))
        'loss((drawn := batch())[0], drawn[1])'
    """
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call) and _name(part) in drawing]
    repeated = [text for text, count in Counter(map(ast.unparse, calls)).items() if count > 1]
    inner = [part for part in ast.walk(node) if isinstance(part, INNER)]
    if not repeated or any(ast.unparse(call) in repeated for part in inner for call in ast.walk(part)):
        return node  # a name that is bound inside of a comprehension is another matter
    made: ast.expr = _Once(repeated).visit(node)
    return ast.fix_missing_locations(made)


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


class _Once(ast.NodeTransformer):
    """Puts a name in place of repeated calls; fields are visited in the order in which they are evaluated."""

    def __init__(self, repeated: list[str]) -> None:
        self._names = {text: "drawn" + "_" * place for place, text in enumerate(repeated)}
        self._made: set[str] = set()

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A repeated call, the first time bound to its name, and its name from then on."""
        text = ast.unparse(node)
        if text not in self._names:
            self.generic_visit(node)
            return node
        if text in self._made:
            return ast.Name(self._names[text], ast.Load())
        self._made.add(text)
        self.generic_visit(node)
        return ast.NamedExpr(ast.Name(self._names[text], ast.Store()), node)
