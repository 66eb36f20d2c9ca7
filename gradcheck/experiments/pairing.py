"""Follow the pairs: every sample must keep its label while the training call shuffles and cuts the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.feeding import watch_feeding
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, SourceMap

FEWEST = 6
MOST = 100_000
PATIENCE = 3
# Statements for which they must stay parted: a permutation is applied to one array first, then to the other.
TOGETHER = 2
# Statements within which arrays appear together.
SECONDS = 1.5
# Of the processor, so that a busy machine sees as much as an idle one.
LONGEST_LOOK = 600
LOOKS = 60
# How often each statement is looked at: a shuffle goes wrong at its first epoch or never.


def pairing_audit(lab: Lab) -> Observation:
    """Facts: `parted`, a list of {line, inputs, labels, function, wrong, count}: arrays whose rows were parted.

    Where two local arrays of equal length appear together, their rows belong together; one that appears later may be
    made of rows in any order. They are parted where each still holds the same rows, the pairs are others, and no other
    array holds the samples in the labels' order.
    So are a batch's samples and labels that a function is given, where `wrong` of `count` are not those of the data.
    """
    if not lab.wiring.train:
        return Observation("pairing_audit", {"parted": []})
    watch = _Watch(lab.tracer.source)
    lab.tracer.watching(watch.enter, _train_of(lab))
    parted = list(watch.parted.values()) or list(_fed_apart(lab))
    return Observation("pairing_audit", {"parted": parted}, "samples lose their labels" if parted else "")


def _fed_apart(lab: Lab) -> Iterator[dict[str, Any]]:
    """The first function that is given samples with labels of others, told by the line that calls it."""
    fed = lab.once(watch_feeding)
    batches = fed.batches if fed is not None else ()
    first = next((batch for batch in batches if batch.given != batch.own), None)
    if first is not None:
        mine = [b for b in batches if (b.function, b.line) == (first.function, first.line)]
        wrong = sum(a != b for batch in mine for a, b in zip(batch.given, batch.own, strict=True))
        yield {
            "line": first.line,
            "inputs": first.inputs,
            "labels": first.labels,
            "function": first.function,
            "wrong": wrong,
            "count": sum(len(batch.own) for batch in mine),
        }


def _train_of(lab: Lab) -> Any:
    def run(live: Live) -> None:
        live.execute(lab.wiring.train)

    return run


class _Pair:
    """Two arrays as they were first seen together."""

    def __init__(self, inputs: NDArray[Any], labels: NDArray[Any]) -> None:
        self._inputs, self._labels = _Contents(inputs), _Contents(labels)
        self._together: Counter[tuple[bytes, bytes]] = Counter()

    def apart(self, inputs: NDArray[Any], labels: NDArray[Any], beside: list[NDArray[Any]]) -> int:
        """How many pairs are others than at first, where each array holds the same rows; 0 where a third array may."""
        same = [self._inputs.unchanged(inputs), self._labels.unchanged(labels)]
        if all(same) or not (self._inputs.same_rows(inputs) and self._labels.same_rows(labels)):
            return 0
        rows, others = _rows(inputs), _rows(labels)
        self._together = self._together or Counter(zip(self._inputs.rows, self._labels.rows, strict=True))
        wrong = sum((Counter(zip(rows, others, strict=True)) - self._together).values())
        return wrong if wrong and not any(self._partner(rows, others, array) for array in beside) else 0

    def _partner(self, rows: list[bytes], others: list[bytes], array: NDArray[Any]) -> bool:
        """Whether a third array stands to either of a pair as the other one did at first."""
        if len(array) != len(rows):
            return False
        third = _rows(array)
        ways = (zip(third, others, strict=True), zip(rows, third, strict=True))
        return any(Counter(way) == self._together for way in ways)


class _Contents:
    """The rows of an array; what no change of their order changes is compared first."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._bytes, self._mark = array.tobytes(), _mark(array)
        self.rows = _rows(array)
        self._sorted: list[bytes] = []

    def unchanged(self, array: NDArray[Any]) -> bool:
        """Whether it holds the same rows in the same order."""
        return array.tobytes() == self._bytes

    def same_rows(self, array: NDArray[Any]) -> bool:
        """Whether it holds the same rows in any order."""
        if _mark(array) != self._mark:
            return False
        self._sorted = self._sorted or sorted(self.rows)
        return sorted(_rows(array)) == self._sorted


