"""The first test of a loss: does it give a number, and does the number depend on what a loss depends on."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.leaves import as_array, fetch, last_name, root_name
from gradcheck.subject.discover.losses import LossCandidate
from gradcheck.subject.discover.naming import BIASES
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.otherwise import with_other_labels, with_other_samples
from gradcheck.subject.discover.samples import plain_name
from gradcheck.subject.program import Live
from gradcheck.subject.slots import Slot

LARGEST = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """A loss candidate that gave a number.

    Attributes:
        candidate: the candidate.
        value: the number.
        responds: expressions of the numbers that it depends on.
        latent: those of them that it depends on only once arrays of zeros have other values.
        labels: whether it depends on the labels; None where that is unknown.
        writes: whether evaluating it changes parameters.
        covers: the share of the samples that it depends on, of those that were tried.
    """

    candidate: LossCandidate
    value: float
    responds: frozenset[str]
    labels: bool | None
    writes: bool
    covers: float
    latent: frozenset[str] = frozenset()

    @property
    def promise(self) -> float:
        """What speaks for it before any gradient is looked at."""
        known = {True: 1.0, None: 0.4, False: -2.0}[self.labels]
        return 2 * self.candidate.prior + known - 2.5 * self.writes - 2 * (1 - self.covers)


def screen(
    seen: Observation, candidates: Sequence[LossCandidate], changed: Mapping[str, Moved], most: int
) -> list[Screened]:
    """The most promising candidates that give the same number twice and depend on what the update changed."""
    bench = _Bench(seen, changed)
    passed = [item for candidate in candidates if (item := bench.first_look(candidate)) is not None]
    passed.sort(key=lambda item: -item.promise)
    found: list[Screened] = []
    for item in passed:
        if len(found) == most:
            break
        responds = bench.responds(item)
        if responds & set(changed):
            latent = bench.latent(item, responds)
            found.append(replace(item, responds=responds | latent, latent=latent))
    return found


class _Bench:
    """Networks kept ready: one as it starts; and beside the start one, one with other labels, some with another sample.

    Where weights are all zeros, a loss is the same number whatever the labels and samples are.
    """

    def __init__(self, seen: Observation, changed: Mapping[str, Moved]) -> None:
        self._seen = seen
        self._changed = changed
        self._numbers = _adjustable(seen)
        self._plain = seen.driver.stage.start()
        self._moved = self._away(seen.driver.stage.start())
        self._astir = self._without_zeros()
        labels = with_other_labels(seen)
        self._labels = labels and self._away(labels)
        self._samples = [self._away(live) for live in with_other_samples(seen)]

    def first_look(self, candidate: LossCandidate) -> Screened | None:
        """What a few evaluations tell; None where it is no loss."""
        expression = candidate.expression
        before = {e: _read(self._plain, e) for e in self._changed}
        value = number(self._plain, expression)
        writes = any(not _same(before[e], _read(self._plain, e)) for e in self._changed)
        if writes:
            self._plain = self._seen.driver.stage.start()
        if value is None or not np.isfinite(value):
            return None
        beside = number(self._moved, expression)
        if number(self._plain, expression) != value or beside == value:
            return None
        labels = number(self._labels, expression) if self._labels is not None else None
        answers = [v for one in self._samples if (v := number(one, expression)) is not None]
        covers = sum(v != beside for v in answers) / len(answers) if answers and not writes else 1.0
        if writes:
            self.__init__(self._seen, self._changed)  # type: ignore[misc] # it wrote to every network of the bench
        return Screened(
            candidate, value, frozenset(), None if labels is None else labels != beside, writes, covers
        )

    def responds(self, item: Screened) -> frozenset[str]:
        """The numbers that a candidate depends on."""
        found = set()
        for expression, moved in self._numbers.items():
            whole = _is_whole(self._plain, expression)  # with fractions an order is none, and stays none
            live = self._seen.driver.stage.start() if item.writes or whole else self._plain
            if not _write(live, expression, _beside(moved)):
                continue
            value = number(live, item.candidate.expression)
            _write(live, expression, moved.before)
            if value is not None and value != item.value:
                found.add(expression)
        return frozenset(found)

    def latent(self, item: Screened, known: frozenset[str]) -> frozenset[str]:
        """Numbers that matter once no array is all zeros: behind weights of zero no other weight shows."""
        if self._astir is None or item.writes:
            return frozenset()
        base = number(self._astir, item.candidate.expression)
        if base is None or not np.isfinite(base):
            return frozenset()
        found = set()
        for expression, moved in self._numbers.items():
            held = _read(self._astir, expression)
            if expression in known or moved.moved or not moved.before.ndim:
                continue  # what moves without the loss depending on it is state, not weights
            if held is None or held.shape != moved.before.shape:
                continue  # nor does a weight change its shape with the number of samples
            whole = _is_whole(self._astir, expression)
            if not _write(self._astir, expression, held + 0.1 * _ordinary(moved)):
                continue
            value = number(self._astir, item.candidate.expression)
            _write(self._astir, expression, held)
            if whole:
                self._astir = self._without_zeros()
                assert self._astir is not None
            if value is not None and value != base:
                found.add(expression)
        return frozenset(found)

    def _without_zeros(self) -> Live | None:
        """A network whose arrays of zeros have ordinary values; None where it has no such array."""
        zeros = {e: m for e, m in self._numbers.items() if m.before.ndim and not m.before.any()}
        if not zeros:
            return None
        live = self._seen.driver.stage.start()
        for expression, moved in zeros.items():
            _write(live, expression, _ordinary(moved))
        return live

    def _away(self, live: Live) -> Live:
        for expression, moved in self._changed.items():
            _write(live, expression, _beside(moved))
        return live


def _ordinary(moved: Moved) -> Any:
    """Values as weights have them, whatever the numbers are now."""
    return 0.3 * np.random.default_rng(2).standard_normal(moved.before.shape)


def _beside(moved: Moved) -> Any:
    rng = np.random.default_rng(0)
    return moved.before + 1e-3 * (np.abs(moved.before) + 0.1) * rng.standard_normal(moved.before.shape)


def _write(live: Live, expression: str, value: Any) -> bool:
    try:
        Slot(expression, expression).write(live.scope, value)
    except Exception:  # noqa: BLE001 -- what cannot be written is no parameter
        return False
    return True


def _is_whole(live: Live, expression: str) -> bool:
    """Whether an array holds whole numbers, so that what is written there is another array, of floats."""
    value = _object(live, expression)
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def _same(one: Any, other: Any) -> bool:
    return one is not None and other is not None and np.array_equal(one, other, equal_nan=True)


def _adjustable(seen: Observation) -> dict[str, Moved]:
    """Numbers that may be parameters: what the update changed, and arrays that are no data."""
    tables = {root_name(said) for said in seen.driver.stage.batch.values()}
    tables |= {t.name for t in seen.driver.stage.batch} | {_root(t.node) for t in seen.driver.stage.batch}
    data = [
        v
        for said in seen.driver.stage.batch.values()
        if isinstance(v := _object(seen.live, said), np.ndarray)
    ]
    found = {}
    endings = {_ending(m.expression) for m in seen.changed if not m.before.ndim} - {()}
    for expression, moved in seen.numbers.items():
        if root_name(expression.removeprefix("m.")) in seen.own:
            continue
        bias = not moved.before.ndim and plain_name(last_name(expression)) in BIASES
        if moved.moved or bias or (not moved.before.ndim and _ending(expression) in endings):
            found[expression] = moved
        elif moved.before.ndim and moved.before.size <= LARGEST and _root_of(expression) not in tables:
            value = _object(seen.live, expression)
            if not any(isinstance(value, np.ndarray) and np.may_share_memory(value, other) for other in data):
                found[expression] = moved
    return found


def _ending(expression: str) -> tuple[str, ...]:
    """The last two names of a path: what numbers of one kind have in common."""
    names = re.findall(r"[A-Za-z_]\w*", expression)
    return tuple(names[-2:]) if len(names) > 2 else ()


def _root_of(expression: str) -> str:
    return root_name(expression.removeprefix("m."))


def _object(live: Live, expression: str) -> Any:
    try:
        return fetch(live, expression)
    except Exception:  # noqa: BLE001 -- gone
        return None


def _root(node: Any) -> str:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return names[0] if names else ""


def number(live: Live, expression: str) -> float | None:
    """The single number that an expression gives; None where it gives none."""
    try:
        value = live.evaluate(expression)
        array = np.asarray(value)
        if array.size != 1 or array.dtype.kind not in "fiu":
            return None
        return float(array.reshape(()))
    except GradcheckError:
        return None
    except Exception:  # noqa: BLE001 -- not a number, whatever it is
        return None


def _read(live: Live, expression: str) -> Any:
    try:
        return as_array(fetch(live, expression))
    except Exception:  # noqa: BLE001 -- gone
        return None
