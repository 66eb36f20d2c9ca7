"""The ground on which a wrong quantity is compared with the right one: what else the program holds at that point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.repair.context import Context
from gradcheck.repair.relations.activations import Activated, Softmax, activated, softmaxes
from gradcheck.repair.relations.arrays import Array, fitted, near, numbers
from gradcheck.subject.program import Values

MOST_ARRAYS = 120
MOST_CLASSES = 1000
LARGE = 200_000
# Arrays of more entries than this are data to be left alone: comparing them takes longer than it is worth.


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a program holds at one point.

    Attributes:
        forward: the arrays of the loss run, in the order in which they came about.
        backward: those of the gradient run.
        activations: the activations among the forward arrays.
        softmaxes: the softmaxes among them.
        outputs: what may be the network's outputs.
        labels: what may be the targets, decisions among them as one-hot rows and columns.
        inputs: what may be the inputs.
        weights: the parameters.
        loss: the loss.
    """

    forward: tuple[Array, ...]
    backward: tuple[Array, ...]
    activations: tuple[Activated, ...]
    softmaxes: tuple[Softmax, ...]
    outputs: tuple[Array, ...]
    labels: tuple[Array, ...]
    inputs: tuple[Array, ...]
    weights: Values
    loss: float

    def arrays(self, shape: tuple[int, ...]) -> Iterator[Array]:
        """Every array that fits a shape, forward ones first."""
        for array in (*self.forward, *self.labels, *self.backward):
            fit = fitted(array, shape)
            if fit is not None:
                yield fit

    def activated(self, shape: tuple[int, ...]) -> Iterator[Activated]:
        """The activations whose values fit a shape."""
        for pair in self.activations:
            z, h = fitted(pair.z, shape), fitted(pair.h, shape)
            if z is not None and h is not None:
                yield Activated(pair.act, z, h)


def ground_of(context: Context) -> Ground:
    """What the program of a context holds at its point."""
    truth = context.tracer.truth
    forward = _distinct(_recorded(context.loss_recorder.seen.values()))
    backward = _distinct(_recorded(context.tracer.recorder.seen.values()))
    wiring = truth.point.wiring
    soft = tuple(softmaxes(forward))
    pairs = tuple(activated(_distinct([*forward, *backward])))
    outputs = _asked(context, wiring.outputs)
    outputs += [p for z in outputs for p in _probabilities(z, soft, pairs)]
    return Ground(
        forward=tuple(forward),
        backward=tuple(backward),
        activations=pairs,
        softmaxes=soft,
        outputs=tuple(outputs or [s.p for s in soft][:4] or forward[-4:]),
        labels=tuple(_coded(_asked(context, wiring.labels) or [a for a in forward if _are_whole(a)])),
        inputs=tuple(_asked(context, wiring.inputs)),
        weights=truth.values,
        loss=truth.loss,
    )


def _recorded(sightings: Iterable[Any]) -> Iterator[Any]:
    for sighting in sightings:
        yield from sighting.values


def _distinct(values: Iterable[Any]) -> list[Array]:
    found: dict[tuple[tuple[int, ...], bytes], Array] = {}
    for value in values:
        array = numbers(value)
        if array is not None and 1 < array.size <= LARGE and len(found) < MOST_ARRAYS:
            found.setdefault((array.shape, array.tobytes()), array)
    return list(found.values())


def _asked(context: Context, expression: str) -> list[Array]:
    """What an expression of the wiring is at the point; nothing where there is none, or it cannot be had."""
    if not expression:
        return []
    live = context.tracer.program.start()
    live.set(context.tracer.truth.values)
    try:
        found = numbers(live.evaluate(expression))
    except GradcheckError:
        return []
    return [] if found is None else [found]


def _probabilities(z: Array, soft: Iterable[Softmax], pairs: Iterable[Activated]) -> Iterator[Array]:
    """The probabilities that outputs lead to, where they are logits."""
    leads = [*((s.z, s.p) for s in soft), *((pair.z, pair.h) for pair in pairs if pair.act.name == "sigmoid")]
    for before, after in leads:
        fit = fitted(before, z.shape)
        if fit is not None and near(fit, z):
            yield after.reshape(z.shape)


def _coded(arrays: list[Array]) -> Iterator[Array]:
    """Arrays, and those that hold classes one-hot as well, a row and a column a sample."""
    for array in arrays:
        yield array
        if _are_whole(array) and array.ndim <= 2 and max(array.shape, default=0) == array.size:
            flat = array.ravel()
            for classes in range(int(flat.max()) + 1, int(flat.max()) + 4):
                rows = np.eye(classes)[flat.astype(int)]
                yield rows
                yield rows.T


def _are_whole(array: Array) -> bool:
    """Whether an array may hold classes: whole numbers from 0, few of them."""
    return (
        bool(np.all(array == np.floor(array)))
        and 0.0 <= float(array.min()) <= float(array.max()) < MOST_CLASSES
    )
