"""How many evaluations an entry gets: the full ladder, three pairs, one pair, or one complex evaluation.

The cheaper plans rest on pilots: a few entries of every parameter, and random directions within it, that get the full
ladder. They tell the scale on which f bends and how noisy it is, and they prove or disprove the complex step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import complexstep, ladder, onesided, short, stencil
from gradcheck.numerics.objective import Lines, Objective
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import EPS, Samples, Slopes

PILOTS = 4  # entries of each parameter that get the full ladder in the cheaper plans
PROOFS = 3  # random directions within each parameter that the complex step must agree on
LADDER_PAIRS = len(ladder.RUNGS) + stencil.SIZE
CONFIDENCE = (
    50.0  # a Gaussian direction shows less than 1/50 of an error with probability 0.016, three with 4e-6
)
SEARCHES = 12
FEW = 64  # entries up to which pilots would cost more than they tell
LADDER_COST = 2 * (LADDER_PAIRS + ladder.EXTRA + SEARCHES) + 12  # evaluations of a line at most
PILOT_COST = PILOTS * LADDER_COST


@dataclass(frozen=True, slots=True)
class Measured:
    """Slopes along entries, and the method behind each.

    Attributes:
        slopes: one per entry.
        methods: "central", "complex" or "forward", ``(entries,)``.
    """

    slopes: Slopes
    methods: NDArray[np.str_]


@dataclass(slots=True)
class Job:
    """What is to be measured.

    Attributes:
        objective: f and x.
        entries: slots of x's vector.
        base: f(x).
        eps: relative precision of f's results.
        rng: the source of every random choice.
        budget: evaluations to stay within, or None.
    """

    objective: Objective
    entries: NDArray[np.intp]
    base: float
    eps: float
    rng: np.random.Generator
    budget: int | None = None

    def room(self, wanted: int) -> int:
        """How many more entries, of some wanted, the budget leaves the full ladder for."""
        if self.budget is None:
            return wanted
        return min(wanted, max(0, self.budget - self.objective.evaluations) // LADDER_COST)

    def samples(self, lines: Lines, floor: float = 0.0) -> Samples:
        """Fresh samples along lines."""
        return Samples(self.objective, lines, self.base, eps=self.eps, floor=floor)

    def groups(self) -> Iterator[NDArray[np.intp]]:
        """The entries of each parameter, as positions in `entries`."""
        for leaf in self.objective.parameters.leaves:
            inside = np.flatnonzero((self.entries >= leaf.start) & (self.entries < leaf.stop))
            if inside.size:
                yield inside


def full(job: Job, *, pairs: int, searches: int = SEARCHES) -> Measured:
    """The ladder and the stencil for every entry."""
    count = job.entries.size
    spared = job.budget is None or searches > 0 or job.budget > 2 * (pairs + 1) * count
    samples = job.samples(Lines(job.entries))
    slopes = ladder.climb(samples, pairs=pairs, searches=searches, probe=spared)
    return Measured(slopes, _named(slopes))


def sharpened(job: Job, measured: Measured) -> Measured:
    """Values by complex step in every entry where it lies inside the bar of the differences."""
    values = complexstep.slopes(job.objective, Lines(job.entries))
    if values is None:
        return measured
    slopes = measured.slopes
    inside = np.isfinite(slopes.bar) & ~slopes.kink & ~slopes.one_sided
    inside &= np.abs(values - slopes.value) <= slopes.bar
    return Measured(
        replace(
            slopes,
            value=np.where(inside, values, slopes.value),
            step=np.where(inside, complexstep.STEP, slopes.step),
        ),
        np.where(inside, "complex", measured.methods),
    )


def three_pairs(job: Job) -> Measured:
    """Three pairs of evaluations an entry at a step the pilots chose; the ladder where those do not settle it."""
    measured = _blank(job)
    for group in job.groups():
        pilots, known = _pilots(job, group)
        rest = np.setdiff1d(group, pilots)
        measured = _fill(measured, pilots, known, _named(known))
        if rest.size:
            samples = job.samples(Lines(job.entries[rest]), floor=_noise(known))
            found = short.three_pairs(samples, _radius(known), _size(known))
            measured = _fill(measured, rest, found, _named(found))
            measured = _climb_unsettled(job, measured, rest, _size(known))
    return measured


def one_pair(job: Job) -> Measured:
    """One pair of evaluations an entry; bars rest on the pilots and on the scatter of second differences."""
    if job.entries.size <= FEW:
        slopes = short.one_pair_alone(job.samples(Lines(job.entries)))
        return Measured(slopes, _named(slopes))
    measured = _blank(job)
    for group in job.groups():
        pilots, known = _pilots(
            job, group, pairs=len(ladder.RUNGS)
        )  # far better than one pair, at half the price
        samples = job.samples(Lines(job.entries[group]), floor=_noise(known))
        found, odd = short.one_pair(
            samples, _radius(known), _size(known), np.searchsorted(group, pilots), known
        )
        measured = _fill(measured, group, found, _named(found))
        measured = _fill(measured, pilots, known, _named(known))
        odd = np.setdiff1d(group[odd], pilots)
        odd = odd[: job.room(odd.size)]
        if odd.size:
            again = ladder.climb(job.samples(Lines(job.entries[odd])), searches=SEARCHES)
            measured = _fill(measured, odd, again, _named(again))
    return measured


def proven_complex(job: Job) -> tuple[Measured, NDArray[np.intp]]:
    """One complex evaluation an entry, in the parameters where random directions prove it.

    Returns:
        What was measured, and the positions of the entries for which it was not proven.
    """
    measured, unproven = _blank(job), []
    for group in job.groups():
        lines = Lines(directions=_directions(job, group, PROOFS))
        proof = ladder.climb(job.samples(lines), searches=SEARCHES)
        values = complexstep.slopes(job.objective, lines)
        if values is None or not _agrees(values, proof):
            unproven.append(group)
            continue
        found = complexstep.slopes(job.objective, Lines(job.entries[group]))
        if found is None or not np.isfinite(found).all():
            unproven.append(group)
            continue
        bar = complexstep.rounding(found) + CONFIDENCE * proof.bar.max() * np.sqrt(group.size)
        measured = _fill(measured, group, _exact(found, bar, proof), np.full(group.size, "complex"))
    return measured, np.concatenate(unproven) if unproven else np.empty(0, dtype=np.intp)


def forward(job: Job, *, pairs: int) -> Measured:
    """One-sided differences towards larger x, extrapolated."""
    slopes = onesided.climb(job.samples(Lines(job.entries)), rungs=pairs)
    return Measured(slopes, np.full(job.entries.size, "forward"))


def only_complex(job: Job) -> Measured:
    """The complex step alone, with bars only where a full ladder on random directions proves it."""
    measured, unproven = proven_complex(job)
    if not unproven.size:
        return measured
    lines = Lines(job.entries[unproven])
    values = complexstep.slopes(job.objective, lines)
    blank = np.full(unproven.size, np.nan)
    found = _exact(blank if values is None else values, np.full(unproven.size, np.inf), None)
    return _fill(measured, unproven, found, np.full(unproven.size, "complex"))


def join(first: Measured, second: Measured, where: NDArray[np.intp]) -> Measured:
    """The first, with the entries `where` taken from the second, which has only those."""
    return _fill(first, where, second.slopes, second.methods)


def _agrees(values: Vector, proof: Slopes) -> bool:
    tight = proof.bar <= 1e-8 * np.abs(proof.value).max()
    near = np.abs(values - proof.value) <= proof.bar + 4 * EPS * np.abs(proof.value)
    return bool((tight & near & ~proof.kink).all())


def _directions(job: Job, group: NDArray[np.intp], count: int) -> Vector:
    """Gaussian directions within one parameter, of length about 1, ``(count, n)``."""
    directions = np.zeros((count, job.objective.parameters.size))
    directions[:, job.entries[group]] = job.rng.standard_normal((count, group.size)) / np.sqrt(group.size)
    return directions


def _pilots(
    job: Job, group: NDArray[np.intp], *, pairs: int = LADDER_PAIRS
) -> tuple[NDArray[np.intp], Slopes]:
    chosen = np.sort(job.rng.choice(group, size=min(PILOTS, group.size), replace=False))
    samples = job.samples(Lines(job.entries[chosen]))
    return chosen, ladder.climb(samples, pairs=pairs, searches=SEARCHES)


def _radius(pilots: Slopes) -> float:
    return float(np.clip(np.nanmedian(pilots.radius), 1e-12, 8.0))


def _noise(pilots: Slopes) -> float:
    return float(np.nanmax(pilots.noise))


def _size(pilots: Slopes) -> float:
    return float(np.sqrt(np.nanmean(pilots.value**2))) if np.isfinite(pilots.value).any() else 0.0


def _climb_unsettled(job: Job, measured: Measured, rest: NDArray[np.intp], size: float) -> Measured:
    slopes = measured.slopes
    known = slopes.value[rest][np.isfinite(slopes.value[rest])]
    size = max(size, float(np.sqrt(np.mean(known**2)))) if known.size else size
    wide = rest[~(slopes.bar[rest] <= short.TIGHT * np.maximum(np.abs(slopes.value[rest]), size))]
    wide = wide[: job.room(wide.size)]
    if not wide.size:
        return measured
    again = ladder.climb(job.samples(Lines(job.entries[wide])), searches=SEARCHES)
    better = ~(again.bar > slopes.bar[wide]) | again.kink
    return _fill(measured, wide[better], again.pick(better), _named(again)[better])


def _named(slopes: Slopes) -> NDArray[np.str_]:
    return np.where(slopes.one_sided, "forward", "central")


def _blank(job: Job) -> Measured:
    return Measured(Slopes.unknown(job.entries.size), np.full(job.entries.size, "", dtype="<U8"))


def _fill(measured: Measured, where: NDArray[np.intp], slopes: Slopes, methods: NDArray[np.str_]) -> Measured:
    names = measured.methods.copy()
    names[where] = methods
    return Measured(measured.slopes.put(slopes, where), names)


def _exact(values: Vector, bar: Vector, proof: Slopes | None) -> Slopes:
    noise = 0.0 if proof is None else float(np.max(proof.noise))
    count = values.size
    return replace(
        Slopes.unknown(count),
        value=values,
        bar=bar,
        step=np.full(count, complexstep.STEP),
        noise=np.full(count, noise),
    )
