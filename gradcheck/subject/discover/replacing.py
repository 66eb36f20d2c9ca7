"""An expression rewritten in the words of another scope, name by name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.statements import arguments

if TYPE_CHECKING:
    from gradcheck.subject.discover.phrases import Phrases


def rewritten(node: ast.AST, phrases: Phrases, moment: Moment, depth: int, local: set[str]) -> ast.AST:
    """An expression or statement in the scope's words; names that the expression binds itself stay.

    Args:
        node: the expression or statement; changed in place.
        phrases: what names stand for.
        moment: where it stands.
        depth: how many replacements may still follow from one.
        local: names that stay.
    """
    made: ast.AST = _Replace(phrases, moment, depth, local).visit(node)
    return made


class _Replace(ast.NodeTransformer):
    def __init__(self, phrases: Phrases, moment: Moment, depth: int, local: set[str]) -> None:
        self._phrases = phrases
        self._moment = moment
        self._depth = depth
        self._local = [set(local)]

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
            alias = self._phrases.alias(node, self._moment)
            if alias is not None:
                return ast.Name(alias, ast.Load())
        made: ast.AST = super().visit(node)
        return made

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if any(node.id in names for names in self._local):
            return node
        if isinstance(node.ctx, ast.Store):
            return self._phrases.target(node, self._moment)
        return self._phrases.name(node.id, self._moment, self._depth)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if self._phrases.is_draw(node.slice, self._moment):
            self._phrases.drawn = True
            return self.visit(node.value)  # few samples are drawn from, and all of them are meant
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        made = self.generic_visit(node)
        assert isinstance(made, ast.BinOp)
        sides = (made.left, made.right)
        if isinstance(made.op, ast.Add) and all(
            isinstance(s, ast.Constant) and type(s.value) is int for s in sides
        ):
            return ast.Constant(made.left.value + made.right.value)  # type: ignore[attr-defined] # both are constants
        return made

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._local.append({argument.arg for argument in arguments(node)})
        made: ast.AST = self.generic_visit(node)
        self._local.pop()
        return made

    def _comprehension(self, node: Any) -> ast.AST:
        self._local.append(
            {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        )
        made: ast.AST = self.generic_visit(node)
        self._local.pop()
        return made

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 -- as above
