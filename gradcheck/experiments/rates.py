"""Change the rate: where training gets nowhere, train copies with other rates and compare."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.curves import may_swing
from gradcheck.experiments.forms import updates_in, velocity_terms
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.layers import SHARE, layers_at, layers_at_start
from gradcheck.experiments.origins import origins
from gradcheck.experiments.trained import losses_around_training, trained_as_is
from gradcheck.experiments.watched import ROUNDS, Attempt, watch_training
from gradcheck.findings import Observation
from gradcheck.trace import SourceMap

STUCK = 0.9
# A training that leaves more than this share of the loss has got nowhere.
FREED = 0.7
# With another rate, less than this share must be left for the rate to be the cause.
NEARLY = 0.9
# Of the way that the best rate takes the loss, so much is enough: no higher rate is asked for than needed.
SLOW = 0.98
UNLEARNT = 0.1
# A training that leaves less than this share of the loss has done well, whatever became of its layers.
LOWER = (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
HIGHER = (10.0, 100.0, 1000.0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)


def rate_audit(lab: Lab) -> Observation:
    """Facts: `rates`, at most one of {kind, line, lines, text, rate, factor, before, own, other, died}.

    `kind` is "high" or "low"; `own` and `other` are the losses after training with the code's own rate and with
    `factor` times it, which is all that was changed. `died`: whether training left a hidden layer dead or saturated
    that was not so before, for which a loss that fell a little is looked into as well; so is one that swings, or may.
    """
    before, own = losses_around_training(lab)
    if before is None or own is None or not math.isfinite(before) or lab.wrong:
        return Observation("rate_audit", {"rates": []})
    died = own > UNLEARNT * before and _died(lab)
    restless = died or (own > UNLEARNT * before and may_swing(lab))
    if own <= STUCK * before and not restless:
        return Observation("rate_audit", {"rates": []})
    factors: list[tuple[str, tuple[float, ...]]] = [("high", LOWER)]
    if SLOW * before < own <= before and _many_steps(lab) and not died:
        factors = [("low", HIGHER), *factors]
    other = next(
        (found for kind, tried in factors if (found := _best(lab, kind, tried, min(own, before)))), None
    )
    if other is None:
        return Observation("rate_audit", {"rates": []})
    return Observation("rate_audit", {"rates": [{**other, "before": before, "own": own, "died": died}]})


def _best(lab: Lab, kind: str, factors: tuple[float, ...], left: float) -> dict[str, Any] | None:
    """The factor of the rate that is nearest to 1 among those with which training goes nearly as far as with any."""
    found: list[tuple[float, float]] = []
    for factor in factors:
        source = scaled_source(lab, factor)
        other = None if source is None else losses_around_training(lab, source)[1]
        if other is not None and other < FREED * (found[-1][1] if found else left):
            found.append((factor, other))
        elif found:
            break
    if not found:
        return None
    enough = left - NEARLY * (left - found[-1][1]) if math.isfinite(left) else math.inf
    factor, other = next((one for one in found if one[1] <= enough), found[-1])
    seen = lab.once(watch_training)
    attempt, text = _rates_of(lab)[0]
    values = attempt.scalars[text]
    lines = [*origins(lab, seen.source, text, values), seen.source.sites[attempt.site].line]
    fact = {"kind": kind, "line": lines[0], "lines": lines, "text": text, "rate": max(values)}
    return {**fact, "factor": factor, "other": other}


def _many_steps(lab: Lab) -> bool:
    """Whether training takes more than a few steps, so that small ones have had their time."""
    seen = lab.once(watch_training)
    often = Counter(seen.order)
    return not seen.complete or any(often[site] >= ROUNDS for site in seen.attempts)


def _died(lab: Lab) -> bool:
    """Whether training kills or saturates a hidden layer: more than half of it, where less was so before."""
    trained = lab.once(trained_as_is)
    if trained is None or not all(np.all(np.isfinite(value)) for value in trained.parameters.values()):
        return False
    pairs = zip(lab.once(layers_at_start), layers_at(lab, trained.parameters), strict=False)
    return any(
        max(late.dead, late.saturated) > SHARE >= max(early.dead, early.saturated) for early, late in pairs
    )


def scaled_source(lab: Lab, factor: float) -> str | None:
    """The source with every rate multiplied where an update reads it; None where no rate was seen."""
    rates = _rates_of(lab)
    source = lab.once(watch_training).source
    text = source.source
    places = {place for attempt, name in rates for place in _places(source, attempt, name)}
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]}({text[start:end]} * {factor!r}){text[end:]}"
    return text if rates else None


def _rates_of(lab: Lab) -> list[tuple[Attempt, str]]:
    """The rate of each update, or, where none has any, that of each velocity."""
    seen = lab.once(watch_training)
    found = (
        [(attempt, text) for attempt in some.values() for text in _rates(seen.source, attempt)]
        for some in (seen.attempts, seen.velocities)
    )
    return next(filter(None, found), [])


def _places(source: SourceMap, attempt: Attempt, name: str) -> Iterator[tuple[int, int]]:
    for step in _steps(source, attempt):
        for part in _factors(step):
            if ast.unparse(part) == name:
                yield source.span(part)


def _rates(source: SourceMap, attempt: Attempt) -> list[str]:
    """The single number that an update is a multiple of."""
    parts = [part for step in _steps(source, attempt) for part in _factors(step)]
    return [text for text in map(ast.unparse, parts) if text in attempt.scalars][:1]


def _steps(source: SourceMap, attempt: Attempt) -> list[ast.expr]:
    """What an update takes off its parameter, or a velocity's update adds to that."""
    node = source.sites[attempt.site].node
    return [step for _, step in updates_in(node)] if attempt.parameters else velocity_terms(node)


def _factors(node: ast.expr | None) -> Iterator[ast.expr]:
    """What a product multiplies, the numerators of its quotients among it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from _factors(node.left)
        yield from _factors(node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _factors(node.left)
    elif isinstance(node, ast.UnaryOp):
        yield from _factors(node.operand)
    elif node is not None:
        yield node
