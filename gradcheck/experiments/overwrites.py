"""What a run overwrites that it was only lent: the data, a parameter that a gradient shares, a layer's values."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import leaves, lookup, numeric
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site, SourceMap

SECONDS = 0.3
# Of the processor, so that a busy machine sees as much as an idle one.
Fact = dict[str, Any]


def overwrite_audit(lab: Lab) -> Observation:
    """Facts: three lists of {line, lines, ...}, from the setup, a loss and a gradient of the code.

    `inputs` {function, argument, data}: an array of the wiring's own that a function changes through its argument.
    `activations` {target, other, read_later}: a stored array that the next one is written into, and is read again.
    `parameters` {parameters, text, bound}: a gradient that is the parameter's own array.
    """
    watch = _Watch(lab.tracer.source)

    def run(live: Live) -> None:
        watch.parameters = {name: live.object(name) for name in lab.wiring.params}
        live.loss()
        live.gradient()
        watch.settle("")
        watch.shared = _shared(lab, live)

    lab.tracer.watching(watch.enter, run)
    return Observation(
        "overwrite_audit",
        {
            "inputs": list(watch.inputs.values()),
            "activations": _read_again(lab, watch),
            "parameters": _aliases(watch),
        },
    )


@dataclass(slots=True)
class _Pending:
    """A statement that is about to run, and arrays as they are before it."""

    site: Site
    names: dict[str, Any]
    arrays: dict[str, tuple[NDArray[Any], NDArray[Any]]]
    data: dict[str, str]


@dataclass(slots=True)
class _Watch:
    source: SourceMap
    parameters: dict[str, Any] = field(default_factory=dict)
    inputs: dict[int, Fact] = field(default_factory=dict)
    activations: dict[int, Fact] = field(default_factory=dict)
    bound: dict[str, Fact] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    _pending: dict[str, _Pending] = field(default_factory=dict)

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        if process_time() > self.until:
            raise EnoughSeenError
        site = self.source.sites[number]
        self.settle(site.function, names)
        node = site.node
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            return
        parts = written(node)
        arrays: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        for part in [*parts, *(leaves(node.value) if isinstance(node, ast.Assign) else ())]:
            value = lookup(part, names)
            if numeric(value) and value.size:
                arrays.setdefault(ast.unparse(part), (value, value.copy()))
        data = _data(names, self.source, site, parts) if parts else {}
        if arrays:
            self._pending[site.function] = _Pending(site, dict(names), arrays, data)
        self._bind(site, names)

    def settle(self, function: str, names: Mapping[str, Any] | None = None) -> None:
        """See what the last statement of a function changed."""
        pending = self._pending.pop(function, None)
        if pending is None or names is None:
            return
        changed = {text for text, (now, was) in pending.arrays.items() if not _equal(now, was)}
        for text in changed & pending.data.keys():
            now, was = pending.arrays[text]
            if not np.array_equal(np.sort(now, axis=None), np.sort(was, axis=None), equal_nan=True):
                fact = self.inputs.setdefault(
                    id(now), {"function": function, "argument": text, "data": pending.data[text], "lines": []}
                )
                fact["lines"] += [pending.site.line] if pending.site.line not in fact["lines"] else []
                fact["line"] = fact["lines"][0]
        node = pending.site.node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            self._stored(pending.site, node, pending, changed, names)

    def _stored(
        self, site: Site, node: ast.Assign, pending: _Pending, changed: set[str], names: Mapping[str, Any]
    ) -> None:
        """`new = f(old)` wrote the new array into the old one, and both names are kept."""
        target = ast.unparse(node.targets[0])
        new = lookup(node.targets[0], names)
        for text in changed - {target}:
            old = pending.arrays[text][0]
            own = any(old is parameter for parameter in self.parameters.values())
            if numeric(new) and not own and np.shares_memory(new, old):
                fact = {"line": site.line, "lines": [site.line], "target": target, "other": text}
                self.activations.setdefault(site.number, {**fact, "function": site.function})

    def _bind(self, site: Site, names: Mapping[str, Any]) -> None:
        """A name, attribute or item given a parameter's own array, and the first line that writes through it."""
        for target, made in _given(site.node):
            value = lookup(made, names)
            mine = [name for name, array in self.parameters.items() if array is value and value is not None]
            if mine:
                fact = {"parameter": mine[0], "text": ast.unparse(made), "bound": made.lineno, "writes": []}
                self.bound.setdefault(f"{site.function}:{target}", fact)
        for part in written(site.node):
            held = self.bound.get(f"{site.function}:{ast.unparse(part)}")
            if held is not None and lookup(part, names) is self.parameters.get(held["parameter"]):
                held["writes"].append(site.line)


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a statement gives a name, an attribute or an item, those of a dict that it writes down among them."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(node, ast.Assign) and isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        text = ast.unparse(target)
        yield text, node.value
        if isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if key is not None:
                    yield f"{text}[{ast.unparse(key)}]", value


