"""What the source of an update says: the code that ran, and whether weights decay in a statement of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.subject.discover.observation import Observation


def bodies_of(seen: Observation) -> list[ast.AST]:
    """What ran of the file: its functions, and the file itself where its own statements did."""
    script = seen.driver.stage.scene.script
    keys = {(call.code.co_firstlineno, call.code.co_name) for call in seen.watch.calls}
    bodies: list[ast.AST] = [node for key, node in script.functions.items() if key in keys]
    if any(c.code.co_name == "<module>" and c.code.co_filename == script.path for c in seen.watch.calls):
        bodies.append(script.tree)
    return bodies


def decays_apart(seen: Observation) -> bool:
    """Whether a statement of the update takes from something a share of itself, apart from any gradient."""
    return any(is_apart(statement) for statement in _statements(seen))


def decays_after(seen: Observation) -> bool:
    """Whether that statement comes after another one that changes the same."""
    last: dict[str, bool] = {}
    found = False
    for statement in _statements(seen):
        target = ast.unparse(
            statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
        )
        if is_apart(statement):
            found |= last.get(target, False)
        last[target] = isinstance(statement, ast.AugAssign)
    return found


def _statements(seen: Observation) -> Iterator[ast.Assign | ast.AugAssign]:
    for tree in (*bodies_of(seen), ast.parse(seen.driver.text)):
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AugAssign))


def is_apart(statement: ast.stmt) -> bool:
    """Whether a statement takes from something a share of itself: `W -= a * W`, `W *= a`, `W = a * W - b * g`."""
    target: ast.expr
    if isinstance(statement, ast.AugAssign):
        if isinstance(statement.op, ast.Mult):
            return True
        target, value = statement.target, statement.value
        if not isinstance(statement.op, ast.Sub | ast.Add):
            return False
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    else:
        return False
    text = ast.unparse(target).removesuffix("[:]").removesuffix("[...]")
    return any(len(factors) > 1 and text in factors for factors in map(_factors, _terms(value)))


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _factors(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return [*_factors(node.left), *_factors(node.right)]
    return [ast.unparse(node)]
