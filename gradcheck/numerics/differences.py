"""NumericalGradient: value, error bar and kink flag of every entry, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError, UsageError
from gradcheck.numerics import batching, executors, ladder, plans, stencil
from gradcheck.numerics.objective import Function, Objective, Run, precision, real
from gradcheck.numerics.parameters import SINGLE, Parameters, Structure, Vector

if TYPE_CHECKING:
    from concurrent.futures import Executor

Method: TypeAlias = Literal["auto", "central", "complex", "forward"]
Entries: TypeAlias = Mapping[str, Iterable[int]] | Iterable[int]
Progress: TypeAlias = Callable[[int, int], None]

METHODS = ("auto", "central", "complex", "forward")
FULL_PAIRS = stencil.SIZE + len(ladder.RUNGS)
SMALL = 64  # entries up to which each gets the full ladder
MEDIUM = 4096  # entries up to which the complex step, twice to four times the price, is worth its precision
ORDERS = {2: 1, 6: 3, 2 * stencil.SIZE: FULL_PAIRS}  # order of truncation: pairs of evaluations an entry
FORWARD_RUNGS = 8


@dataclass(frozen=True, slots=True)
class NumericalGradient:
    """The measured gradient of a scalar function, an error bar beside every number.

    Every mapping goes from a parameter's name to an array of its shape. What was not measured is NaN. For a complex
    parameter the value is dL/dRe + i dL/dIm, and the bar bounds the modulus of its error.

    Attributes:
        parameters: where it was measured.
        values: the derivatives; at a kink, midway between the one-sided slopes.
        bars: the truth lies within values +- bars; infinite where nothing can be said.
        kinks: true where the one-sided slopes differ.
        left: slope from the left where there is a kink, NaN elsewhere.
        right: slope from the right where there is a kink, NaN elsewhere.
        steps: the step behind each value.
        methods: the method behind each value: "central", "complex" or "forward"; "" where not measured.
        base: f at x.
        noise: how much values of f scatter around the exact ones, in units of f; the median over entries.
        evaluations: how often f was called, a complex call counting as one.
    """

    parameters: Parameters
    values: Mapping[str, NDArray[Any]]
    bars: Mapping[str, Vector]
    kinks: Mapping[str, NDArray[np.bool_]]
    left: Mapping[str, NDArray[Any]]
    right: Mapping[str, NDArray[Any]]
    steps: Mapping[str, Vector]
    methods: Mapping[str, NDArray[np.str_]]
    base: float
    noise: float
    evaluations: int

    @property
    def gradient(self) -> Structure:
        """The values in the structure of x."""
        return self.parameters.build(self.parameters.flatten(self.values))

    @property
    def vector(self) -> Vector:
        """The values as one vector, in the order of `parameters`."""
        return self.parameters.flatten(self.values)


def numerical_gradient(
    f: Function,
    x: Structure,
    *,
    method: Method = "auto",
    order: int | None = None,
    budget: int | None = None,
    entries: Entries | None = None,
    batched: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
    seed: int = 0,
) -> NumericalGradient:
    """Measure the gradient of a scalar function, with an error bar on every number.

    Args:
        f: takes the structure x came in, as float64, and returns one number. It gets copies, never the caller's
            objects, so it may write to what it gets.
        x: an array, a number, nested lists, or a mapping of names to those.
        method: "central" differences on a ladder of steps; "complex" step, which has a bar only where random directions
            measured by differences prove it; "forward" for functions of which one side is missing; "auto" lets the
            differences decide and takes the complex step where it agrees with them.
        order: of the truncation error in the step, for "central": 2 (one pair of evaluations an entry, its step from a
            sample of entries), 6 (three pairs) or 16 (the full ladder, 15 pairs). By default the best within budget.
        budget: evaluations of f to stay within. By default as many as the size of x makes reasonable: up to 64 entries
            the full ladder, up to 4096 one complex evaluation where that is proven and else three pairs, beyond that
            one pair.
        entries: measure these alone: flat indices, or a mapping from names to them.
        batched: f takes many copies of x on a leading axis of every parameter and returns that many numbers. It is
            tried on a sample first, and used only where it is right and faster.
        executor: evaluate on this pool; f must be importable or picklable there.
        progress: called with the evaluations done and planned.
        seed: of the random directions and samples.

    Raises:
        InputError: x, f or entries cannot be worked with; says which parameter.
        UsageError: an unknown method or order, or a budget too small for it.

    Example:
        >>> import numpy as np
        >>> measured = numerical_gradient(lambda p: np.sum(p["W"] ** 2), {"W": np.array([1.0, -2.0])})
        >>> measured.values["W"]
        array([ 2., -4.])
        >>> bool((measured.bars["W"] < 1e-12).all())
        True
    """
    parameters = Parameters.of(x)
    slots = _slots(entries, parameters)
    plan = _plan(method, order, budget, slots.size, len(parameters.leaves))
    objective = Objective(f, parameters, run=_run(batched, executor))
    if progress is not None:
        planned = plan.evaluations(slots.size)
        objective.progress = lambda done: progress(done, max(done, planned))
    result = objective.base()
    rng = np.random.default_rng(seed)
    job = plans.Job(objective, slots, real(result), precision(result), rng, budget)
    measured = _carry_out(plan, job)
    return _assemble(job, measured)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which method, and how many pairs of evaluations an entry may have."""

    method: str
    pairs: int
    searches: int

    def evaluations(self, entries: int) -> int:
        return entries * (1 if self.method == "complex" else 2 * self.pairs)


