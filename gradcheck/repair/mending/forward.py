"""Edits of the forward pass and of the loss, each tried where an experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import behind, without_line
from gradcheck.repair.relations.arrays import broadcasts_to
from gradcheck.repair.terms import quote_of, terms_in
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

MIDDLE = 0.5
# Below it the bound of a probability is a floor, above it a ceiling.
REDUCTIONS = {"sum", "max", "amax", "mean"}


def class_sums(lab: Lab, fact: Fact) -> Edits:
    """Sums and maxima over the classes of one sample, where they are taken over samples or over everything."""
    source = SourceMap(lab.source)
    here = [site for site in source.sites if site.line == fact["line"] and site.function]
    inside = [s for s in source.sites if here and s.function == here[0].function]
    calls = [s for s in inside if isinstance(s.node, ast.Call) and _called(s.node) in REDUCTIONS]
    for axis in ("1", "0"):
        edits = [_over(source, site, axis) for site in calls]
        changed = [edit for edit in edits if edit is not None]
        if changed:
            yield changed
            yield from ([edit] for edit in changed if len(changed) > 1)


def samples_alone(lab: Lab, fact: Fact) -> Edits:
    """Inputs as they came, where the batch is subtracted from them or they are divided by it."""
    source = SourceMap(lab.source)
    for site in _on(source, fact["line"], ast.BinOp) if fact["kind"] == "input" else ():
        if source.text(site) != fact["text"]:
            continue
        kept: ast.AST = site.node
        while isinstance(kept, ast.BinOp) and isinstance(kept.op, ast.Sub | ast.Div):
            kept = kept.left
        above = source.sites[site.parent]
        if isinstance(above.node, ast.Assign) and ast.unparse(above.node.targets[0]) == ast.unparse(kept):
            yield [without_line(source, above)]
        yield [Splice(site.start, site.end, source.text(source.site_of(kept)))]


def categorical_terms(lab: Lab, fact: Fact) -> Edits:
    """The sum of two logarithms without the one of 1 - p."""
    source = SourceMap(lab.source)
    innermost = sorted(_on(source, fact["line"], ast.BinOp), key=lambda site: site.start - site.end)[::-1]
    for site in innermost:
        node = site.node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            left, right = (source.text(source.site_of(side)) for side in (node.left, node.right))
            if not all("log" in side for side in (left, right)):
                continue  # a part of one of the two
            if fact["text"] in right and fact["text"] not in left:
                yield [Splice(site.start, site.end, left)]
            if fact["text"] in left and fact["text"] not in right and isinstance(node.op, ast.Add):
                yield [Splice(site.start, site.end, right)]


def normalised_outputs(lab: Lab, fact: Fact) -> Edits:
    """Outputs divided by their sum over the classes, where a function returns or assigns them."""
    source = SourceMap(lab.source)
    for line in fact["lines"]:
        for site in source.sites:
            value = site.node.value if isinstance(site.node, ast.Return | ast.Assign) else None
            if site.line == line and value is not None:
                text = source.text(source.site_of(value))
                whole = text if isinstance(value, ast.Name | ast.Attribute | ast.Call) else f"({text})"
                yield [behind(source, value, f" / {whole}.sum(axis={fact['axis']}, keepdims=True)")]


def instead(lab: Lab, fact: Fact) -> Edits:
    """What an experiment has seen to be right, in place of what stands there."""
    source = SourceMap(lab.source)
    for site in _on(source, fact["line"], ast.expr):
        if fact["text"] and source.text(site) == fact["text"]:
            yield [Splice(site.start, site.end, fact["instead"])]


def added_biases(lab: Lab, fact: Fact) -> Edits:
    """A bias added where the loss multiplies with weights, of the same layer first, and nothing is added as yet."""
    source, bias = lab.tracer.source, lab.truth.values[fact["parameter"]]
    run = lab.tracer.recording(lambda live: live.loss())
    products = [source.sites[number] for number in run.seen if _is_product(source.sites[number].node)]
    for site in sorted(products, key=lambda product: product.line not in fact["lines"]):
        value, above = run.seen[site.number].values[0], source.sites[site.parent].node
        added = isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add)
        if added or not isinstance(value, np.ndarray) or not broadcasts_to(bias.shape, value.shape):
            continue
        words = frozenset(part.id for part in ast.walk(source.tree) if isinstance(part, ast.Name))
        words |= {part.attr for part in ast.walk(source.tree) if isinstance(part, ast.Attribute)}
        scope = {**lab.tracer.program.module.__dict__, **run.scopes.get(site.statement, {})}
        terms = terms_in(
            {n: v for n, v in scope.items() if not n.startswith("__")}, words, quote_of(lab.source)
        )
        same = [t for t in terms if t.shape == bias.shape and np.array_equal(t.value, bias)]
        tight = isinstance(above, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript)
        for term in sorted(same, key=lambda term: term.cost)[:2]:
            text = f"{source.text(site)} + {term.text}"
            yield [Splice(site.start, site.end, f"({text})" if tight else text)]


def _is_product(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    return isinstance(node, ast.Call) and _called(node) in {"dot", "matmul", "einsum", "tensordot"}


def batch_statistics(lab: Lab, fact: Fact) -> Edits:
    """The running averages taken only where the flag says that the network is evaluated."""
    source = SourceMap(lab.source)
    condition = f"if not {fact['flag']}:" if fact["training"] else f"if {fact['flag']}:"
    for site in _on(source, fact["line"], ast.stmt):
        assert isinstance(site.node, ast.stmt)
        indent = " " * site.node.col_offset
        yield [Splice(site.start, site.start, f"{condition}\n{indent}    ")]


def evaluation_paths(lab: Lab, fact: Fact) -> Edits:
    """The input as it is, or ones for a mask, where the network is evaluated, before any unit is dropped."""
    source = SourceMap(lab.source)
    condition = f"if {fact['flag']}:" if fact["was"] else f"if not {fact['flag']}:"
    for site in _on(source, fact["line"], ast.stmt):
        assert isinstance(site.node, ast.stmt)
        indent = " " * site.node.col_offset
        let_through = fact["argument"] if fact["scales"] else f"np.ones_like({fact['argument']})"
        returned = f"{condition}\n{indent}    return {let_through}\n{indent}"
        yield [Splice(site.start, site.start, returned)]


def unclipped(lab: Lab, fact: Fact) -> Edits:
    """Bounds that are never met, in place of those that are; else the probabilities themselves, as they are."""
    source = SourceMap(lab.source)
    for site in _on(source, fact["line"], ast.Call):
        if source.text(site) == fact["text"]:
            assert isinstance(site.node, ast.Call)
            given = [*site.node.args, *(keyword.value for keyword in site.node.keywords)]
            constants = [
                part for value in given for part in ast.walk(value) if isinstance(part, ast.Constant)
            ]
            wide = [Splice(*source.span(part), wider) for part in constants if (wider := _wider(part.value))]
            if wide and fact["least"] >= 0.0:  # and is no logarithm
                yield wide
            yield [Splice(site.start, site.end, fact["of"])]


def _wider(bound: object) -> str:
    """The bound of a probability that rounding alone would meet; empty for what is no such bound."""
    if not isinstance(bound, float) or not 0.0 < bound < 1.0:
        return ""
    return "1e-12" if bound < MIDDLE else "1 - 1e-12"


def transposes(lab: Lab, fact: Fact) -> Edits:
    """The transpose, in place of the reshape to its shape."""
    source = SourceMap(lab.source)
    order = tuple(fact["order"])
    suffix = ".T" if order == tuple(reversed(range(len(order)))) else f".transpose{order}"
    for site in _on(source, fact["line"], ast.Call):
        if source.text(site) == fact["text"]:
            yield [Splice(site.start, site.end, f"{fact['of']}{suffix}")]


def _over(source: SourceMap, site: Site, axis: str) -> Splice | None:
    """A reduction over an axis, with that axis kept; None where it is that already."""
    assert isinstance(site.node, ast.Call)
    call = site.node
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    positional = call.args[1:] if _is_numpy(call) else call.args
    wanted = f"axis={axis}, keepdims=True"
    given = keywords.get("axis", positional[0] if positional else None)
    if given is not None and ast.unparse(given) == axis and "keepdims" in keywords:
        return None
    first = [source.text(source.site_of(call.args[0])), wanted] if _is_numpy(call) else [wanted]
    start = source.span(call.func)[1]
    return Splice(start, site.end, f"({', '.join(first)})")


def _is_numpy(call: ast.Call) -> bool:
    """Whether a reduction is given its array, as np.sum(x) is, rather than called on it."""
    func = call.func
    return not isinstance(func, ast.Attribute) or (
        isinstance(func.value, ast.Name) and func.value.id in {"np", "numpy"}
    )


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "")


def _on(source: SourceMap, line: int, kind: type[ast.AST]) -> list[Site]:
    return [site for site in source.sites if site.line == line and isinstance(site.node, kind)]
