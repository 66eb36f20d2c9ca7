"""Edits of how samples are paired, ordered, scaled and counted, each tried where its experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.cuts import bounds_of, ends_of, pairs_of
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.shifts import offsets
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import text_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def same_rows(lab: Lab, fact: Fact) -> Edits:
    """The index of the samples for the labels too, or the other way round, where a call is given both."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        parts = [part for part in site.node.args if isinstance(part, ast.Subscript)]
        for one in parts:
            for other in parts:
                if one is not other:
                    yield [Splice(*source.span(other.slice), text_of(source, one.slice))]


def shuffled_orders(lab: Lab, fact: Fact) -> Edits:
    """A permutation for the order of the samples, from the generator that the function holds where it has one."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Assign)[:1]:
        assert isinstance(site.node, ast.Assign)
        value = site.node.value
        inside = [
            s.node for s in source.sites if s.function == site.function and isinstance(s.node, ast.Assign)
        ]
        generators = [
            ast.unparse(node.targets[0])
            for node in inside
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith("default_rng")
        ]
        owner = generators[0] if generators else "np.random"
        counted = [
            argument for node in ast.walk(value) if isinstance(node, ast.Call) for argument in node.args
        ]
        for argument in counted:
            yield [Splice(*source.span(value), f"{owner}.permutation(len({text_of(source, argument)}))")]


def rest_of_samples(lab: Lab, fact: Fact) -> Edits:
    """For the test set, what the one that trains leaves out; where that leaves nothing out, the other way round."""
    source = SourceMap(lab.source)
    bound: dict[str, ast.expr] = {}
    for site in _on(source, fact, ast.Assign):
        assert isinstance(site.node, ast.Assign)
        bound |= {ast.unparse(name): value for name, value in pairs_of(site.node)}
    test, train = bound.get(fact["test"]), bound.get(fact["train"])
    if test is None or train is None:
        return
    for node, other in ((test, train), (train, test)):
        rest = _rest(source, other)
        if rest is not None and bounds_of(node) is not None:
            alike = [part for part in bound.values() if _same_bounds(part, node)]
            # The labels beside the samples: of each array that is cut the same way, the part that was cut last.
            last = {_base(part): part for part in alike if _base(part) != _base(node)}
            yield [_bounded(source, part, rest) for part in (node, *last.values())]
        elif rest is not None and isinstance(node, ast.Name):
            end = source.span(node)[1]
            yield [Splice(end, end, f"[{_text(rest)}]")]


def _rest(source: SourceMap, node: ast.expr) -> tuple[str, str] | None:
    """From where to where an array goes on beside a part of it that begins or ends with it."""
    bounds = bounds_of(node)
    lower, upper = ends_of(bounds) if bounds is not None else (None, None)
    if upper is not None and lower is None:
        return text_of(source, upper), ""
    return ("", text_of(source, lower)) if lower is not None and upper is None else None


def _bounded(source: SourceMap, node: ast.expr, ends: tuple[str, str]) -> Splice:
    """Other ends for the slice of an expression."""
    bounds = bounds_of(node)
    assert bounds is not None
    if isinstance(bounds, ast.Slice):
        return Splice(*source.span(bounds), _text(ends))
    first, last = (source.span(argument) for argument in (bounds.args[0], bounds.args[-1]))
    return Splice(first[0], last[1], ", ".join(end or "None" for end in ends))


def _text(ends: tuple[str, str]) -> str:
    simple = all(end.isidentifier() or end.isdecimal() or not end for end in ends)
    return ":".join(ends) if simple else " : ".join(ends).strip()


def _same_bounds(one: ast.expr, other: ast.expr) -> bool:
    bounds = bounds_of(one), bounds_of(other)
    return None not in bounds and ast.dump(bounds[0]) == ast.dump(bounds[1])  # type: ignore[arg-type]


def _base(node: ast.expr) -> str:
    return ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""


def kept_scalers(lab: Lab, fact: Fact) -> Edits:
    """What was made of the training set before, rather than a new one made of the other set.

    An object of the same class, the other arguments of another call of the same function, or a figure by its name.
    """
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        for target, value in _made(source, site):
            if isinstance(value, ast.Call) and ast.unparse(value.func) == ast.unparse(site.node.func):
                yield [Splice(site.start, site.end, ast.unparse(target))]
        yield from _other_arguments(source, site, site.node)
        yield from _known_figures(source, site)


def _made(source: SourceMap, call: Site) -> list[tuple[ast.expr, ast.expr]]:
    """What the function of a call has given names to above it, and what that is."""
    above = [s.node for s in source.sites if s.function == call.function and s.line < call.line]
    return [pair for node in above if isinstance(node, ast.Assign) for pair in pairs_of(node)]


def _other_arguments(source: SourceMap, site: Site, call: ast.Call) -> Edits:
    """Names that another call of the function is given, for arguments but the first that compute what they are."""
    for other in source.sites:
        node = other.node
        same = isinstance(node, ast.Call) and ast.unparse(node.func) == ast.unparse(call.func)
        if not isinstance(node, ast.Call) or not same or other.function != site.function or other is site:
            continue
        pairs = list(zip(call.args[1:], node.args[1:], strict=False))
        named = all(isinstance(its, ast.Name | ast.Attribute) for _, its in pairs)
        computed = all(_figure(mine) for mine, _ in pairs)
        if pairs and named and computed and len(call.args) == len(node.args):
            yield [Splice(*source.span(mine), text_of(source, its)) for mine, its in pairs]


def _known_figures(source: SourceMap, site: Site) -> Edits:
    """Names for figures of one kind each, wherever the statement computes such a figure itself."""
    statement = source.statement_of(site)
    names: dict[str, str] = {}
    for target, value in _made(source, site):
        kind = _figure(value)
        if kind and isinstance(target, ast.Name):
            names.setdefault(kind, target.id)
    edits = [
        Splice(*source.span(node), names[_figure(node)])
        for node in ast.walk(statement.node)
        if isinstance(node, ast.expr) and _figure(node) in names
    ]
    if edits:
        yield edits


def _figure(node: ast.expr) -> str:
    """Which figure of an array an expression is; empty for none."""
    name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    return name if name in {"mean", "std", "min", "max"} else ""


def plain_indices(lab: Lab, _fact: Fact) -> Edits:
    """The label itself as index, wherever it is shifted by one."""
    edits = [Splice(start, end, name) for _, start, end, name in offsets(lab)]
    names = dict.fromkeys(splice.text for splice in edits)
    for name in names:
        yield [splice for splice in edits if splice.text == name]


def uncast_inputs(lab: Lab, fact: Fact) -> Edits:
    """What the samples were made of before they became alike; a quotient that is not cut off first."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.line != fact["line"] or source.text(site) != fact["text"]:
            continue
        if isinstance(site.node, ast.BinOp) and isinstance(site.node.op, ast.FloorDiv):
            left, right = text_of(source, site.node.left), text_of(source, site.node.right)
            yield [Splice(site.start, site.end, f"{left} / {right}")]
        statement = source.statement_of(site).node
        buffer = isinstance(statement, ast.Assign) and statement.value is site.node and _is_blank(site.node)
        if fact["before"] and not buffer:
            yield [Splice(site.start, site.end, fact["before"])]