def written(node: ast.AST) -> list[ast.expr]:
    """The names, attributes and items whose arrays a statement changes in place."""
    found: list[ast.expr] = []
    if isinstance(node, ast.AugAssign):
        found.append(node.target)
    if isinstance(node, ast.Assign):
        found += [target for target in node.targets if isinstance(target, ast.Subscript)]
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            found += [keyword.value for keyword in call.keywords if keyword.arg == "out"]
    return [_array_part(part) for part in found]


def _array_part(node: ast.expr) -> ast.expr:
    """`X` for `X[rows, 0]`: what is left of the indices that do not name an item of a dict."""
    while isinstance(node, ast.Subscript) and not (
        isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    ):
        node = node.value
    return node


def _data(names: Mapping[str, Any], source: SourceMap, site: Site, parts: list[ast.expr]) -> dict[str, str]:
    """The arguments among what is written that the wiring, or the module, holds under a name of its own."""
    definition = next((n for n in _enclosing(source, site) if isinstance(n, ast.FunctionDef)), None)
    if definition is None or is_in_place(definition):
        return {}
    arguments = {argument.arg for argument in [*definition.args.args, *definition.args.kwonlyargs]}
    texts = {part.id for part in parts if isinstance(part, ast.Name)} & arguments
    if not texts:
        return {}
    held = {
        id(value): name
        for name, value in _wiring_names(sys._getframe()).items()  # noqa: SLF001 -- the only way to who called
        if isinstance(value, np.ndarray)
    }
    return {text: held[id(names[text])] for text in texts if id(names.get(text)) in held}


def is_in_place(definition: ast.FunctionDef) -> bool:
    """Whether a function says that it works in place."""
    text = (ast.get_docstring(definition) or "").lower()
    return "in place" in text or "in-place" in text


def _enclosing(source: SourceMap, site: Site) -> Iterator[ast.AST]:
    parent = site.parent
    while parent >= 0:
        yield source.sites[parent].node
        parent = source.sites[parent].parent


def _wiring_names(frame: FrameType | None) -> dict[str, Any]:
    """The namespace of the wiring's statements that are running."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<wiring"):
            return dict(frame.f_locals)
        frame = frame.f_back
    return {}


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def _read_again(lab: Lab, watch: _Watch) -> list[Fact]:
    """Of the arrays that were written over, those that some other function of the run reads again."""
    functions = {watch.source.sites[number].function for number in lab.tracer.recorder.reached}
    found = []
    for fact in watch.activations.values():
        for site in watch.source.sites:
            node = site.node
            loaded = isinstance(getattr(node, "ctx", None), ast.Load) and site.function in functions
            elsewhere = site.function != fact["function"] or site.line > fact["line"]
            if loaded and elsewhere and site.line != fact["line"] and ast.unparse(node) == fact["other"]:
                found.append({**fact, "read_later": site.line, "wrong": bool(lab.wrong)})
                break
    return found


def _shared(lab: Lab, live: Live) -> set[str]:
    """The parameters whose own arrays the code hands out as gradients."""
    found: set[str] = set()
    for expression in (lab.wiring.grads.of if lab.wiring.grads else {}).values():
        try:
            gradient = live.evaluate(expression)
        except GradcheckError:
            continue
        if isinstance(gradient, np.ndarray):
            found |= {
                name
                for name in lab.wiring.params
                if isinstance(array := live.object(name), np.ndarray) and np.shares_memory(array, gradient)
            }
    return found


def _aliases(watch: _Watch) -> list[Fact]:
    return [
        {
            "line": held["bound"],
            "lines": [held["bound"], *dict.fromkeys(held["writes"])],
            "bound": held["bound"],
            "parameters": [held["parameter"]],
            "text": held["text"],
        }
        for held in watch.bound.values()
        if held["writes"] and held["parameter"] in watch.shared
    ]
