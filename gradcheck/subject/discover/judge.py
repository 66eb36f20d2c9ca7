"""Hypotheses tested: which loss, which parameters, which gradient; scored by what the user's code does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.agreement import agreement, central_slopes
from gradcheck.subject.discover.decay import decay_of, without
from gradcheck.subject.discover.implied import implied_losses
from gradcheck.subject.discover.leaves import root_name
from gradcheck.subject.discover.losses import LossCandidate, loss_candidates
from gradcheck.subject.discover.observation import Moved, Observation, is_sequential
from gradcheck.subject.discover.rates import Rate
from gradcheck.subject.discover.screening import Screened, screen
from gradcheck.subject.discover.short_names import short_names
from gradcheck.subject.discover.ways import Way, stored, ways_of
from gradcheck.subject.offsets import unguarded
from gradcheck.subject.wiring import Grads, Wiring

TRIED = 5
IMPLIED = 16
NAMED = 0.8
AGREES = 1e-4
ASCENDED = re.compile(r"likelihood|reward|elbo|fitness|objective|log_?prob|return")


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A complete wiring, and how well it stood its tests.

    Attributes:
        wiring: the wiring.
        score: higher is better.
        agrees: share of the parameters whose gradient is a multiple of the measured one, the same for all.
        factor: that multiple.
        loss: what the loss is called.
        seen: the observation it came from.
        rate: the rate of the update.
        source: where the gradient comes from, in a few words.
        optimiser: what makes the update of the gradient, where that is not plain descent.
    """

    wiring: Wiring
    score: float
    agrees: float
    factor: float
    loss: LossCandidate
    seen: Observation
    rate: Rate | None
    source: str
    optimiser: str = ""


def verdicts(seen: Observation) -> list[Verdict]:
    """Complete wirings for an observed update, the best first; the loss is implied where the code has none."""
    found = _verdicts(seen, loss_candidates(seen))
    if not any(_explains(verdict) for verdict in found):
        told = max(found, key=lambda verdict: verdict.score, default=None)
        implied = _verdicts(seen, implied_losses(seen), most=IMPLIED)
        found += implied if told is None else [_beside(verdict, told) for verdict in implied]
    return sorted(found, key=lambda verdict: -verdict.score)


def _beside(verdict: Verdict, told: Verdict) -> Verdict:
    """A wiring with an implied loss, which knows what the code itself shows as one."""
    return replace(verdict, wiring=replace(verdict.wiring, shown=told.wiring.loss))


def _explains(verdict: Verdict) -> bool:
    return verdict.loss.prior >= NAMED or (verdict.agrees > 0 and abs(verdict.factor - 1) < AGREES)


def _verdicts(seen: Observation, candidates: list[LossCandidate], most: int = TRIED) -> list[Verdict]:
    changed = {m.expression: m for m in seen.changed if root_name(m.expression) not in seen.own}
    changed = changed or {e: seen.numbers[e] for e in stored(seen)}
    if not changed:
        return []
    found: list[Verdict] = []
    ways: dict[tuple[frozenset[str], frozenset[str]], list[Way]] = {}
    screened = screen(seen, candidates, changed, most)
    whole = max((_size(item, changed) for item in screened), default=1)
    for item in screened:
        key = (item.responds, item.latent)
        if key not in ways:
            ways[key] = list(ways_of(seen, *key))
        for way in ways[key]:
            verdict = _verdict(seen, item, way, changed, whole)
            if verdict is not None:
                found.append(verdict)
    return found


def _size(item: Screened, changed: Mapping[str, Moved]) -> int:
    """How many numbers a loss depends on, of those that the update changed."""
    return sum(changed[e].before.size for e in item.responds & set(changed))


def _verdict(
    seen: Observation, item: Screened, way: Way, changed: Mapping[str, Moved], whole: int
) -> Verdict | None:
    names = short_names(list(way.params))
    stage = replace(seen.driver.stage, extra=(*seen.driver.stage.extra, *([way.setup] if way.setup else [])))
    params = {names[e]: e for e in way.params}
    grads = Grads(way.grads.run, {names[e]: text for e, text in way.grads.of.items()}) if way.grads else None
    wiring = stage.wiring(loss=item.candidate.expression, params=params, grads=grads, step=way.step)
    try:
        program = stage.program(wiring)
        gradient = program.start().gradient()
        slopes = central_slopes(program.start(), seed=stage.seed)
        plain = unguarded(program) if agreement(gradient, slopes)[0] < 1 else None
        if plain is not None:  # on a tie, what authors differentiate
            both = (central_slopes(plain.start(), seed=stage.seed), slopes)
            slopes = max(both, key=lambda some: agreement(gradient, some)[0])
    except GradcheckError:
        return None
    if not all(np.isfinite(g).all() for g in gradient.values()):
        return None
    agrees, factor = agreement(gradient, slopes)
    if agrees < 1 and way.kind == "update" and stage.sees_all and is_sequential(seen, list(way.params)):
        return None  # a sum of gradients at many places is the gradient at none of them
    optimiser = way.optimiser
    if wiring.step is not None and agrees < 1:
        decay = decay_of(seen, way.rate, gradient, slopes, program.start().parameters())
        if decay is not None:
            wiring = replace(wiring, grads=without(decay, wiring.step, params), step=None)
            optimiser = decay.beside(optimiser)
            agrees, factor = 1.0, 1.0
    if (
        factor < 0
        and ASCENDED.search(item.candidate.name.lower())
        and "neg" not in item.candidate.name.lower()
    ):
        wiring = replace(wiring, loss=f"-{item.candidate.expression}")
        factor = -factor
    covered = sum(changed[e].before.size for e in item.responds & set(changed) & set(way.params)) / whole
    exact = abs(factor - 1) < AGREES
    multiple = (
        0.8 if stage.sees_all else 0.1
    )  # for one sample many a number has a gradient of the same direction
    score = item.promise + 2.5 * agrees * (1.0 if exact else multiple) * covered + covered + 0.3 * way.matched
    score += {"returned": 0.4, "kept": 0.3, "held": -0.3, "update": 0.0, "state": 0.0}[way.kind]
    score -= 0.5 * (factor < 0)
    return Verdict(wiring, score, agrees, factor, item.candidate, seen, way.rate, way.kind, optimiser)
