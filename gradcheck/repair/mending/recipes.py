"""Recipes: which edits might mend what an audit found, likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.experiments import Lab
from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.clipping import clipping_audit
from gradcheck.experiments.copies import copy_audit
from gradcheck.experiments.dropout import dropout_audit
from gradcheck.experiments.dtypes import parameter_dtypes
from gradcheck.experiments.optimisers import optimiser_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.pairing import pairing_audit
from gradcheck.experiments.rates import rate_audit
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.stability import softmax_audit
from gradcheck.experiments.starts import start_audit
from gradcheck.experiments.training import update_audit
from gradcheck.experiments.updates import update_watch
from gradcheck.findings import Observation
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.copying import deep_copies, own_activations, own_inputs
from gradcheck.repair.mending.updating import (
    clearings,
    descents,
    in_place,
    kept_updates,
    loop_counts,
    other_lists,
    other_rates,
    published_steps,
    subtractions,
    true_divisions,
    whole_clips,
)
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to try for one kind of find.

    Attributes:
        audit: the experiment that finds, and that judges.
        key: the fact that lists what it found.
        edits: the edits for one thing found.
    """

    audit: Callable[[Lab], Observation]
    key: str
    edits: Callable[[Lab, Fact], Iterable[list[Splice]]]


def copies(lab: Lab, fact: Fact) -> Edits:
    """`.copy()` behind what an assignment shares."""
    source, texts = SourceMap(lab.source), fact.get("texts")
    for site in source.sites:
        if isinstance(site.node, ast.Assign) and site.line == fact.get("bound", fact["line"]):
            parts = _plain_parts(site.node.value)
            chosen = [n for n in parts if texts is None or source.text(source.site_of(n)) in texts]
            if chosen:
                yield [_behind(source, node, ".copy()") for node in chosen]


def columns(lab: Lab, fact: Fact) -> Edits:
    """A column made of the vector, a vector of the column, at the operation or where a parameter is made."""
    source = SourceMap(lab.source)
    for site in _literals(source):
        rows = site.node.elts if isinstance(site.node, ast.List) else []
        if rows and all(isinstance(row, ast.List) and len(row.elts) == 1 for row in rows):
            texts = [source.text(source.site_of(row.elts[0])) for row in rows if isinstance(row, ast.List)]
            yield [Splice(site.start, site.end, f"[{', '.join(texts)}]")]
    for site in _at(source, fact["line"], ast.BinOp):
        if isinstance(site.node, ast.BinOp) and source.text(site) == fact["text"]:
            for side in (site.node.right, site.node.left):
                yield [_behind(source, side, ".reshape(-1, 1)")]
                yield [_behind(source, side, ".ravel()")]


def row_maxima(lab: Lab, fact: Fact) -> Edits:
    """The maximum of each row taken off, rather than none or that of the whole batch."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        if site.function != fact["function"] or not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", "")
        if name in {"max", "amax"} and not any(keyword.arg == "axis" for keyword in node.keywords):
            lead = ", " if node.args else ""
            yield [Splice(site.end - 1, site.end - 1, f"{lead}axis=1, keepdims=True")]
        if name == "exp" and node.args and fact["function"]:
            text = source.text(source.site_of(node.args[0]))
            yield [_behind(source, node.args[0], f" - np.max({text}, axis=1, keepdims=True)")]


def bias_corrections(lab: Lab, fact: Fact) -> Edits:
    """1 - beta ** t for 1 - beta in a divisor, with t counted from 1."""
    source = SourceMap(lab.source)
    inside = [s for s in source.sites if s.function == f"{fact['name']}.{fact['method']}"]
    decays = [
        s.node.right.right
        for s in inside
        if isinstance(s.node, ast.BinOp)
        and isinstance(s.node.op, ast.Div)
        and isinstance(s.node.right, ast.BinOp)
        and isinstance(s.node.right.op, ast.Sub)
    ]
    statements = [s for s in inside if s.is_statement]
    setup = [s for s in source.sites if s.function == f"{fact['name']}.__init__" and s.is_statement]
    if decays and statements and setup:
        powers = [_behind(source, node, " ** self.t") for node in decays]
        yield [
            *powers,
            _line_after(source, setup[-1], "self.t = 0"),
            _line_before(source, statements[0], "self.t += 1"),
        ]


def keep_rates(lab: Lab, fact: Fact) -> Edits:
    """Divide by the share that is kept: by 1 - p for p, by p for 1 - p, or at all."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.function != f"{fact['owner']}.{fact['method']}":
            continue
        node = site.node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield [Splice(*source.span(node.right), f"(1 - {source.text(source.site_of(node.right))})")]
            if isinstance(node.right, ast.BinOp):
                yield [Splice(*source.span(node.right), source.text(source.site_of(node.right.right)))]
        if isinstance(node, ast.Compare):
            side = source.text(source.site_of(node.comparators[0]))
            text = source.text(site)
            yield [Splice(site.start, site.end, f"({text}) / (1 - {side})")]
            yield [Splice(site.start, site.end, f"({text}) / {side}")]


def one_permutation(lab: Lab, fact: Fact) -> Edits:
    """One permutation for both arrays, where each is shuffled by a call of its own."""
    source = SourceMap(lab.source)
    calls = [
        s
        for s in source.sites
        if s.function == fact["function"]
        and isinstance(s.node, ast.Expr)
        and isinstance(s.node.value, ast.Call)
    ]
    shuffles = [s for s in calls if _shuffled(s) in {fact["inputs"], fact["labels"]}]
    if len(shuffles) == 2:
        first, second = sorted(shuffles, key=lambda site: site.start)
        assert isinstance(first.node, ast.Expr)
        call = first.node.value
        assert isinstance(call, ast.Call)
        owner = (
            source.text(source.site_of(call.func.value))
            if isinstance(call.func, ast.Attribute)
            else "np.random"
        )
        x, y = _shuffled(first), _shuffled(second)
        yield [
            Splice(first.start, first.end, f"order = {owner}.permutation(len({x}))"),
            Splice(second.start, second.end, f"{x}, {y} = {x}[order], {y}[order]"),
        ]


