"""Edits of starts: weights drawn with the ordinary deviation, biases at zero, inputs scaled where they come in."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.births import setup_seen
from gradcheck.experiments.inlets import unchanged
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import text_of
from gradcheck.subject.whole import whole_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

BLANKS = frozenset({"zeros", "ones", "full"})


def ordinary_starts(lab: Lab, fact: Fact) -> Edits:
    """What makes ordinary the thing that an experiment has shown to keep training from getting anywhere."""
    source = SourceMap(lab.source)
    sites = [site for site in source.sites if site.line in fact["lines"]]
    if fact["kind"] in {"small", "large"}:
        yield from _unscaled(lab, source, sites or source.sites, fact["kind"])
        yield from _deviations(lab, source, sites)
    if fact["kind"] in {"zero", "constant"}:
        yield from _drawn(lab, source, sites)
    if fact["kind"] == "biases":
        yield from _zeros(source, sites)
    if fact["kind"] == "inputs":
        yield from _standardised(lab)


def centred_draws(lab: Lab, fact: Fact) -> Edits:
    """Normal numbers of the ordinary deviation for those drawn on one side of 0."""
    source = SourceMap(lab.source)
    sites = [site for site in source.sites if site.line in fact["lines"] and isinstance(site.node, ast.Call)]
    for place in _places(lab):
        for site in sites:
            assert isinstance(site.node, ast.Call)
            shape = _shape(site.node)
            if shape is not None and isinstance(site.node.func, ast.Attribute):
                owner = text_of(source, site.node.func.value)
                fan = text_of(source, shape.elts[place])
                text = f"{owner}.normal(0, 1 / np.sqrt({fan}), {text_of(source, shape)})"
                whole = _arithmetic(source, site)
                yield [Splice(whole.start, whole.end, text)]


def _arithmetic(source: SourceMap, site: Site) -> Site:
    """The largest expression around a draw that only computes with it: what shifts and scales the numbers."""
    above = source.sites[site.parent]
    while site.parent >= 0 and isinstance(above.node, ast.BinOp | ast.UnaryOp):
        site, above = above, source.sites[above.parent]
    return site


def one_generator(lab: Lab, fact: Fact) -> Edits:
    """The generator that the function has made already, rather than another one of the same seed."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.line in fact["lines"] and isinstance(site.node, ast.Call) and _is_generator(site.node):
            held = _generator(source, site)
            if held != "np.random":
                yield [Splice(site.start, site.end, held)]


def _unscaled(lab: Lab, source: SourceMap, sites: list[Site], kind: str) -> Edits:
    """Standard normal numbers over sqrt(fan_in), others as they are drawn, for those times a constant or a name."""
    products = [found for site in sites if (found := _product(site, kind)) is not None]
    for place in _places(lab):
        edits = []
        for site, drawn in products:
            text, shape = text_of(source, drawn), _shape(drawn)
            if shape is not None and getattr(drawn.func, "attr", "") == "standard_normal":
                text = f"{text} / np.sqrt({text_of(source, shape.elts[place])})"
            edits.append(Splice(site.start, site.end, text))
        if edits:
            yield edits
            yield from ([edit] for edit in edits)


def _product(site: Site, kind: str) -> tuple[Site, ast.Call] | None:
    """A call times a constant below 1 for small weights; for large ones, times one above 1 or a name."""
    node = site.node
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    for drawn, factor in ((node.left, node.right), (node.right, node.left)):
        constant = _constant(factor)
        named = isinstance(factor, ast.Name | ast.Attribute)
        fits = 0.0 < constant < 1.0 if kind == "small" else constant > 1.0 or named
        if isinstance(drawn, ast.Call) and fits and not _is_vector(drawn):
            return site, drawn
    return None


def _is_vector(call: ast.Call) -> bool:
    """Whether a call draws numbers along one axis, as biases are drawn."""
    places = {"normal": 2, "uniform": 2, "standard_normal": 0, "random": 0}
    place = places.get(getattr(call.func, "attr", ""))
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "size"), None)
    size = named or (call.args[place] if place is not None and place < len(call.args) else None)
    return size is not None and len(call.args) <= 3 and not isinstance(size, ast.Tuple)


def _constant(node: ast.expr) -> float:
    """The number that an expression writes down; nan for any other expression."""
    number = node.value if isinstance(node, ast.Constant) else None
    return float(number) if isinstance(number, int | float) else math.nan


