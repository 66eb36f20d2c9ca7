"""Alias audit: what the gradient run overwrites that somebody else still holds under another name."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import lookup
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import Site, SourceMap


def alias_audit(lab: Lab) -> Observation:
    """Facts: `writes`, a list of {line, target, other, bound, read_later, shape, held}.

    A write is an in-place change of `target` at `line`, which was made another name of `other` at line `bound`;
    `other` came from elsewhere (a call, an argument). `read_later` is a line that reads it afterwards, or 0. `held`
    says that `other` is an item or an attribute that the loss stores, which outlives the function that overwrites it.
    """
    watch = _Watch(lab.tracer.source, lab.tracer.functions_of_loss())

    def run(live: Live) -> None:
        watch.parameters = _arrays_of(lab, live)
        live.gradient()

    lab.tracer.watching(watch.enter, run)
    writes = list(watch.writes.values())
    names = ", ".join(dict.fromkeys(write["other"] for write in writes))
    return Observation(
        "alias_audit", {"writes": writes}, f"{names} is overwritten under another name" if writes else ""
    )


@dataclass(slots=True)
class _Watch:
    """Follows the statements of a run and notes writes into arrays that have two local names."""

    source: SourceMap
    forward: frozenset[str]
    parameters: list[NDArray[Any]] = field(default_factory=list)
    writes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        site = self.source.sites[number]
        target = _written(site.node)
        array = names.get(target)
        if (
            not target
            or number in self.writes
            or not isinstance(array, np.ndarray)
            or array.dtype.kind == "O"
        ):
            return
        if any(np.may_share_memory(array, parameter) for parameter in self.parameters):
            return
        for other, value in names.items():
            if other == target or not isinstance(value, np.ndarray) or value.shape != array.shape:
                continue
            bound = _bound_line(self.source, site.function, target, other)
            if bound and np.shares_memory(array, value):
                later = _read_after(self.source, site.function, other, site.line)
                self.writes[number] = {
                    "line": site.line,
                    "target": target,
                    "other": other,
                    "bound": bound,
                    "read_later": later,
                    "shape": list(array.shape),
                    "held": False,
                }
        if number not in self.writes and isinstance(site.node, ast.AugAssign):
            self._item(site, target, array, names)

    def _item(self, site: Site, target: str, array: NDArray[Any], names: Mapping[str, Any]) -> None:
        """A write into what is also an item or attribute that the forward pass stores: not a sum, nor a buffer."""
        if any(array.shape == parameter.shape for parameter in self.parameters):
            return
        for bound in self.source.sites:
            node = bound.node
            if bound.function != site.function or not isinstance(node, ast.Assign) or bound.line > site.line:
                continue
            same = any(isinstance(name, ast.Name) and name.id == target for name in node.targets)
            value = lookup(node.value, names) if same and _is_part(node.value) else None
            text = ast.unparse(node.value)
            if isinstance(value, np.ndarray) and np.shares_memory(array, value) and self._stores(text):
                self.writes[site.number] = {
                    "line": site.line,
                    "target": target,
                    "other": text,
                    "bound": bound.line,
                    "read_later": self._reads(text, site),
                    "shape": list(array.shape),
                    "held": True,
                }
                return

    def _stores(self, text: str) -> bool:
        """Whether a function of the loss assigns to an item or attribute of that name."""
        return any(
            ast.unparse(target) == text
            for site in self.source.sites
            if site.function in self.forward and isinstance(site.node, ast.Assign)
            for target in site.node.targets
        )

    def _reads(self, text: str, after: Site) -> int:
        for site in self.source.sites:
            loaded = isinstance(getattr(site.node, "ctx", None), ast.Load) and _is_part(site.node)
            below = site.function == after.function and site.line > after.line
            if loaded and below and ast.unparse(site.node) == text:
                return site.line
        return 0


def _is_part(node: ast.AST) -> bool:
    """Whether an expression is an attribute, or an item with a key of its own."""
    return isinstance(node, ast.Attribute) or (
        isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple)
    )


def _written(node: ast.AST) -> str:
    """The name whose array a statement changes in place; empty where it changes none."""
    target: ast.AST | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        target = node.targets[0]
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _bound_line(source: SourceMap, function: str, target: str, other: str) -> int:
    """The line `target = other` of a function; 0 where there is none, so that sharing is not of its making."""
    for site in source.sites:
        node = site.node
        if (
            site.function != function
            or not isinstance(node, ast.Assign)
            or getattr(node.value, "id", "") != other
        ):
            continue
        if any(isinstance(name, ast.Name) and name.id == target for name in node.targets):
            return site.line
    return 0


def _read_after(source: SourceMap, function: str, name: str, line: int) -> int:
    for site in source.sites:
        read = (
            isinstance(site.node, ast.Name) and isinstance(site.node.ctx, ast.Load) and site.node.id == name
        )
        if read and site.function == function and site.line > line:
            return site.line
    return 0


def _arrays_of(lab: Lab, live: Live) -> list[NDArray[Any]]:
    found = [live.object(name) for name in lab.wiring.params]
    return [value for value in found if isinstance(value, np.ndarray)]