def _plan(method: str, order: int | None, budget: int | None, entries: int, leaves: int) -> _Plan:
    if method not in METHODS:
        raise UsageError(f"unknown method {method!r}", hint=f"one of {', '.join(METHODS)}")
    if order is not None and (method != "central" or order not in ORDERS):
        raise UsageError(
            f"order {order} with method {method!r}", hint='orders 2, 6 and 16, with method="central"'
        )
    if method == "forward":
        rungs = FORWARD_RUNGS if budget is None else min(FORWARD_RUNGS, (budget - 1) // entries)
        _enough(rungs >= 2, budget, 2 * entries + 1)
        return _Plan(method, rungs, 0)
    if method == "complex":
        return _Plan(method, 1, plans.SEARCHES)
    if order is not None:
        pairs = ORDERS[order]
    elif budget is not None:
        room = (budget - 1) // (2 * entries)
        spared = (budget - 1 - leaves * plans.PILOT_COST) // (2 * entries)
        if room < FULL_PAIRS and (room >= len(ladder.RUNGS) or spared < 1 < room):
            return _Plan("ladder", min(room, len(ladder.RUNGS)), 0)
        pairs = FULL_PAIRS if room >= FULL_PAIRS else next((pairs for pairs in (3, 1) if pairs <= spared), 0)
        _enough(pairs > 0, budget, min(4 * entries, 2 * entries + leaves * plans.PILOT_COST) + 1)
    else:
        few = method == "central" and entries <= MEDIUM
        pairs = FULL_PAIRS if entries <= SMALL or few else 3 if entries <= MEDIUM else 1
    spare = (
        plans.SEARCHES
        if budget is None
        else max(0, (budget - 1 - 2 * pairs * entries) // (2 * entries) - ladder.EXTRA)
    )
    return _Plan(method, pairs, min(plans.SEARCHES, spare))


def _enough(enough: bool, budget: int | None, needed: int) -> None:
    if not enough:
        raise UsageError(
            f"a budget of {budget} evaluations is too small for every entry, which takes {needed}",
            hint="check_gradient decides from a few random directions; or name the entries you want",
        )


def _carry_out(plan: _Plan, job: plans.Job) -> plans.Measured:
    alone = {
        "forward": lambda: plans.forward(job, pairs=plan.pairs),
        "complex": lambda: plans.only_complex(job),
    }
    if plan.method in alone:
        return alone[plan.method]()
    if plan.method == "ladder" or plan.pairs == FULL_PAIRS:
        measured = plans.full(job, pairs=plan.pairs, searches=plan.searches)
        return plans.sharpened(job, measured) if plan.method == "auto" else measured
    if plan.pairs == 1:
        return plans.one_pair(job)
    if plan.method == "central":
        return plans.three_pairs(job)
    measured, rest = plans.proven_complex(job)
    if not rest.size:
        return measured
    others = replace(job, entries=job.entries[rest])
    return plans.join(measured, plans.three_pairs(others), rest)


def _run(batched: bool, executor: Executor | None) -> Run | None:
    if executor is not None:
        return executors.Pool(executor)
    return batching.Batches() if batched else None


def _slots(entries: Entries | None, parameters: Parameters) -> NDArray[np.intp]:
    if entries is None:
        return np.arange(parameters.size)
    if not isinstance(entries, Mapping):
        entries = {SINGLE: entries}
    parts = []
    for name, wanted in entries.items():
        leaf = parameters.leaf(name)
        flat = np.unique(np.asarray(list(wanted), dtype=np.intp))
        if flat.size and (flat[0] < 0 or flat[-1] >= leaf.size):
            raise InputError(
                f"entries of {name!r} must be flat indices from 0 to {leaf.size - 1}, got {flat.tolist()}"
            )
        if leaf.is_complex:
            flat = np.stack([2 * flat, 2 * flat + 1], axis=1).reshape(-1)
        parts.append(leaf.start + flat)
    slots = np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)
    if not slots.size:
        raise InputError("entries names no entries", hint="leave it out to measure all")
    return slots


def _assemble(job: plans.Job, measured: plans.Measured) -> NumericalGradient:
    """Scatter what was measured over the parameters' shapes."""
    parameters, slopes = job.objective.parameters, measured.slopes
    one_sided = np.where(slopes.kink, [slopes.left, slopes.right], np.nan)
    whole = np.full((6, parameters.size), np.nan)
    whole[:, job.entries] = slopes.value, *one_sided, slopes.bar, slopes.step, slopes.kink
    slots = {leaf.name: leaf.cut(whole[:3]) for leaf in parameters.leaves}
    moduli = {leaf.name: leaf.norm(whole[3:]) for leaf in parameters.leaves}
    methods = np.full(parameters.size, "", dtype="<U8")
    methods[job.entries] = measured.methods
    return NumericalGradient(
        parameters,
        values={name: part[0] for name, part in slots.items()},
        bars={name: part[0] for name, part in moduli.items()},
        kinks={name: part[2] > 0 for name, part in moduli.items()},
        left={name: part[1] for name, part in slots.items()},
        right={name: part[2] for name, part in slots.items()},
        steps={name: part[1] for name, part in moduli.items()},
        methods={leaf.name: leaf.first(methods) for leaf in parameters.leaves},
        base=job.base,
        noise=float(np.sort(slopes.noise)[slopes.noise.size // 2]),
        evaluations=job.objective.evaluations,
    )