def floats(lab: Lab, _fact: Fact) -> Edits:
    """Floating literals where a parameter is made of whole numbers; no integer dtype."""
    source = SourceMap(lab.source)
    for site in _literals(source):
        whole = [n for n in ast.walk(site.node) if isinstance(n, ast.Constant) and type(n.value) is int]
        if whole:
            yield [Splice(*source.span(node), f"{source.text(source.site_of(node))}.0") for node in whole]
    for site in source.sites:
        if isinstance(site.node, ast.keyword | ast.Call):
            for keyword in getattr(site.node, "keywords", []):
                if keyword.arg == "dtype":
                    yield [Splice(*source.span(keyword.value), "float")]


def kept_names(lab: Lab, _fact: Fact) -> Edits:
    """`b = b - ...` for `db = b - ...`: the update assigned to the gradient's name."""
    source = SourceMap(lab.source)
    edits: list[Splice] = []
    for site in source.sites:
        node = site.node
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        value = node.value
        minus = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub | ast.Add)
        if minus and isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name):
            target = node.targets[0]
            right = {n.id for n in ast.walk(value.right) if isinstance(n, ast.Name)}
            if target.id != value.left.id and target.id in right:
                edits.append(Splice(*source.span(target), value.left.id))
    if edits:
        yield edits
        yield from ([edit] for edit in edits)


def larger_starts(lab: Lab, _fact: Fact) -> Edits:
    """Drawn numbers as they are drawn, without the small constant that they are scaled by."""
    source = SourceMap(lab.source)
    scaled: list[Splice] = []
    for site in source.sites:
        node = site.node
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
            continue
        for drawn, factor in ((node.left, node.right), (node.right, node.left)):
            small = (
                isinstance(factor, ast.Constant) and isinstance(factor.value, float) and 0 < factor.value < 1
            )
            if small and isinstance(drawn, ast.Call):
                scaled.append(Splice(site.start, site.end, source.text(source.site_of(drawn))))
    if scaled:
        yield scaled
        yield from ([edit] for edit in scaled)


def _plain_parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        return [leaf for part in node.elts for leaf in _plain_parts(part)]
    if isinstance(node, ast.Dict):
        return [leaf for part in node.values for leaf in _plain_parts(part)]
    return [node] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else []


def _behind(source: SourceMap, node: ast.AST, text: str) -> Splice:
    end = source.span(node)[1]
    return Splice(end, end, text)


def _at(source: SourceMap, line: int, kind: type[ast.AST]) -> list[Site]:
    return [site for site in source.sites if site.line == line and isinstance(site.node, kind)]


def _literals(source: SourceMap) -> list[Site]:
    """Outermost list literals handed to a call: what arrays are made of."""
    return [
        site
        for site in source.sites
        if isinstance(site.node, ast.List) and isinstance(source.sites[site.parent].node, ast.Call)
    ]


def _shuffled(site: Site) -> str:
    """The name that a statement shuffles in place; empty where it shuffles none."""
    call = site.node.value if isinstance(site.node, ast.Expr) else None
    if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "shuffle" and len(call.args) == 1:
        return getattr(call.args[0], "id", "")
    return ""


def _line_before(source: SourceMap, statement: Site, text: str) -> Splice:
    start = source.line_start(statement.line)
    return Splice(start, start, f"{_indent(statement)}{text}\n")


def _line_after(source: SourceMap, statement: Site, text: str) -> Splice:
    node = statement.node
    assert isinstance(node, ast.stmt)
    start = source.line_start((node.end_lineno or node.lineno) + 1)
    return Splice(start, start, f"{_indent(statement)}{text}\n")


def _indent(statement: Site) -> str:
    node = statement.node
    assert isinstance(node, ast.stmt)
    return " " * node.col_offset


SHAPE_RECIPES = (
    Recipe(broadcast_audit, "crossed", columns),
    Recipe(overwrite_audit, "activations", own_activations),
    Recipe(overwrite_audit, "parameters", copies),
)
RECIPES = (
    Recipe(alias_audit, "writes", copies),
    Recipe(softmax_audit, "unstable", row_maxima),
    Recipe(optimiser_audit, "faulty", bias_corrections),
    Recipe(dropout_audit, "masks", keep_rates),
    Recipe(overwrite_audit, "inputs", own_inputs),
    Recipe(optimiser_replay, "faulty", published_steps),
    Recipe(clipping_audit, "elementwise", whole_clips),
)
TRAINER_RECIPES = (
    Recipe(snapshot_audit, "snapshots", copies),
    Recipe(copy_audit, "shallow", deep_copies),
    Recipe(update_watch, "ascending", descents),
    Recipe(update_watch, "replaced", subtractions),
    Recipe(update_watch, "rebound", in_place),
    Recipe(update_watch, "discarded", kept_updates),
    Recipe(update_watch, "zero_rate", true_divisions),
    Recipe(update_watch, "uncleared", clearings),
    Recipe(update_watch, "unregistered", other_lists),
    Recipe(update_watch, "stuck_schedule", loop_counts),
    Recipe(pairing_audit, "parted", one_permutation),
    Recipe(parameter_dtypes, "integers", floats),
    Recipe(update_audit, "unmoved", kept_names),
    Recipe(start_audit, "stuck", larger_starts),
    Recipe(rate_audit, "rates", other_rates),  # last: what starts badly needs another start, not another rate
)
