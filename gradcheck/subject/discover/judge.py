"""Hypotheses tested: which loss, which parameters, which gradient; scored by what the user's code does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.exposed import Exposed, exposed
from gradcheck.subject.discover.implied import implied_losses
from gradcheck.subject.discover.leaves import as_array, root_name
from gradcheck.subject.discover.losses import LossCandidate, loss_candidates
from gradcheck.subject.discover.matching import parallel
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.rates import Rate, find_rate
from gradcheck.subject.discover.samples import plain_name
from gradcheck.subject.discover.screening import Screened, screen
from gradcheck.subject.program import Live
from gradcheck.subject.wiring import Grads, Step, Wiring

TRIED = 5
IMPLIED = 16
NAMED = 0.8
ENTRIES = 5
LARGEST = 200_000
AGREES = 1e-4
ROUNDING = 1e-9
BIASES = {"b", "bias", "biases", "bh", "bo", "by", "c", "intercept", "offset"}
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
    """

    wiring: Wiring
    score: float
    agrees: float
    factor: float
    loss: LossCandidate
    seen: Observation
    rate: Rate | None
    source: str


def verdicts(seen: Observation) -> list[Verdict]:
    """Complete wirings for an observed update, the best first; the loss is implied where the code has none."""
    found = _verdicts(seen, loss_candidates(seen))
    if not any(_explains(verdict) for verdict in found):
        found += _verdicts(seen, implied_losses(seen), most=IMPLIED)
    return sorted(found, key=lambda verdict: -verdict.score)


def _explains(verdict: Verdict) -> bool:
    return verdict.loss.prior >= NAMED or (verdict.agrees > 0 and abs(verdict.factor - 1) < AGREES)


def _verdicts(seen: Observation, candidates: list[LossCandidate], most: int = TRIED) -> list[Verdict]:
    changed = {m.expression: m for m in seen.changed if root_name(m.expression) not in seen.own}
    changed = changed or {e: seen.numbers[e] for e in stored(seen)}
    if not changed:
        return []
    found: list[Verdict] = []
    ways: dict[tuple[frozenset[str], frozenset[str]], list[_Way]] = {}
    screened = screen(seen, candidates, changed, most)
    whole = max((_size(item, changed) for item in screened), default=1)
    for item in screened:
        key = (item.responds, item.latent)
        if key not in ways:
            ways[key] = list(_ways(seen, *key))
        for way in ways[key]:
            verdict = _verdict(seen, item, way, changed, whole)
            if verdict is not None:
                found.append(verdict)
    return found