def _mark(array: NDArray[Any]) -> tuple[tuple[int, ...], str, int]:
    """Shape, type, and the sum of all bytes."""
    return array.shape, array.dtype.str, int(np.frombuffer(array.tobytes(), np.uint8).sum(dtype=np.int64))


@dataclass(slots=True)
class _Watch:
    source: SourceMap
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    parted: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    _first: dict[tuple[str, str, str], _Pair] = field(default_factory=dict)
    _begin: dict[str, int] = field(default_factory=dict)
    _steps: Counter[str] = field(default_factory=Counter)
    _born: dict[tuple[str, str], int] = field(default_factory=dict)
    _looks: Counter[int] = field(default_factory=Counter)
    _apart: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    _last: int = 0

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        self._looks[number] += 1
        if process_time() > self.until or self._looks[number] > LONGEST_LOOK:
            raise EnoughSeenError
        if self._looks[number] > LOOKS:
            return
        function = self.source.sites[number].function
        if function and self._begin.setdefault(function, number) == number:
            self._forget(function)  # entered anew, with arguments in an order of their own
        self._steps[function] += 1
        arrays = {name: value for name, value in names.items() if _is_data(value)}
        for name in arrays:
            self._born.setdefault((function, name), self._steps[function])
        pairs = [
            (name, other)
            for name, inputs in arrays.items()
            for other, labels in arrays.items()
            if inputs.ndim == 2 and name != other and len(inputs) == len(labels)
        ]
        for name, other in pairs:
            if abs(self._born[function, name] - self._born[function, other]) <= TOGETHER:
                beside = [array for one, array in arrays.items() if one not in {name, other}]
                self._look((function, name, other), arrays[name], arrays[other], beside)
        self._last = self.source.sites[number].line

    def _forget(self, function: str) -> None:
        self._steps[function] = 0
        self._first = {key: pair for key, pair in self._first.items() if key[0] != function}
        self._born = {key: step for key, step in self._born.items() if key[0] != function}

    def _look(
        self,
        key: tuple[str, str, str],
        inputs: NDArray[Any],
        labels: NDArray[Any],
        beside: list[NDArray[Any]],
    ) -> None:
        """Compare a pair with what it was when first seen; `beside` are the other arrays that may hold the samples."""
        if key in self.parted:
            return
        first = self._first.get(key)
        if first is None:
            self._first[key] = _Pair(inputs, labels)
            return
        wrong = first.apart(inputs, labels, beside)
        if not wrong:
            self._apart.pop(key, None)
            return
        since = self._apart.setdefault(key, [])
        since.append(self._last)
        if len(since) >= PATIENCE:
            function, name, other = key
            place = {"line": since[0], "inputs": name, "labels": other, "function": function}
            self.parted[key] = {**place, "wrong": wrong, "count": len(inputs)}


def _is_data(value: Any) -> bool:
    data = isinstance(value, np.ndarray) and value.ndim in {1, 2} and value.dtype.kind in "fiub"
    return data and len(value) >= FEWEST and value.size <= MOST and not _is_order(value)


def _is_order(value: NDArray[Any]) -> bool:
    """Whether an array is a permutation, which says in what order to take samples and is no data itself."""
    return (
        value.ndim == 1 and value.dtype.kind in "iu" and np.array_equal(np.sort(value), np.arange(len(value)))
    )


def _rows(array: NDArray[Any]) -> list[bytes]:
    return [np.ascontiguousarray(row).tobytes() for row in array]
