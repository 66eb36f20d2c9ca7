"""Edits of how samples are paired, ordered, scaled and counted, each tried where its experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

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
    """The slice behind the one that trains: `order[n:]` beside `order[:n]`."""
    source = SourceMap(lab.source)
    bound: dict[str, ast.Subscript] = {}
    for site in _on(source, fact, ast.Assign):
        assert isinstance(site.node, ast.Assign)
        target, value = site.node.targets[0], site.node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        bound |= {ast.unparse(name): part for name, part in pairs if isinstance(part, ast.Subscript)}
    test, train = bound.get(fact["test"]), bound.get(fact["train"])
    if test is None or train is None or not isinstance(train.slice, ast.Slice):
        return
    lower, upper = train.slice.lower, train.slice.upper
    rest = f"{text_of(source, upper)} :" if upper is not None and lower is None else ""
    rest = f": {text_of(source, lower)}" if lower is not None and upper is None else rest
    alike = [part for part in bound.values() if ast.unparse(part.slice) == ast.unparse(test.slice)]
    mates = [part for part in alike if ast.unparse(part.value) != ast.unparse(test.value)]
    if rest:
        # The labels beside the samples: of each array that is cut the same way, the part that was cut last.
        last = {ast.unparse(part.value): part for part in mates}
        yield [Splice(*source.span(part.slice), rest) for part in (test, *last.values())]


def kept_scalers(lab: Lab, fact: Fact) -> Edits:
    """The object of the same class that was made before, rather than a new one made of the other set."""
    source = SourceMap(lab.source)
    for site in _on(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        made = ast.unparse(site.node.func)
        before = [
            ast.unparse(s.node.targets[0])
            for s in source.sites
            if s.function == site.function
            and s.line < site.line
            and isinstance(s.node, ast.Assign)
            and isinstance(s.node.value, ast.Call)
            and ast.unparse(s.node.value.func) == made
        ]
        for name in before:
            yield [Splice(site.start, site.end, name)]


def plain_indices(lab: Lab, _fact: Fact) -> Edits:
    """The label itself as index, wherever it is shifted by one."""
    edits = [Splice(start, end, name) for _, start, end, name in offsets(lab)]
    names = dict.fromkeys(splice.text for splice in edits)
    for name in names:
        yield [splice for splice in edits if splice.text == name]


def uncast_inputs(lab: Lab, fact: Fact) -> Edits:
    """What the samples were made of before they became alike."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if (
            site.line == fact["line"]
            and source.text(site) == fact["text"]
            and isinstance(site.node, ast.Call)
        ):
            owner = site.node.func.value if isinstance(site.node.func, ast.Attribute) else None
            inner = owner or next(iter(site.node.args), None)
            if inner is not None:
                yield [Splice(site.start, site.end, text_of(source, inner))]


def weighted_means(lab: Lab, fact: Fact) -> Edits:
    """The mean of batch figures weighed by the sizes of the batches that the figures were made of."""
    source = SourceMap(lab.source)
    made = {
        ast.unparse(s.node.targets[0]): s.node.value
        for s in source.sites
        if s.function == fact["function"] and isinstance(s.node, ast.Assign)
    }
    for site in _on(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        if source.text(site) != fact["text"] or len(site.node.args) != 1:
            continue
        figures = made.get(ast.unparse(site.node.args[0]), site.node.args[0])
        if not isinstance(figures, ast.ListComp) or not isinstance(figures.elt, ast.Call):
            continue
        loops = source.source[source.span(figures.elt)[1] : source.span(figures)[1] - 1]
        for part in figures.elt.args:
            weights = f"[len({text_of(source, part)}){loops}]"
            given = text_of(source, site.node.args[0])
            yield [Splice(site.start, site.end, f"np.average({given}, weights={weights})")]


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
