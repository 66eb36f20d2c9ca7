"""Which algorithm an optimiser of the file really is, over several parameters with gradients of many sizes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.experiments.algorithms import Steps, explained
from gradcheck.experiments.forms import constant_correction
from gradcheck.experiments.handed import Replay, dependent, replayed_training
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.stepping import drive, gradients_of, independent
from gradcheck.experiments.updates import remade_owners
from gradcheck.experiments.velocities import velocity_of
from gradcheck.experiments.watched import Training, watch_training
from gradcheck.findings import Observation
from gradcheck.trace import Site, SourceMap

Fact = dict[str, Any]

RIGHT = ("sgd", "momentum", "rmsprop", "adam")


def optimiser_replay(lab: Lab) -> Observation:
    """Facts: `replayed`, a list of {function, line, kind}, and `faulty`, those with a fault, {fault, lines, ...}.

    Every class of the file that can be made from a rate alone and has a method for (parameters, gradients), in dicts
    or lists, or for pairs of them, is driven; and so is training as a whole, whatever its style. `kind` is the
    algorithm that reproduces the steps, empty where none does. `fault` is one of "idle" and "overwritten" (velocity),
    "shared" (state), and the mistaken kinds of `explained`; `right` is how many are a right algorithm.
    """
    replayed: list[Fact] = []
    faulty: list[Fact] = []
    for name, method, steps, owner in _driven(lab):
        explanation = explained(steps)
        function = f"{name}.{method.name}"
        fact = {"function": function, "kind": explanation.kind, "line": method.lineno}
        fault, measured = _fault(owner, method.name, steps, explanation.kind)
        replayed.append(
            {**fact, "residual": explanation.residual, "right": fact["kind"] in RIGHT and not fault}
        )
        if fault:
            inside = [s for s in lab.tracer.source.sites if s.function == function]
            lines = _lines(lab.tracer.source, inside, fault) or [method.lineno]
            faulty.append({**fact, "fault": fault, "line": lines[0], "lines": lines, **measured})
    replay = lab.once(replayed_training)
    fact = (
        _training_fault(lab, replay) if replay is not None and not replay.replaces and not replay.sums else {}
    )
    told = {known["fault"] for known in faulty}
    if any(remade_owners(lab.once(watch_training))):
        told.add("reset")  # by whoever makes it anew, which the watch of the updates tells
    if fact and fact["fault"] not in told:
        faulty.append(fact)
    right = sum(one["right"] for one in replayed)
    plain = replay is not None and not replay.replaces and not replay.sums
    right += plain and replay is not None and replay.explanation.kind in RIGHT and not fact
    return Observation("optimiser_replay", {"replayed": replayed, "faulty": faulty, "right": right})


def _driven(lab: Lab) -> Iterator[tuple[str, ast.FunctionDef, Steps, Callable[..., Any]]]:
    """Methods of optimisers with the steps they made, and the class to make more of."""
    for node, method in _candidates(lab.tracer.source):
        owner = getattr(lab.program.module, node.name, None)
        steps = drive(owner, method.name, gradients_of(0)) if callable(owner) else None
        if steps is not None and callable(owner):
            yield node.name, method, steps, owner


def _training_fault(lab: Lab, replay: Replay) -> Fact:
    """What is wrong with the steps that training takes; empty where nothing is, or nothing is known."""
    kind = replay.explanation.kind
    measured: Fact = {}
    velocity = velocity_of(lab, replay) if kind == "sgd" else {}
    if velocity:
        return {**velocity, "function": _function_at(lab, velocity["line"]), "kind": kind}
    if kind.startswith("adam-"):
        fault = kind.removeprefix("adam-")
    else:
        pair = dependent(lab, replay) if not kind else None
        if pair is None:
            return {}
        fault, measured = "shared", {"first": pair[0], "second": pair[1]}
    seen = lab.once(watch_training)
    often = Counter(seen.order)
    entered = updating_sites(lab, seen)
    # What is shared may have been so from the start.
    inside = [site for site in entered if fault == "shared" or often[site.number] > 1]
    lines = _lines(seen.source, inside, fault) or sorted({site.line for site in inside if _stores(site)})[:1]
    function = _function_at(lab, lines[0]) if lines else ""
    return {
        "function": function,
        "kind": kind,
        "fault": fault,
        "line": (lines or [0])[0],
        "lines": lines,
        **measured,
    }


def updating_sites(lab: Lab, seen: Training) -> list[Site]:
    """The statements of training that are no part of the loss or of its gradient, those of the updates' own first."""
    computing = {seen.source.sites[number].function for number in lab.tracer.recorder.reached} - {""}
    entered = dict.fromkeys(seen.order)
    updating = {
        seen.source.sites[number].function for number in (*seen.attempts, *(c.site for c in seen.changes))
    }
    sites = [seen.source.sites[number] for number in entered]
    outside = [site for site in sites if site.function not in computing or site.number in seen.attempts]
    return sorted(outside, key=lambda site: site.function not in updating)


