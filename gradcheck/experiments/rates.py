"""Change the rate: where training gets nowhere, train copies with other rates and compare."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.trained import losses_around_training
from gradcheck.experiments.watched import Attempt, watch_training
from gradcheck.findings import Observation
from gradcheck.trace import SourceMap

STUCK = 0.9
# A training that leaves more than this share of the loss has got nowhere.
FREED = 0.7
# With another rate, less than this share must be left for the rate to be the cause.
SLOW = 0.98
LOWER = (0.1, 0.01, 0.001)
HIGHER = (10.0, 100.0, 1000.0, 10_000.0)


def rate_audit(lab: Lab) -> Observation:
    """Facts: `rates`, at most one of {kind, line, lines, text, rate, factor, before, own, other}.

    `kind` is "high" or "low"; `own` and `other` are the losses after training with the code's own rate and with
    `factor` times it, which is all that was changed.
    """
    before, own = losses_around_training(lab)
    if before is None or own is None or not math.isfinite(before) or lab.wrong or own <= STUCK * before:
        return Observation("rate_audit", {"rates": []})
    seen = lab.once(watch_training)
    rates = [(attempt, text) for attempt in seen.attempts.values() for text in _rates(seen.source, attempt)]
    found: list[dict[str, Any]] = []
    factors: list[tuple[str, tuple[float, ...]]] = [("high", LOWER)]
    if math.isfinite(own) and SLOW * before < own <= before and not seen.complete:
        factors = [("low", HIGHER), *factors]
    for kind, tried in factors if rates else ():
        other = _best(
            lab, seen.source, rates, tried, FREED * (min(own, before) if math.isfinite(own) else before)
        )
        if other is not None:
            attempt, text = rates[0]
            values = attempt.scalars[text]
            lines = [*origins(lab, seen.source, text, values), seen.source.sites[attempt.site].line]
            fact = {"kind": kind, "line": lines[0], "lines": lines, "text": text, "rate": max(values)}
            found = [
                {
                    **fact,
                    "factor": other[0],
                    "before": before,
                    "own": own if math.isfinite(own) else math.inf,
                    "other": other[1],
                }
            ]
            break
    return Observation("rate_audit", {"rates": found})


def _best(
    lab: Lab, source: SourceMap, rates: list[tuple[Attempt, str]], factors: tuple[float, ...], bar: float
) -> tuple[float, float] | None:
    """The first factor of the rate with which training leaves less than a bar, with the loss that is left."""
    for factor in factors:
        _, other = losses_around_training(lab, _scaled(source, rates, factor))
        if other is not None and other < bar:
            return factor, other
    return None


def _scaled(source: SourceMap, rates: list[tuple[Attempt, str]], factor: float) -> str:
    """The source with every rate multiplied where an update reads it."""
    text = source.source
    places = sorted(
        {place for attempt, name in rates for place in _places(source, attempt, name)}, reverse=True
    )
    for start, end in places:
        text = f"{text[:start]}({text[start:end]} * {factor!r}){text[end:]}"
    return text


def _places(source: SourceMap, attempt: Attempt, name: str) -> Iterator[tuple[int, int]]:
    node = source.sites[attempt.site].node
    for part in _factors(_term(node)):
        if ast.unparse(part) == name:
            yield source.span(part)


def _rates(source: SourceMap, attempt: Attempt) -> list[str]:
    """The single numbers that an update is a multiple of."""
    found = [ast.unparse(part) for part in _factors(_term(source.sites[attempt.site].node))]
    return [text for text in found if text in attempt.scalars][:1]


def _term(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.AugAssign):
        return node.value
    value = node.value if isinstance(node, ast.Assign) else None
    return value.right if isinstance(value, ast.BinOp) else None


def _factors(node: ast.expr | None) -> Iterator[ast.expr]:
    """What a product multiplies, the numerators of its quotients among it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from _factors(node.left)
        yield from _factors(node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _factors(node.left)
    elif node is not None:
        yield node
