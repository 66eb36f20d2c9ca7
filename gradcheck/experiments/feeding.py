"""Watch what training is fed: the samples, with their labels, that reach each function of a training call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import Samples, samples_of
from gradcheck.trace import EnoughSeenError

SECONDS = 0.5
# Of the processor, so that a busy machine sees as much as an idle one.
MOST = 400
# Batches to see: several epochs of most data sets that a person trains on by hand.
LARGEST = 200_000
# Entries of data beyond which it is not looked through.


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples that a function was given together with labels.

    Attributes:
        function: its qualified name.
        line: the line that was entered last before it, where it is called.
        inputs: the argument that holds samples.
        labels: the argument that holds labels.
        rows: the number of each sample among all of them.
        given: the label that each came with, as one of `classes`.
        own: the label that each has.
    """

    function: str
    line: int
    inputs: str
    labels: str
    rows: tuple[int, ...]
    given: tuple[int, ...]
    own: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fed:
    """Everything a training call was seen to be fed with.

    Attributes:
        samples: all the samples.
        labels: the label of each sample, as a number from 0 on in the order in which labels first appear.
        batches: in the order in which they came.
    """

    samples: Samples
    labels: tuple[int, ...]
    batches: tuple[Batch, ...]


def watch_feeding(lab: Lab) -> Fed | None:
    """What the training call hands its functions; None where samples or their labels are not known.

    Only arguments are looked at, since locals may be half way through a shuffle.
    """
    samples = samples_of(lab)
    if samples is None or not lab.wiring.train:
        return None
    try:
        live = lab.program.start()
        inputs, labels = (_rows(live.evaluate(text), axis) for text, axis in _both(samples))
    except GradcheckError:
        return None
    if not inputs or len(inputs) != len(labels) or len(set(inputs)) < len(inputs):
        return None
    watch = _Watch(lab, samples, {row: place for place, row in enumerate(inputs)}, labels)
    lab.tracer.watching(watch.enter, lambda live: live.execute(lab.wiring.train))
    return Fed(samples, tuple(watch.classes[label] for label in labels), tuple(watch.batches))


def _both(samples: Samples) -> list[tuple[str, int]]:
    return list(zip((samples.inputs, samples.labels), samples.axes, strict=True))


def _rows(value: Any, axis: int) -> list[bytes]:
    """Every sample of an array as bytes, so that it can be found again."""
    return list(_row_by_row(np.asarray(value), axis))


def _row_by_row(array: NDArray[Any], axis: int) -> Iterator[bytes]:
    if array.dtype.kind in "fiub" and array.ndim > axis and array.size <= LARGEST:
        yield from (row.tobytes() for row in np.moveaxis(array, axis, 0))


def _found(array: NDArray[Any], axis: int, places: Mapping[bytes, int]) -> tuple[int, ...]:
    """The place of every row of an array; empty where any of them has none."""
    found: list[int] = []
    for row in _row_by_row(array, axis):
        if row not in places:
            return ()
        found.append(places[row])
    return tuple(found)


@dataclass(slots=True)
class _Watch:
    lab: Lab
    samples: Samples
    places: Mapping[bytes, int]
    labels: list[bytes]
    batches: list[Batch] = field(default_factory=list)
    classes: dict[bytes, int] = field(init=False)
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    _first: dict[str, int] = field(default_factory=dict)
    _line: int = 0

    def __post_init__(self) -> None:
        self.classes = {label: place for place, label in enumerate(dict.fromkeys(self.labels))}

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        site = self.lab.tracer.source.sites[number]
        first = self._first.setdefault(site.function, number)
        if site.function and number == first:
            self._look(site.function, names)
        if process_time() > self.until or len(self.batches) >= MOST:
            raise EnoughSeenError
        self._line = site.line

    def _look(self, function: str, names: Mapping[str, Any]) -> None:
        arrays = {name: value for name, value in names.items() if isinstance(value, np.ndarray)}
        fed = {name: rows for name, value in arrays.items() if (rows := self._inputs(value))}
        for name, rows in fed.items():
            for other, value in arrays.items():
                given = self._given(value) if other != name else ()
                if len(given) == len(rows):
                    own = tuple(self.classes[self.labels[row]] for row in rows)
                    self.batches.append(Batch(function, self._line, name, other, rows, given, own))
                    return

    def _inputs(self, value: NDArray[Any]) -> tuple[int, ...]:
        """The numbers of the samples in an array; empty where any row of it is none."""
        return _found(value, self.samples.axes[0], self.places)

    def _given(self, value: NDArray[Any]) -> tuple[int, ...]:
        return _found(value, self.samples.axes[1], self.classes)
