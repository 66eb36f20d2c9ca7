"""True deltas without any repair: what the measured gradients of the weights are products of.

The gradient of a weight is the activations before it times the delta behind it. Of the output's delta there are few
possible forms, and of a hidden one too once the one above it is known; the measured gradient tells which is true. What
the code multiplies in its place is then known as well, and so is the line that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import Array, multiple, near, numbers
from gradcheck.repair.relations.between import delta_relation
from gradcheck.repair.relations.ground import Ground
from gradcheck.repair.relations.outputs import possible_deltas
from gradcheck.repair.relations.products import Product, products
from gradcheck.repair.relations.relation import Relation
from gradcheck.trace import value_sites

MOST_FORMS = 60
# Forms of the output's delta that are tried: a network whose outputs and labels are known has a handful.


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """The delta nearest the loss that is not what it should be.

    Attributes:
        place: "output" or "hidden".
        relation: what it is to the true one; it may be nothing that has a name.
        line: where it is computed, 0 where that cannot be told.
        parameter: the weight whose gradient shows it.
    """

    place: str
    relation: Relation
    line: int
    parameter: str


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A true delta, samples as rows, and the weight and the activations by which it was found.

    `share` is the penalty's coefficient. `above` is what comes from above, where it is a hidden one, and `wrong_way`
    what would if the weights were not transposed.
    """

    delta: Array
    left: Array
    share: float
    parameter: str
    above: Array | None = None
    wrong_way: Array | None = None

    @property
    def output(self) -> bool:
        return self.above is None


def departure(context: Context, ground: Ground) -> Departure | None:
    """The delta nearest the loss that departs from the true one; None where no true delta can be told from it."""
    for known in _true_deltas(context, ground):
        used = _used(context, ground, known)
        if used is None or near(used, known.delta):
            continue
        relation = _named(used, known, ground)
        place = "output" if known.output else "hidden"
        return Departure(place, relation, _line(context, used), known.parameter)
    return None


def _named(used: Array, known: _Known, ground: Ground) -> Relation:
    """What a delta is to the true one, in the layout in which the program holds its arrays."""
    for turn in (False, True):
        old, new = (used.T, known.delta.T) if turn else (used, known.delta)
        found = delta_relation(old, new, ground, output=known.output)
        if found:
            return found
    return Relation(_by_above(used, known, ground))


def _by_above(used: Array, known: _Known, ground: Ground) -> str:
    """Whether what comes from above was left out, or came through weights that were not transposed."""
    if known.above is not None and multiple(used * known.above, known.delta) is not None:
        return "missing-factor"
    ways = _sloped(known.wrong_way, ground) if known.wrong_way is not None else ()
    return "untransposed" if any(multiple(used, way) is not None for way in ways) else ""


def _true_deltas(context: Context, ground: Ground) -> Iterator[_Known]:
    """True deltas, from the output downwards."""
    truth = context.tracer.truth
    measured = {
        name: truth.numerical.values[name]
        for name, value in truth.values.items()
        if value.ndim == 2 and bool(np.all(np.isfinite(truth.numerical.values[name])))
    }
    known = next(_confirmed(islice(possible_deltas(ground), MOST_FORMS), measured, ground), None)
    skipped: list[Array] = []
    while known is not None:
        yield known
        del measured[known.parameter]
        skipped += [known.above] if known.above is not None else []
        known = _below(known, skipped, measured, ground)


def _below(known: _Known, skipped: list[Array], measured: dict[str, Array], ground: Ground) -> _Known | None:
    """The true delta of the layer below: W' delta, alone or times an act'(z), but for a constant.

    What came from above a layer before may come past it as well.
    """
    weights = ground.weights[known.parameter]
    for matrix in (weights, weights.T):
        if matrix.shape[1] == known.delta.shape[1]:
            through = known.delta @ matrix.T
            square = matrix.shape[0] == matrix.shape[1]
            for above in (through, *(through + past for past in skipped if past.shape == through.shape)):
                found = next(_confirmed(_sloped(above, ground), measured, ground), None)
                if found is not None:
                    return replace(found, above=above, wrong_way=known.delta @ matrix if square else None)
    return None


def _sloped(above: Array, ground: Ground) -> Iterator[Array]:
    """What comes from above, alone and times every act'(z) that fits."""
    yield above
    for pair in ground.activations:
        for slope in (pair.slope, np.atleast_2d(pair.slope), pair.slope.T):
            if slope.shape == above.shape:
                yield above * slope


def _confirmed(deltas: Iterable[Array], measured: dict[str, Array], ground: Ground) -> Iterator[_Known]:
    """Those of some possible deltas of which a measured gradient is the product with activations."""
    lefts = _turned((*ground.forward, *ground.inputs))
    for delta in deltas:
        for name, gradient in measured.items():
            found = _with(delta, gradient, ground.weights[name], lefts)
            if found is not None:
                yield _Known(found.factor * found.right, found.left, found.share, name)


def _with(delta: Array, gradient: Array, weights: Array, lefts: list[Array]) -> Product | None:
    """A gradient as the product of a delta with one of some arrays, whichever way the gradient lies."""
    for value, matrix in ((gradient, weights), (gradient.T, weights.T)):
        found = next(products(value, matrix, lefts, [delta]), None)
        if found is not None:
            return found
    return None


def _used(context: Context, ground: Ground, known: _Known) -> Array | None:
    """What the code multiplies the same activations with; None where its gradient is no such product."""
    gradient, weights = context.tracer.gradient[known.parameter], ground.weights[known.parameter]
    if gradient.shape != weights.shape:
        return None
    if near(gradient, known.share * weights):
        return np.zeros_like(known.delta)  # nothing comes from the data, whatever the code multiplies
    rights = _turned(a for a in ground.backward if a.size == known.delta.size)
    for value, matrix in ((gradient, weights), (gradient.T, weights.T)):
        for product in products(value, matrix, [known.left], rights):
            return product.factor * product.right
    return None


def _turned(arrays: Iterable[Array]) -> list[Array]:
    """Vectors and matrices in every way in which they may lie."""
    found: list[Array] = []
    for array in arrays:
        if array.ndim == 1:
            found += [array, array[np.newaxis]]
        elif array.ndim == 2:
            found += [array, array.T]
    return found


def _line(context: Context, used: Array) -> int:
    """The last line that passes on a multiple of an array, turned or not, to the gradients of weights and others."""
    recorder, source = context.tracer.recorder, context.source
    weights = {
        name for name, value in context.tracer.truth.values.items() if value.ndim > 1 and min(value.shape) > 1
    }
    lines = []
    for number in recorder.reached:
        reach = context.influence.of.get(number, frozenset())
        shared = len(reach) > 1 and bool(reach & weights)
        for site in value_sites(source, source.sites[number]) if shared else ():
            values = recorder.seen[site.number].values if site.number in recorder.seen else []
            if any(_same(value, used) for value in values):
                lines.append(site.line)
    return lines[-1] if lines else 0


def _same(value: object, used: Array) -> bool:
    """Whether a value is a multiple of an array, turned or not; of a single number, that number itself."""
    array = numbers(value)
    if array is None or array.size != used.size:
        return False
    forms = (form for form in (array, array.T, np.atleast_2d(array)) if form.shape == used.shape)
    return any(near(form, used) or (used.size > 1 and multiple(form, used) is not None) for form in forms)
