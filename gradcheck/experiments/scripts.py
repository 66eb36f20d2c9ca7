"""The part of a file that only a run as a script reaches."""

from __future__ import annotations

import ast


def main_block(tree: ast.Module) -> str:
    r"""Its statements; empty where there is none.

    Example:
        >>> main_block(ast.parse("x = 1\nif __name__ == '__main__':\n    print(x)"))
        'print(x)'
    """
    for node in tree.body:
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            return "\n".join(ast.unparse(statement) for statement in node.body)
    return ""
