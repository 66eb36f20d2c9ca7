"""Edits of arrays, their shapes and dtypes, and of what is made of them, each tried where an audit saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import behind, line_above, line_below, text_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def copies(lab: Lab, fact: Fact) -> Edits:
    """`.copy()` behind what an assignment shares."""
    source, texts = SourceMap(lab.source), fact.get("texts")
    for site in source.sites:
        if isinstance(site.node, ast.Assign) and site.line == fact.get("bound", fact["line"]):
            parts = _plain_parts(site.node.value)
            chosen = [n for n in parts if texts is None or text_of(source, n) in texts]
            if chosen:
                yield [behind(source, node, ".copy()") for node in chosen]
        held = isinstance(source.sites[site.parent].node, ast.Dict) and site.line == fact.get("bound")
        if held and ast.unparse(site.node) == fact.get("text"):
            yield [behind(source, site.node, ".copy()")]


def columns(lab: Lab, fact: Fact) -> Edits:
    """A column made of the vector, a vector of the column, at the operation or where a parameter is made."""
    source = SourceMap(lab.source)
    for site in _literals(source):
        rows = site.node.elts if isinstance(site.node, ast.List) else []
        if rows and all(isinstance(row, ast.List) and len(row.elts) == 1 for row in rows):
            texts = [text_of(source, row.elts[0]) for row in rows if isinstance(row, ast.List)]
            yield [Splice(site.start, site.end, f"[{', '.join(texts)}]")]
    for site in _at(source, fact["line"], ast.BinOp):
        if isinstance(site.node, ast.BinOp) and source.text(site) == fact["text"]:
            for side in (site.node.right, site.node.left):
                yield [behind(source, side, ".reshape(-1, 1)")]
                yield [behind(source, side, ".ravel()")]
    yield from _alike(lab, source)


def _alike(lab: Lab, source: SourceMap) -> Edits:
    """The second operand of every crossing in the shape of the first, where one statement crosses more than once."""
    crossed = {(fact["line"], fact["text"]) for fact in lab.once(broadcast_audit).facts["crossed"]}
    sites = [s for s in source.sites if (s.line, source.text(s)) in crossed and isinstance(s.node, ast.BinOp)]
    if len(sites) < 2:
        return
    for kept, moved in (("left", "right"), ("right", "left")):
        edits = []
        for site in sites:
            whole, other = getattr(site.node, kept), getattr(site.node, moved)
            shape = text_of(source, whole)
            plain = isinstance(whole, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
            edits.append(behind(source, other, f".reshape({shape if plain else f'({shape})'}.shape)"))
        yield edits


def row_maxima(lab: Lab, fact: Fact) -> Edits:
    """The maximum of each row taken off, rather than none or that of the whole batch."""
    source, axis = SourceMap(lab.source), fact["axis"]
    calls = [
        (s, s.node) for s in source.sites if s.function == fact["scope"] and isinstance(s.node, ast.Call)
    ]
    for site, call in calls:
        whole = not any(keyword.arg == "axis" for keyword in call.keywords)
        if getattr(call.func, "attr", "") in {"max", "amax"} and whole:
            lead = ", " if call.args else ""
            yield [Splice(site.end - 1, site.end - 1, f"{lead}axis={axis}, keepdims=True")]
    for _, call in calls:
        if getattr(call.func, "attr", "") == "exp" and call.args and fact["scope"]:
            text = text_of(source, call.args[0])
            yield [behind(source, call.args[0], f" - np.max({text}, axis={axis}, keepdims=True)")]


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
        powers = [behind(source, node, " ** self.t") for node in decays]
        yield [
            *powers,
            line_below(source, setup[-1], "self.t = 0"),
            line_above(source, statements[0], "self.t += 1"),
        ]


def keep_rates(lab: Lab, fact: Fact) -> Edits:
    """Divide by the share that is kept: by 1 - p for p, by p for 1 - p, or at all."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.function != fact["function"]:
            continue
        node = site.node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield [Splice(*source.span(node.right), f"(1 - {text_of(source, node.right)})")]
            if isinstance(node.right, ast.BinOp):
                yield [Splice(*source.span(node.right), text_of(source, node.right.right))]
        if isinstance(node, ast.Compare):
            side = text_of(source, node.comparators[0])
            text = source.text(site)
            yield [Splice(site.start, site.end, f"({text}) / (1 - {side})")]
            yield [Splice(site.start, site.end, f"({text}) / {side}")]
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "binomial" and len(node.args) > 1:
            share = text_of(source, node.args[1])
            divisor = (
                share if isinstance(node.args[1], ast.Name | ast.Attribute | ast.Constant) else f"({share})"
            )
            yield [Splice(site.start, site.end, f"{source.text(site)} / {divisor}")]


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
        owner = text_of(source, call.func.value) if isinstance(call.func, ast.Attribute) else "np.random"
        x, y = _shuffled(first), _shuffled(second)
        yield [
            Splice(first.start, first.end, f"order = {owner}.permutation(len({x}))"),
            Splice(second.start, second.end, f"{x}, {y} = {x}[order], {y}[order]"),
        ]


def floats(lab: Lab, fact: Fact) -> Edits:
    """Floating literals where a parameter is made of whole numbers; no integer dtype; else a cast where it is made."""
    source = SourceMap(lab.source)
    for site in _literals(source):
        whole = [n for n in ast.walk(site.node) if isinstance(n, ast.Constant) and type(n.value) is int]
        if whole:
            yield [Splice(*source.span(node), f"{text_of(source, node)}.0") for node in whole]
    for site in source.sites:
        if isinstance(site.node, ast.keyword | ast.Call):
            for keyword in getattr(site.node, "keywords", []):
                if keyword.arg == "dtype":
                    yield [Splice(*source.span(keyword.value), "float")]
        if (
            isinstance(site.node, ast.Assign)
            and isinstance(site.node.value, ast.Call)
            and site.line == fact["line"]
        ):
            yield [behind(source, site.node.value, ".astype(float)")]


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


def _plain_parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        return [leaf for part in node.elts for leaf in _plain_parts(part)]
    if isinstance(node, ast.Dict):
        return [leaf for part in node.values for leaf in _plain_parts(part)]
    return [node] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else []


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