def _is_blank(node: ast.AST) -> bool:
    """Whether an expression makes a new array of one number: what should have been written into it is not known."""
    name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    return name.removesuffix("_like") in {"zeros", "ones", "empty", "full"}


def weighted_means(lab: Lab, fact: Fact) -> Edits:
    """The mean of batch figures weighed by the sizes of the batches that the figures were made of."""
    source = SourceMap(lab.source)
    made = {
        ast.unparse(s.node.targets[0]): s.node.value
        for s in source.sites
        if s.function == fact["function"] and isinstance(s.node, ast.Assign)
    }
    for site in source.sites:
        if site.line not in fact["lines"] or source.text(site) != fact["text"]:
            continue
        averaged = _averaged(site.node)
        figures = made.get(ast.unparse(averaged), averaged) if averaged is not None else None
        if averaged is None or not isinstance(figures, ast.ListComp) or not isinstance(figures.elt, ast.Call):
            continue
        loops = source.source[source.span(figures.elt)[1] : source.span(figures)[1] - 1]
        for part in figures.elt.args:
            weights = f"[len({text_of(source, part)}){loops}]"
            given = text_of(source, averaged)
            yield [Splice(site.start, site.end, f"np.average({given}, weights={weights})")]


def _averaged(node: ast.AST) -> ast.expr | None:
    """What a plain mean is taken of: `np.mean(it)`, `sum(it) / len(it)`."""
    total = node.left if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else node
    name = getattr(total.func, "attr", getattr(total.func, "id", "")) if isinstance(total, ast.Call) else ""
    plain = name == "sum" if total is not node else bool(name)
    return total.args[0] if isinstance(total, ast.Call) and plain and len(total.args) == 1 else None


def other_axes(lab: Lab, fact: Fact) -> Edits:
    """The argmax along the classes."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        if source.text(site) == fact["text"]:
            named = [keyword.value for keyword in site.node.keywords if keyword.arg == "axis"]
            for axis in [*named, *site.node.args[-1:]]:
                yield [Splice(*source.span(axis), str(fact["axis"]))]


def flat_sides(lab: Lab, fact: Fact) -> Edits:
    """Both sides of a comparison flat."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Compare):
        assert isinstance(site.node, ast.Compare)
        if source.text(site) == fact["text"]:
            for side in (site.node.left, site.node.comparators[0]):
                end = source.span(side)[1]
                yield [Splice(end, end, ".ravel()")]


def like_reports(lab: Lab, fact: Fact) -> Edits:
    """One function for both figures of a report."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Tuple):
        assert isinstance(site.node, ast.Tuple)
        calls = [part for part in site.node.elts if isinstance(part, ast.Call)]
        for one in reversed(calls):
            for other in calls:
                if ast.unparse(one.func) != ast.unparse(other.func):
                    yield [Splice(*source.span(other.func), text_of(source, one.func))]


def earlier_norms(lab: Lab, fact: Fact) -> Edits:
    """The figure made before the statements of its block that stand above it, one by one."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Assign):
        above = [
            other
            for other in source.sites
            if other.is_statement and other.parent == site.parent and other.line < site.line
        ]
        end = source.line_start((getattr(site.node, "end_lineno", None) or site.line) + 1)
        start = source.line_start(site.line)
        for other in reversed(above):
            place = source.line_start(other.line)
            yield [Splice(place, place, source.source[start:end]), Splice(start, end, "")]


def _on(source: SourceMap, fact: Fact, kind: type[ast.AST]) -> list[Site]:
    """The nodes of a kind on a fact's lines, in the order of those."""
    lines = fact.get("lines") or [fact["line"]]
    return [
        site for line in lines for site in source.sites if site.line == line and isinstance(site.node, kind)
    ]