def _function_at(lab: Lab, line: int) -> str:
    sites = [site for site in lab.tracer.source.sites if site.line == line and site.is_statement]
    return sites[0].function if sites else ""


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


def _fault(owner: Callable[..., Any], method: str, steps: Steps, kind: str) -> tuple[str, Fact]:
    """What is wrong with an update, and the evidence; empty where nothing is, or no algorithm explains its steps."""
    decay = max((x for x in steps.numbers if 0.3 < x < 1.0), default=None)
    if kind == "sgd" and steps.state and decay is not None:
        return ("idle" if steps.idle else "overwritten"), {"decay": decay}
    if kind.startswith("adam-"):
        return kind.removeprefix("adam-"), {}
    pair = independent(owner, method) if not kind else None
    return ("shared", {"first": pair[0], "second": pair[1]}) if pair is not None and steps.state else ("", {})


def _lines(source: SourceMap, inside: list[Site], fault: str) -> list[int]:
    """The lines, of some statements, that make a fault, likeliest first."""
    test = {
        "idle": _drops_state,
        "overwritten": _stores,
        "shared": _keyed,
        "count": lambda site: _counts(source, site),
        "epsilon": lambda site: any(_root_of_sum(node) for node in ast.walk(site.node)),
        "uncorrected": lambda site: (
            _renames(site.node, inside)
            or any(constant_correction(node) is not None for node in ast.walk(site.node))
        ),
        "reset": _starts_anew,
    }[fault]
    simple = [
        s
        for s in inside
        if s.is_statement and not isinstance(s.node, ast.For | ast.While | ast.If | ast.With)
    ]
    lines = [site.line for site in simple if test(site)]
    if not lines and fault == "uncorrected":
        lines = [s.line for s in simple if any(_root(node) for node in ast.walk(s.node))]
    if fault == "shared":
        likelier = [s.line for s in simple if _computed_key(s) or _crosses(s, simple)]
        lines = likelier or lines
    if not lines and fault == "reset":
        lines = [s.line for s in simple if _stores(s)]
    return lines


def _starts_anew(site: Site) -> bool:
    """Whether a statement gives a name or an attribute zeros, or hands them to a method that does."""
    node = site.node
    if not isinstance(node, ast.Expr | ast.Assign):
        return False
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    held = target is not None and any(isinstance(part, ast.Attribute) for part in ast.walk(target))
    return any(
        (isinstance(part, ast.Constant) and part.value == 0 and type(part.value) in {int, float})
        or "zeros" in getattr(part, "attr", getattr(part, "id", ""))
        or (held and isinstance(part, ast.Dict | ast.List) and not list(ast.iter_child_nodes(part)))
        for part in ast.walk(node.value)
    )


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


def _crosses(site: Site, inside: list[Site]) -> bool:
    """Whether a statement makes one running array of another, which is made of itself elsewhere."""
    own = {
        ast.unparse(s.node.targets[0]) for s in inside if isinstance(s.node, ast.Assign) and _again(s.node)
    }
    node = site.node
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.BinOp) or _again(node):
        return False
    return any(isinstance(part, ast.Name) and part.id in own for part in ast.walk(node.value))


def _again(node: ast.Assign) -> bool:
    """Whether a sum is given to what it is made of."""
    target = ast.unparse(node.targets[0])
    return isinstance(node.value, ast.BinOp) and any(ast.unparse(p) == target for p in ast.walk(node.value))


def _computed_key(site: Site) -> bool:
    """Whether a statement looks something up by a key that it computes."""
    return any(
        isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Attribute | ast.Call)
        for part in ast.walk(site.node)
    )


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
