"""Follow the pairs: every sample must keep its label while the training call shuffles and cuts the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, SourceMap

FEWEST = 6
MOST = 100_000
PATIENCE = 3
# Statements for which they must stay parted: a permutation is applied to one array first, then to the other.
SECONDS = 1.5
LONGEST_LOOK = 600
LOOKS = 60
# How often each statement is looked at: a shuffle goes wrong at its first epoch or never.


def pairing_audit(lab: Lab) -> Observation:
    """Facts: `parted`, a list of {line, inputs, labels, function}: arrays whose rows no longer belong together.

    At the first line where two local arrays of equal length appear, their rows belong together. They are parted where
    each still holds the same rows and the pairs are others.
    """
    if not lab.wiring.train:
        return Observation("pairing_audit", {"parted": []})
    watch = _Watch(lab.tracer.source)
    lab.tracer.watching(watch.enter, _train_of(lab))
    parted = list(watch.parted.values())
    return Observation("pairing_audit", {"parted": parted}, "samples lose their labels" if parted else "")


def _train_of(lab: Lab) -> Any:
    def run(live: Live) -> None:
        live.execute(lab.wiring.train)

    return run


@dataclass(slots=True)
class _Pair:
    """Two arrays as they were first seen together."""

    rows: Counter[bytes]
    others: Counter[bytes]
    together: Counter[tuple[bytes, bytes]]


@dataclass(slots=True)
class _Watch:
    source: SourceMap
    until: float = field(default_factory=lambda: monotonic() + SECONDS)
    parted: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    _first: dict[tuple[str, str, str], _Pair] = field(default_factory=dict)
    _looks: Counter[int] = field(default_factory=Counter)
    _apart: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    _last: int = 0

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        self._looks[number] += 1
        if monotonic() > self.until or self._looks[number] > LONGEST_LOOK:
            raise EnoughSeenError
        if self._looks[number] > LOOKS:
            return
        function = self.source.sites[number].function
        arrays = {name: value for name, value in names.items() if _is_data(value)}
        for name, inputs in arrays.items():
            for other, labels in arrays.items():
                if inputs.ndim == 2 and name != other and len(inputs) == len(labels):
                    self._look((function, name, other), inputs, labels)
        self._last = self.source.sites[number].line

    def _look(self, key: tuple[str, str, str], inputs: NDArray[Any], labels: NDArray[Any]) -> None:
        if key in self.parted:
            return
        rows, others = _rows(inputs), _rows(labels)
        now = _Pair(Counter(rows), Counter(others), Counter(zip(rows, others, strict=True)))
        first = self._first.setdefault(key, now)
        apart = first.rows == now.rows and first.others == now.others and first.together != now.together
        since = self._apart.setdefault(key, []) if apart else self._apart.pop(key, [])
        since.append(self._last)
        if apart and len(since) >= PATIENCE:
            function, name, other = key
            self.parted[key] = {"line": since[0], "inputs": name, "labels": other, "function": function}


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
