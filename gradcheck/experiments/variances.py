"""Take a variance of the forward pass over N samples instead of N - 1: where gradients become right, that was meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import Site, SourceMap

REDUCTIONS = frozenset({"var", "std"})


def variance_audit(lab: Lab) -> Observation:
    """Facts: `fewer`, of {line, text, instead, parameters}: a variance of the forward pass that divides by N - 1.

    `instead` divides by N, and with it the gradients of `parameters` are right that are wrong without.
    """
    found = []
    for site, text in _over_all(lab) if lab.wrong else ():
        other = replace(lab, source=f"{lab.source[: site.start]}{text}{lab.source[site.end :]}")
        try:
            wrong = other.wrong
        except GradcheckError:
            continue
        if wrong < lab.wrong:
            right = [name for name in lab.comparisons if name in lab.wrong - wrong]
            of = lab.tracer.source
            found.append({"line": site.line, "text": of.text(site), "instead": text, "parameters": right})
    return Observation("variance_audit", {"fewer": found[:1]})


def _over_all(lab: Lab) -> Iterator[tuple[Site, str]]:
    """The variances in what the loss runs that divide by one less than the count, with what divides by the count."""
    source = lab.tracer.source
    reached = lab.tracer.recording(lambda live: live.loss()).reached
    for site in source.sites:
        if site.statement in reached and not site.is_statement:
            text = _without_freedom(source, site) or _by_all(source, site)
            if text:
                yield site, text


def _without_freedom(source: SourceMap, site: Site) -> str:
    """A call of var or std without its degrees of freedom; empty for any other."""
    call = site.node
    if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") not in REDUCTIONS:
        return ""
    arguments = [*call.args, *call.keywords]
    kept = [part for part in arguments if getattr(part, "arg", None) != "ddof"]
    if len(kept) == len(arguments):
        return ""
    texts = ", ".join(source.source[slice(*source.span(part))] for part in kept)
    return f"{source.source[slice(*source.span(call.func))]}({texts})"


def _by_all(source: SourceMap, site: Site) -> str:
    """A quotient by n instead of by n - 1; empty for any other expression."""
    node = site.node
    by = node.right if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else None
    less = isinstance(by, ast.BinOp) and isinstance(by.op, ast.Sub) and ast.unparse(by.right) == "1"
    if not isinstance(node, ast.BinOp) or not isinstance(by, ast.BinOp) or not less:
        return ""
    left, count = (source.source[slice(*source.span(part))] for part in (node.left, by.left))
    return f"{left} / {count}"
