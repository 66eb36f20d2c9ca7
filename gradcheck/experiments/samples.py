"""The user's samples as expressions, and the functions of the file that take them."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.subject.whole import whole_of

FEWEST = 4


@dataclass(frozen=True, slots=True)
class Samples:
    """All samples with their labels, as expressions in the wiring's scope.

    Attributes:
        inputs: expression of the inputs.
        labels: expression of the labels.
        axes: the axis of each that runs over the samples.
        count: how many samples there are.
    """

    inputs: str
    labels: str
    axes: tuple[int, int]
    count: int

    def taking(self, rows: str) -> tuple[str, str]:
        """Expressions of the samples that an index expression chooses, with their labels.

        Example:
            >>> Samples("X", "y", (0, 0), 9).taking("[1, 2]")
            ('np.take(X, [1, 2], axis=0)', 'np.take(y, [1, 2], axis=0)')
        """
        both = zip((self.inputs, self.labels), self.axes, strict=True)
        first, second = (f"np.take({text}, {rows}, axis={axis})" for text, axis in both)
        return first, second


def samples_of(lab: Lab) -> Samples | None:
    """The samples that the wiring names; None where it names none, or where no axis of both counts them."""
    whole = whole_of(lab.wiring)
    if not whole.inputs or not whole.labels:
        return None
    try:
        live = lab.program.start()
        inputs, labels = np.asarray(live.evaluate(whole.inputs)), np.asarray(live.evaluate(whole.labels))
    except (GradcheckError, ValueError):  # the latter: a ragged list
        return None
    shared = [
        (i, j)
        for i, j in product(range(min(inputs.ndim, 2)), range(min(labels.ndim, 2)))
        if inputs.shape[i] == labels.shape[j] >= FEWEST and (i == j or labels.ndim == 1)
    ]
    if not shared:
        return None
    return Samples(whole.inputs, whole.labels, shared[0], inputs.shape[shared[0][0]])


def functions_with(lab: Lab, wanted: Callable[[ast.AST], bool]) -> list[str]:
    """Qualified names of the functions and methods of the file that hold a node of some kind."""
    sites = lab.tracer.source.sites
    return list(dict.fromkeys(site.function for site in sites if site.function and wanted(site.node)))


def calls_of(lab: Lab, function: str, *given: tuple[str, ...]) -> list[str]:
    """Expressions that call a function with some arguments, for each choice of arguments that it can take.

    A function that needs more is given what holds the parameters as well, before the others or behind them; or else
    what the wiring has under the names of its arguments.

    Args:
        lab: the subject, in whose scope functions and objects are looked up.
        function: its qualified name; a method is called on every object of its class in scope.
        given: choices of positional arguments, as expressions.
    """
    live = lab.program.start()
    names = {**live.program.module.__dict__, **live.scope}
    owner, _, name = function.rpartition(".")
    callees = [(name, names.get(name))]
    if owner:
        held = {text: value for text, value in names.items() if type(value).__name__ == owner}
        callees = [(f"{text}.{name}", getattr(value, name, None)) for text, value in held.items()]
    holders = _holders(lab)
    whole = whole_of(lab.wiring)
    samples = set().union(*map(_names_in, (lab.wiring.inputs, lab.wiring.labels, whole.inputs, whole.labels)))
    own = {name for name in live.scope if name not in {"m", "np"} | samples}
    calls: list[str] = []
    for text, callee in callees:
        if isinstance(callee, types.FunctionType | types.MethodType):
            needed = _required(callee)
            for data in given:
                choices = [data] if needed == len(data) else [(*data, *holders), (*holders, *data)]
                fitting = [chosen for chosen in choices if needed == len(chosen)]
                calls += [f"{text}({', '.join(chosen)})" for chosen in fitting or _by_name(callee, data, own)]
    return list(dict.fromkeys(calls))


def _by_name(
    function: Callable[..., Any], data: tuple[str, ...], own: AbstractSet[str]
) -> list[tuple[str, ...]]:
    """Arguments that are the wiring's own under their names, the data elsewhere; none where they do not fit."""
    parameters = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    named = [name if name in own else "" for name in parameters]
    if named.count("") != len(data) or len(named) == len(data) or _required(function) < 0:
        return []
    rest = iter(data)
    return [tuple(name or next(rest) for name in named)]


def _names_in(text: str) -> set[str]:
    """The names that an expression reads; none of an empty one."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _holders(lab: Lab) -> tuple[str, ...]:
    """The names in the wiring's scope that hold the parameters, such as `p` of `p["W1"]`; none for globals."""
    roots = [
        next((n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)), "")
        for text in lab.wiring.params.values()
    ]
    return tuple(name for name in dict.fromkeys(roots) if name not in {"", "m"})


def _required(function: Callable[..., Any]) -> int:
    """How many arguments a function must be given by position; -1 where some must be named."""
    empty = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    named = any(p.kind is p.KEYWORD_ONLY for p in empty)
    plain = [p for p in empty if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    return -1 if named else len(plain)
