"""The form of statements that update something: what they start from, what they take off, where they put it."""

from __future__ import annotations

import ast


def updates_in(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """What each update of a statement starts from, and what it takes off or adds; none for any other statement."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub | ast.Add):
        return [(whole_target(node.target), node.value)]
    value = node.value if isinstance(node, ast.Assign) else given_by_setattr(node)
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    return [
        (one.left, one.right)
        for one in values
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub | ast.Add)
    ]


def bound_by(node: ast.AST) -> ast.expr | None:
    """The first target of an assignment, plain or in place; None for any other statement."""
    if isinstance(node, ast.Assign):
        return node.targets[0]
    return node.target if isinstance(node, ast.AugAssign) else None


def velocity_terms(node: ast.AST) -> list[ast.expr]:
    """What a statement that updates a velocity adds to it, the velocity's own multiple left out.

    Example:
        >>> [ast.unparse(term) for term in velocity_terms(ast.parse("v[k] = mu * v[k] - rate * g").body[0])]
        ['rate * g']
    """
    target = bound_by(node)
    if target is None:
        return []
    sides = [side for update in updates_in(node) for side in update] or [node.value]  # type: ignore[attr-defined]  # of an assignment
    own = ast.unparse(target)
    return [
        side
        for side in sides
        if not any(isinstance(part, ast.expr) and ast.unparse(part) == own for part in ast.walk(side))
    ]


def starts_negative(value: ast.expr) -> bool:
    """Whether an expression is a product or quotient whose first factor has a minus.

    Example:
        >>> starts_negative(ast.parse("-rate * g / n", mode="eval").body)
        True
    """
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div):
        value = value.left
    return isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)


def given_by_setattr(node: ast.AST) -> ast.expr | None:
    """The value that a statement `setattr(owner, name, value)` gives; None for any other statement."""
    call = node.value if isinstance(node, ast.Expr) else None
    named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "setattr"
    return call.args[2] if named and isinstance(call, ast.Call) and len(call.args) == 3 else None


def whole_target(target: ast.expr) -> ast.expr:
    """The array behind `w[:]` and `w[...]`; the target itself where it is a part of one."""
    while isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice | ast.Constant):
        everything = isinstance(target.slice, ast.Slice) or target.slice.value is Ellipsis
        if not everything or not isinstance(target.value, ast.Name | ast.Attribute | ast.Subscript):
            break
        target = target.value
    return target


def constant_correction(node: ast.AST) -> ast.expr | None:
    """The beta of a division by 1 - beta, without a power.

    Example:
        >>> ast.unparse(constant_correction(ast.parse("m / (1 - beta)", mode="eval").body))
        'beta'
    """
    divisor = node.right if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else None
    if not isinstance(divisor, ast.BinOp) or not isinstance(divisor.op, ast.Sub):
        return None
    plain = isinstance(divisor.right, ast.Name | ast.Attribute | ast.Constant)
    return divisor.right if plain and ast.unparse(divisor.left) in {"1", "1.0"} else None
