"""Which algorithm an optimiser of the file really is, over several parameters with gradients of many sizes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.experiments.algorithms import Steps, explained
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.stepped import stepping_methods
from gradcheck.experiments.stepping import drive, gradients_of, independent
from gradcheck.findings import Observation
from gradcheck.trace import Site, SourceMap

Fact = dict[str, Any]


def optimiser_replay(lab: Lab) -> Observation:
    """Facts: `replayed`, a list of {name, method, line, kind}, and `faulty`, those with a fault, {fault, lines, ...}.

    Every class of the file that can be made from a rate alone and has a method for (parameters, gradients), in dicts
    or lists, or for pairs of them, is driven, and so are methods of the network itself for (gradients, rate); `kind` is
    the algorithm that reproduces the steps, empty where none does. `fault` is one of "idle" and "overwritten"
    (velocity), "shared" (state), and the faulty kinds of `explained`.
    """
    replayed: list[Fact] = []
    faulty: list[Fact] = []
    for node, method, steps, owner in _driven(lab):
        explanation = explained(steps)
        kind = explanation.kind
        fact = {"name": node.name, "method": method.name, "kind": kind, "line": method.lineno}
        replayed.append({**fact, "residual": explanation.residual})
        fault, measured = _fault(owner, method.name, steps, kind)
        if fault:
            lines = _lines(lab.tracer.source, f"{node.name}.{method.name}", fault) or [method.lineno]
            faulty.append({**fact, "fault": fault, "line": lines[0], "lines": lines, **measured})
    return Observation("optimiser_replay", {"replayed": replayed, "faulty": faulty})


def _driven(lab: Lab) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef, Steps, Callable[..., Any] | None]]:
    """Methods with the steps they made: those of optimisers, with the class to make more of, and of the network."""
    for node, method in _candidates(lab.tracer.source):
        owner = getattr(lab.program.module, node.name, None)
        steps = drive(owner, method.name, gradients_of(0)) if callable(owner) else None
        if steps is not None:
            yield node, method, steps, owner
    for node, method, steps in stepping_methods(lab):
        yield node, method, steps, None


def _candidates(source: SourceMap) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef]]:
    """Methods that take one or two arguments, of the classes at the top of the file."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if (
                    isinstance(method, ast.FunctionDef)
                    and len(method.args.args) in {2, 3}
                    and not method.name.startswith("__")
                ):
                    yield node, method


def _fault(owner: Callable[..., Any] | None, method: str, steps: Steps, kind: str) -> tuple[str, Fact]:
    """What is wrong with an update, and the evidence; empty where nothing is, or no algorithm explains its steps."""
    decay = max((x for x in steps.numbers if 0.3 < x < 1.0), default=None)
    if kind == "sgd" and steps.state and decay is not None:
        return ("idle" if steps.idle else "overwritten"), {"decay": decay}
    if kind.startswith("adam-"):
        return kind.removeprefix("adam-"), {}
    pair = independent(owner, method) if owner is not None and not kind else None
    return ("shared", {"first": pair[0], "second": pair[1]}) if pair is not None and steps.state else ("", {})


def _lines(source: SourceMap, function: str, fault: str) -> list[int]:
    """The lines of a method that make a fault, likeliest first."""
    inside = [s for s in source.sites if s.function == function and s.is_statement]
    test = {
        "idle": _drops_state,
        "overwritten": _stores,
        "shared": _keyed,
        "count": lambda site: _counts(source, site),
        "epsilon": lambda site: any(_root_of_sum(node) for node in ast.walk(site.node)),
        "uncorrected": lambda site: _renames(site.node, inside),
        "reset": _stores,
    }[fault]
    simple = [s for s in inside if not isinstance(s.node, ast.For | ast.While | ast.If | ast.With)]
    lines = [site.line for site in simple if test(site)]
    if not lines and fault == "uncorrected":
        lines = [s.line for s in simple if any(_root(node) for node in ast.walk(s.node))]
    return lines


def _drops_state(site: Site) -> bool:
    """`v = mu * v + ...`: a local name is given a new array, and what it was bound to keeps the old one."""
    node = site.node
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    name = node.targets[0].id
    again = any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node.value))
    return again or (isinstance(node.value, ast.BinOp) and "self." in ast.unparse(node.value))


def _stores(site: Site) -> bool:
    node = site.node
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)


def _keyed(site: Site) -> bool:
    """Whether a statement looks something up in an attribute of the object."""
    return any(
        isinstance(part, ast.Subscript | ast.Call)
        and ast.unparse(part.value if isinstance(part, ast.Subscript) else part.func).startswith("self.")
        for part in ast.walk(site.node)
    )


def _counts(source: SourceMap, site: Site) -> bool:
    node = site.node
    one = isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Constant) and node.value.value == 1
    return one and in_loop(source, site) is not None


def _root(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "sqrt"


def _root_of_sum(node: ast.AST) -> bool:
    half = (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Pow)
        and ast.unparse(node.right) in {"0.5", "1 / 2"}
    )
    if half and isinstance(node, ast.BinOp):
        inner: ast.AST = node.left
    elif _root(node) and isinstance(node, ast.Call) and node.args:
        inner = node.args[0]
    else:
        return False
    return isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add)


def _renames(node: ast.AST, inside: list[Site]) -> bool:
    """A plain `a = b`, where a correction would stand: b is a name, or a place that the method writes to."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    stores = {ast.unparse(s.node.targets[0]) for s in inside if isinstance(s.node, ast.Assign)}
    return isinstance(node.value, ast.Name) or ast.unparse(node.value) in stores
