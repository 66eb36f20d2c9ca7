"""Where an expression needs parentheses to stand as a part of another."""

from __future__ import annotations

import ast


def parenthesised(text: str, node: ast.AST, *, loose: tuple[type[ast.operator], ...] | None = None) -> str:
    """`text` of `node`, wrapped where it is a compound; with `loose`, only where its operator is one of those."""
    if isinstance(node, ast.BinOp):
        wrap = loose is None or isinstance(node.op, loose)
    else:
        wrap = isinstance(node, ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp | ast.Lambda)
    return f"({text})" if wrap else text
