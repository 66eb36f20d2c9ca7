"""Shallow copies: weights that are saved to go back to, in a new container that holds the very same arrays."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.watched import watch_training
from gradcheck.findings import Observation
from gradcheck.subject.discover.leaves import identities
from gradcheck.subject.objects import is_plain_object
from gradcheck.subject.program import Live
from gradcheck.trace import Site, SourceMap

DEPTH = 3


def copy_audit(lab: Lab) -> Observation:
    """Facts: `shallow`, a list of {line, lines, target, text, parameters, used}.

    At `line` a container is copied and not the arrays in it; among these are parameters that the updates change in
    place, and line `used` puts the copy back. Functions that the training call does not run are looked at too.
    """
    source = lab.tracer.source
    taken = [(site, *pair) for site in source.sites for pair in _taken(site)]
    used = [(site, target, value, _used(source, site, target)) for site, target, value in taken]
    used = [row for row in used if row[3]]
    if not used:
        return Observation("copy_audit", {"shallow": []})
    moving = {change.parameter for change in lab.once(watch_training).changes if change.in_place}
    found = []
    for site, target, value, line in used:
        held = _parameters_in(lab, source, site, value) & moving
        if held:
            text = source.text(source.site_of(value))
            names = [name for name in lab.wiring.params if name in held]
            fact = {"line": site.line, "lines": [site.line, line], "target": target, "text": text}
            found.append({**fact, "parameters": names, "used": line})
    return Observation("copy_audit", {"shallow": found})


def _taken(site: Site) -> Iterator[tuple[str, ast.expr]]:
    """The names or attributes that a statement binds to shallow copies, with the expressions that make them."""
    node = site.node
    if not isinstance(node, ast.Assign) or not site.function:
        return
    target, value = node.targets[0], node.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = list(zip(target.elts, value.elts, strict=True))
    for one, made in pairs:
        if isinstance(one, ast.Name | ast.Attribute) and _is_shallow(made):
            yield ast.unparse(one), made


def _is_shallow(node: ast.expr) -> bool:
    """copy.copy(x), x.copy(), dict(x), list(x), tuple(x), x[:], [*x], {**x}, [w for w in x]."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        plain = name in {"copy", "dict", "list", "tuple"}
        return plain and len(node.args) + (name == "copy" and not node.args) == 1
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice) and node.slice.lower is node.slice.upper is None
    if isinstance(node, ast.ListComp | ast.DictComp):
        made = node.elt if isinstance(node, ast.ListComp) else node.value
        return isinstance(made, ast.Name)
    if isinstance(node, ast.List):
        return len(node.elts) == 1 and isinstance(node.elts[0], ast.Starred)
    return isinstance(node, ast.Dict) and None in node.keys


def _used(source: SourceMap, site: Site, target: str) -> int:
    """A later line that puts a copy back: assigns it to something that lasts, hands it to `update`, returns it."""
    for other in source.sites:
        node = other.node
        loaded = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        near = other.function == site.function and other.line > site.line
        if not loaded or not (near or "." in target) or ast.unparse(node) != target:
            continue
        if _puts_back(source.sites[other.statement].node, source.sites[other.parent].node, node):
            return other.line
    return 0


def _puts_back(statement: ast.AST, parent: ast.AST, node: ast.AST) -> bool:
    if isinstance(statement, ast.Assign):
        targets = [part for target in statement.targets for part in _flat(target)]
        lasting = any(isinstance(part, ast.Attribute | ast.Subscript) for part in targets)
        return lasting and (statement.value is node or isinstance(parent, ast.Subscript | ast.Call))
    if isinstance(parent, ast.Call):
        return getattr(parent.func, "attr", getattr(parent.func, "id", "")) in {"update", "setattr"}
    return False


def _flat(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            yield from _flat(part)
    else:
        yield node


def _parameters_in(lab: Lab, source: SourceMap, site: Site, value: ast.expr) -> set[str]:
    """The parameters whose own arrays a copy holds, made anew from an object of the class it is written for."""
    held: set[str] = set()
    for live in _subjects(lab, source, site):
        with contextlib.suppress(GradcheckError):  # locals that are not there: nothing is known of this copy
            held |= _held(lab, live, live.evaluate(ast.unparse(value)))
    return held


def stands_in(lab: Lab, source: SourceMap, site: Site, text: str) -> bool:
    """Whether an expression can be evaluated in place of another wherever that one can."""
    lives = [live for live in _subjects(lab, source, site) if _gives(live, source.text(site))]
    return all(_gives(live, text) for live in lives)


def _gives(live: Live, text: str) -> bool:
    try:
        live.evaluate(text)
    except GradcheckError:
        return False
    return True


def _subjects(lab: Lab, source: SourceMap, site: Site) -> Iterator[Live]:
    """The program with each object of the class that a site is written for in turn as what its method calls self."""
    live = lab.program.start()
    owner, _, _ = site.function.rpartition(".")
    definition = next(
        (n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef) and _holds(n, site.node)), None
    )
    first = definition.args.args[0].arg if definition is not None and definition.args.args else ""
    if not owner:
        yield live
    for subject in [one for one in _objects(list(live.scope.values())) if type(one).__name__ == owner]:
        live.scope[first] = subject
        yield live


def _held(lab: Lab, live: Live, made: Any) -> set[str]:
    reached = identities(made)
    return {name for name in lab.wiring.params if id(live.object(name)) in reached}


def _holds(definition: ast.FunctionDef, node: ast.AST) -> bool:
    return any(part is node for part in ast.walk(definition))


def _objects(values: list[Any], depth: int = 0) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple) and depth < DEPTH:
            yield from _objects(list(value), depth + 1)
        elif is_plain_object(value) and depth < DEPTH:
            yield value
            yield from _objects(list(vars(value).values()), depth + 1)