def _deviations(lab: Lab, source: SourceMap, sites: list[Site]) -> Edits:
    """1 / sqrt(fan_in) for the deviation that numbers are drawn with."""
    calls = [site.node for site in sites if isinstance(site.node, ast.Call)]
    for place in _places(lab):
        edits = []
        for call in calls:
            shape, scale = _shape(call), _scale(call)
            if shape is not None and scale is not None:
                edits.append(
                    Splice(*source.span(scale), f"1 / np.sqrt({text_of(source, shape.elts[place])})")
                )
        if edits:
            yield edits


def _scale(call: ast.Call) -> ast.expr | None:
    """The deviation that a call of `normal` is given."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "scale"), None)
    plain = getattr(call.func, "attr", "") == "normal" and len(call.args) > 2
    return named or (call.args[1] if plain else None)


def _drawn(lab: Lab, source: SourceMap, sites: list[Site]) -> Edits:
    """Random numbers for matrices of one number, from the generator of the function where it has one."""
    for place in _places(lab):
        edits = []
        for site in sites:
            call = site.node
            if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") not in BLANKS:
                continue
            shape = call.args[0] if call.args else None
            if isinstance(shape, ast.Tuple) and len(shape.elts) == 2:
                fan = text_of(source, shape.elts[place])
                owner = _generator(source, site)
                text = f"{owner}.normal(0, 1 / np.sqrt({fan}), {text_of(source, shape)})"
                edits.append(Splice(site.start, site.end, text))
        if edits:
            yield edits


def _zeros(source: SourceMap, sites: list[Site]) -> Edits:
    """Zeros for biases that are full of another number."""
    edits = []
    for site in sites:
        call = site.node
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "full" and call.args:
            owner = source.source[source.span(call.func)[0] : source.span(call.func)[1]].rpartition(".")[0]
            edits.append(Splice(site.start, site.end, f"{owner}.zeros({text_of(source, call.args[0])})"))
    if edits:
        yield edits


def _standardised(lab: Lab) -> Edits:
    """The argument on a common scale, where a function that holds the figures for it hands it on as it is."""
    source = SourceMap(lab.source)
    samples = samples_of(lab)
    if samples is None:
        return
    inputs, axis = np.asarray(lab.program.start().evaluate(samples.inputs)), samples.axes[0]
    for site in unchanged(lab):
        node = site.node
        if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Name):
            continue
        held, name = _held(lab, site), node.value.id
        mean, deviation, low, high = (
            next((text for text, value in held.items() if _equal(value, figure)), "")
            for figure in (inputs.mean(axis), inputs.std(axis), inputs.min(axis), inputs.max(axis))
        )
        place = source.span(source.sites[site.number].node)
        if mean and deviation:
            yield [Splice(*place, f"return ({name} - {mean}) / {deviation}")]
        if low and high:
            yield [Splice(*place, f"return ({name} - {low}) / ({high} - {low})")]


def _held(lab: Lab, site: Site) -> dict[str, Any]:
    """What the function of a site has at hand there, by the text that reaches it, its object's attributes first."""
    names = lab.once(setup_seen).scopes.get(site.number, {})
    name, owner = next(iter(names.items()), ("", None))
    attributes = getattr(owner, "__dict__", {}) if "." in site.function else {}
    return {**{f"{name}.{key}": value for key, value in attributes.items()}, **names}


def _equal(value: Any, other: Any) -> bool:
    """Whether a value is a figure of each feature, as a row or a column."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size != other.size:
        return False
    return bool(np.allclose(value.ravel(), other))


def _shape(call: ast.Call) -> ast.Tuple | None:
    """The two sizes that numbers are drawn for."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"size", "shape"})]
    return next(
        (part for part in reversed(given) if isinstance(part, ast.Tuple) and len(part.elts) == 2), None
    )


def _places(lab: Lab) -> tuple[int, int]:
    """Which axis of a weight matrix counts what comes in, the likelier first: the first one where samples are rows."""
    values = lab.program.start().parameters()
    first = next((value for value in values.values() if min(value.shape, default=0) > 1), None)
    try:
        inputs = np.asarray(lab.program.start().evaluate(whole_of(lab.wiring).inputs or "None"))
    except GradcheckError:
        return 0, 1
    rows = first is None or inputs.ndim != 2 or inputs.shape[1] == first.shape[0]
    return (0, 1) if rows else (1, 0)


def _generator(source: SourceMap, site: Site) -> str:
    """What holds a random generator in the function of a site; numpy's own where nothing does."""
    above = [
        other.node for other in source.sites if other.function == site.function and other.start < site.start
    ]
    for node in above:
        made = node.value if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(made, ast.Call) and _is_generator(made):
            return ast.unparse(node.targets[0])
    return "np.random"


def _is_generator(call: ast.Call) -> bool:
    return ast.unparse(call.func).rsplit(".", 1)[-1] == "default_rng"
