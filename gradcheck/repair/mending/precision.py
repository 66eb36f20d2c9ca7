"""Edits of dtypes and of logarithms, each tried where an experiment saw digits lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.trace import SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

COARSE = {"float32", "float16", "single", "half"}
WHOLE = {"int", "np.int64", "np.int32", "np.int_", "np.uint8", "'int'", "numpy.int64"}


def doubles(lab: Lab, _fact: Fact) -> Edits:
    """No cast to single precision, or one to double: at one place, or at all."""
    source = SourceMap(lab.source)
    dropped: list[Splice] = []
    doubled: list[Splice] = []
    for site in source.sites:
        node = site.node
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "astype"
            and node.args
            and _is_coarse(node.args[0])
        ):
            dropped.append(Splice(source.span(node.func.value)[1], site.end, ""))
        elif isinstance(node, ast.Attribute) and node.attr in COARSE:
            doubled.append(Splice(source.span(node.value)[1], site.end, ".float64"))
    yield from ([edit] for edit in dropped)
    if doubled:
        yield doubled
        yield from ([edit] for edit in doubled)


def float_arrays(lab: Lab, fact: Fact) -> Edits:
    """Floats where the array is made, or where the integers come from that it is made like."""
    source = SourceMap(lab.source)
    for line in (fact["origin"], fact["made"]):
        for site in source.sites:
            if site.line != line or not isinstance(site.node, ast.Call):
                continue
            if isinstance(site.node.func, ast.Attribute) and source.text(site) == fact["target"]:
                yield [Splice(source.span(site.node.func.value)[1], site.end, "")]
                continue
            for keyword in site.node.keywords:
                if keyword.arg == "dtype" and ast.unparse(keyword.value) in WHOLE:
                    yield [Splice(*source.span(keyword.value), "float")]
            if line == fact["made"] and site.node.args:
                end = source.span(site.node.args[-1])[1]
                yield [Splice(end, end, ", dtype=float")]


def safe_logarithms(lab: Lab, fact: Fact) -> Edits:
    """The file's own log-softmax of the logits, in place of the logarithm of probabilities."""
    source = SourceMap(lab.source)
    texts = sorted(fact["logits"], key=len)
    for site in source.sites:
        if site.line == fact["line"] and source.text(site) == fact["text"]:
            for text in texts:
                yield [Splice(site.start, site.end, f"{fact['function']}({text})")]


def _is_coarse(node: ast.expr) -> bool:
    name = getattr(node, "attr", getattr(node, "value", ""))
    return name in COARSE
