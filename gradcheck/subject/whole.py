"""The whole data behind a small batch: a wiring checks a few samples, training and its outcome concern them all."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradcheck.subject.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Whole:
    """Expressions over all the data, where the wiring shows what its batch was cut from.

    Attributes:
        loss: the loss.
        outputs: the network's outputs; empty where the wiring has none.
        labels: the labels; empty where the wiring has none.
        inputs: the samples; empty where the wiring has none.
        cut: whether the wiring's own batch is only a part.
    """

    loss: str
    outputs: str
    labels: str
    inputs: str
    cut: bool


def whole_of(wiring: Wiring) -> Whole:
    """The wiring's loss, outputs and labels with every slice that the setup took undone.

    Example:
        >>> w = Wiring(loss="cost(x, t)", params={}, setup="X, y = load(); x, t = X[:5], y[:5]", labels="t")
        >>> whole_of(w)
        Whole(loss='cost(X, y)', outputs='', labels='y', inputs='', cut=True)
    """
    origins = _slices(wiring.setup)
    texts = (wiring.loss, wiring.outputs, wiring.labels, wiring.inputs)
    loss, outputs, labels, inputs = (_substituted(text, origins) for text in texts)
    return Whole(loss, outputs, labels, inputs, cut=loss != wiring.loss)


def _slices(setup: str) -> dict[str, ast.expr]:
    """Name -> what it is a slice of, for names that the setup binds to slices of something else."""
    found: dict[str, ast.expr] = {}
    for statement in ast.walk(ast.parse(setup)):
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        pairs = [(target, value)]
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for name, source in pairs:
            if (
                isinstance(name, ast.Name)
                and isinstance(source, ast.Subscript)
                and isinstance(source.slice, ast.Slice)
            ):
                found[name.id] = source.value
    return found


class _Undo(ast.NodeTransformer):
    def __init__(self, origins: dict[str, ast.expr]) -> None:
        self._origins = origins

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._origins.get(node.id, node)


def _substituted(text: str, origins: dict[str, ast.expr]) -> str:
    if not text or not origins:
        return text
    tree = ast.parse(text, mode="eval")
    if not any(isinstance(node, ast.Name) and node.id in origins for node in ast.walk(tree)):
        return text
    return ast.unparse(_Undo(origins).visit(tree))