def stored(seen: Observation) -> set[str]:
    """Numbers that the loop assigns to although they stay as they are, such as integers cut off again."""
    training = seen.driver.stage.scene.training
    values = {id(change.value[0]) for change in training.changes.values()}
    space = {e: e for e in seen.numbers}
    names = {c.expression for c in training.changes.values() if id(c.value[0]) in values and c.still}
    return {
        e
        for e in space
        if e.removeprefix("m.") in names or any(e.endswith(f".{n.rpartition('.')[2]}") for n in names)
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    params: dict[str, Moved]
    grads: Grads | None
    step: Step | None
    rate: Rate | None
    setup: str
    matched: float
    kind: str


def _ways(seen: Observation, responds: frozenset[str], latent: frozenset[str]) -> Iterator[_Way]:
    """The ways to have the gradient, with as many parameters as each can give."""
    moving = {m.expression: m for m in seen.changed if m.expression in responds}
    moving = moving or {e: seen.numbers[e] for e in stored(seen) if e in responds}
    still = {e: m for e, m in seen.numbers.items() if e in responds and e not in moving}
    seen = replace(seen, parameters=set(moving) | set(still))
    rate = find_rate(seen, moving)
    everything = {
        e: m for e, m in seen.numbers.items() if e in moving or e in still
    }  # in the file's own order
    stems = {plain_name(_last(e)) for e in moving}
    alike = {e: m for e, m in still.items() if e in latent or plain_name(_last(e)) in stems | BIASES}
    ways: list[Exposed] = []
    for group in (everything, {**moving, **alike}):
        if len(group) > len(moving) and not ways:
            ways = [way for way in exposed(seen, group) if way.kind != "held"]
    ways = ways or exposed(seen, moving)
    for way in ways[:2]:
        chosen = {e: everything[e] for e in way.grads.of}
        grads = _signed(seen, way, chosen, rate)
        yield _Way(chosen, grads, None, rate, way.setup, way.matched, way.kind)
    if seen.driver.plain:
        params = {e: m for e, m in everything.items() if e in moving or e in alike}
        lr = rate.expression if rate is not None else "1.0"
        yield _Way(params, None, Step(seen.driver.text, lr), rate, "", 1.0, "update")


def _signed(seen: Observation, way: Exposed, params: Mapping[str, Moved], rate: Rate | None) -> Grads:
    """The gradient as descent uses it: with the sign of the update, and without a rate multiplied into it."""
    values = _gradient(seen, way.grads, way.setup)
    if values is None:
        return way.grads
    ratios = [
        float(np.sum(params[e].update * values[e]) / np.sum(values[e] ** 2))
        for e in params
        if params[e].moved and values[e].any() and parallel(params[e].update, values[e])
    ]
    of = dict(way.grads.of)
    if ratios and all(ratio < 0 for ratio in ratios):
        of = {e: f"-{text}" for e, text in of.items()}
    if (
        rate is not None
        and ratios
        and all(abs(abs(ratio) - 1) < ROUNDING for ratio in ratios)
        and rate.double is not None
    ):
        twice = _gradient(seen, way.grads, way.setup, rate)
        if twice is not None and all(np.allclose(twice[e], 2 * values[e]) for e in params):
            of = {e: f"{text} / {rate.expression}" for e, text in of.items()}
    return Grads(way.grads.run, of)


def _gradient(
    seen: Observation, grads: Grads, setup: str, rate: Rate | None = None
) -> dict[str, NDArray[np.float64]] | None:
    try:
        live = seen.driver.stage.start()
        if rate is not None and rate.double is not None:
            rate.double(live)
        live.execute(f"{setup}\n{grads.run}")
        values = {e: as_array(live.evaluate(text)) for e, text in grads.of.items()}
    except Exception:  # noqa: BLE001 -- as for the rate itself
        return None
    if any(value is None for value in values.values()):
        return None
    return values  # type: ignore[return-value] # None is ruled out


def _size(item: Screened, changed: Mapping[str, Moved]) -> int:
    """How many numbers a loss depends on, of those that the update changed."""
    return sum(changed[e].before.size for e in item.responds & set(changed))


def _verdict(
    seen: Observation, item: Screened, way: _Way, changed: Mapping[str, Moved], whole: int
) -> Verdict | None:
    names = short_names(list(way.params))
    stage = replace(seen.driver.stage, extra=(*seen.driver.stage.extra, *([way.setup] if way.setup else [])))
    params = {names[e]: e for e in way.params}
    grads = Grads(way.grads.run, {names[e]: text for e, text in way.grads.of.items()}) if way.grads else None
    wiring = stage.wiring(loss=item.candidate.expression, params=params, grads=grads, step=way.step)
    try:
        program = stage.program(wiring)
        gradient = program.start().gradient()
        slopes = _slopes(program.start(), seed=stage.seed)
    except GradcheckError:
        return None
    if not all(np.isfinite(g).all() for g in gradient.values()):
        return None
    agrees, factor = _agreement(gradient, slopes)
    if (
        factor < 0
        and ASCENDED.search(item.candidate.name.lower())
        and "neg" not in item.candidate.name.lower()
    ):
        wiring = replace(wiring, loss=f"-{item.candidate.expression}")
        factor = -factor
    covered = sum(changed[e].before.size for e in item.responds & set(changed) & set(way.params)) / whole
    plain = abs(factor - 1) < AGREES
    multiple = (
        0.8 if stage.sees_all else 0.1
    )  # for one sample many a number has a gradient of the same direction
    score = item.promise + 2.5 * agrees * (1.0 if plain else multiple) * covered + covered + 0.3 * way.matched
    score += {"returned": 0.4, "kept": 0.3, "held": -0.3, "update": 0.0}[way.kind]
    score -= 0.5 * (factor < 0)
    return Verdict(wiring, score, agrees, factor, item.candidate, seen, way.rate, way.kind)


def _slopes(live: Live, *, seed: int) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Central differences of the loss at a few entries of each parameter: flat indices and slopes."""
    rng = np.random.default_rng([seed, 0xD15C])
    values = live.parameters()
    found = {}
    for name, value in values.items():
        entries = np.sort(rng.choice(value.size, min(ENTRIES, value.size), replace=False))
        slopes = []
        for entry in entries:
            step = 1e-5 * max(1.0, abs(float(value.ravel()[entry])))
            ends = []
            for sign in (1, -1):
                moved = value.copy()
                moved.ravel()[entry] += sign * step
                live.set({**values, name: moved})
                ends.append(live.loss())
            slopes.append((ends[0] - ends[1]) / (2 * step))
        live.set(values)
        found[name] = (entries, np.array(slopes))
    return found


def _agreement(
    gradient: Mapping[str, NDArray[np.float64]],
    slopes: Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]],
) -> tuple[float, float]:
    """The share of parameters that agree up to one common factor, and the factor."""
    pairs = []
    for name, (entries, slope) in slopes.items():
        if gradient[name].size <= entries.max(initial=0):
            continue
        pairs.append((gradient[name].ravel()[entries], slope))
    pairs = [(g, s) for g, s in pairs if np.isfinite(s).all()]
    silent = sum(not g.any() and not s.any() for g, s in pairs)  # zero on both sides says nothing either way
    factors = [1.0] + [float(g @ s / (s @ s)) for g, s in pairs if s.any() and g.any()]
    best = (0.0, 1.0)
    for factor in factors:
        if factor == 0:
            continue
        count = sum(
            float(
                np.abs(g - factor * s).max()
                <= AGREES * (np.abs(g).max() + abs(factor) * np.abs(s).max()) + 1e-9
            )
            for g, s in pairs
            if g.any() or s.any()
        )
        share = count / max(len(slopes) - silent, 1)
        if share > best[0] + 1e-12:
            best = (share, factor)
    return best


def short_names(expressions: list[str]) -> dict[str, str]:
    """Names for parameters: their expressions without what all of them start with.

    Example:
        >>> short_names(["net.W1", "net.b1"])
        {'net.W1': 'W1', 'net.b1': 'b1'}
        >>> short_names(["p[0]", "p[1]"])
        {'p[0]': 'p[0]', 'p[1]': 'p[1]'}
    """
    found = {}
    for expression in expressions:
        name = re.sub(r"^m\.", "", expression)
        name = re.sub(r"\['([A-Za-z_]\w*)'\]", r".\1", name)
        name = name.removesuffix(".data")
        found[expression] = name
    while found and all("." in name and name.split(".")[0].isidentifier() for name in found.values()):
        if len(found) > 1 and len({name.split(".")[0] for name in found.values()}) > 1:
            break
        found = {e: name.split(".", 1)[1] for e, name in found.items()}
    return found if len(set(found.values())) == len(found) else {e: e for e in expressions}


def _last(expression: str) -> str:
    parts = re.findall(r"[A-Za-z_]\w*", expression)
    return parts[-1] if parts else expression
