"""The statements that lead to a gradient: as few as it takes to have it again, bit by bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import as_array, fetch
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.sayable import CannotSayError


def sequence_to(
    seen: Observation,
    call: Call,
    last: str,
    of: Mapping[str, str],
    expected: Mapping[str, NDArray[np.float64]],
) -> list[str] | None:
    """The statement, after as few of the calls that went before it as it needs."""
    if seen.phrases.drawn:
        return [last]  # it sees all of the few samples, not those that were drawn: nothing to compare with
    if _gives(seen, [last], of, expected):
        return [last]
    before = _said(seen, [c for c in seen.calls if c.caller is call.caller and c.number < call.number])
    lines = [*before, last]
    return _fewest(seen, lines, of, expected) if _gives(seen, lines, of, expected) else None


def prefix_to(
    seen: Observation, frame: Call, of: Mapping[str, str], expected: Mapping[str, NDArray[np.float64]]
) -> list[str] | None:
    """The first of the calls made in a frame that leave the gradient where it is kept."""
    lines = _said(seen, [c for c in seen.calls if c.caller is frame])
    try:
        live = seen.driver.stage.start()
    except GradcheckError:
        return None
    start = {name: moved.before for name, moved in _moving(seen)}
    for count, line in enumerate(lines, start=1):
        try:
            live.execute(line)
        except GradcheckError:
            return None
        values = {e: as_array(_value(live, e)) for e in start}
        if any(values[e] is None or not np.array_equal(values[e], start[e]) for e in start):  # type: ignore[arg-type] # None is ruled out first
            return None
        if _equal(live, of, expected):
            return _fewest(seen, lines[:count], of, expected)
    return None


def _moving(seen: Observation) -> list[tuple[str, Moved]]:
    """Numbers that only the update itself changes: the parameters, as far as they are known here."""
    return [(e, moved) for e, moved in seen.numbers.items() if moved.moved and e in seen.parameters]


def _said(seen: Observation, calls: Sequence[Call]) -> list[str]:
    lines: list[str] = []
    for call in calls:
        try:
            said = seen.phrases.call(call)
        except CannotSayError:
            continue
        if said not in lines and len(lines) < 12:
            lines.append(said)
    return lines


def _fewest(
    seen: Observation, lines: list[str], of: Mapping[str, str], expected: Mapping[str, NDArray[np.float64]]
) -> list[str]:
    """As few of the statements as still give the gradient."""
    kept = list(lines)
    for line in lines[:-1]:
        shorter = [item for item in kept if item != line]
        if _gives(seen, shorter, of, expected):
            kept = shorter
    return kept


def _gives(
    seen: Observation,
    lines: Sequence[str],
    of: Mapping[str, str],
    expected: Mapping[str, NDArray[np.float64]],
) -> bool:
    try:
        live = seen.driver.stage.start()
        live.execute("\n".join(lines))
    except GradcheckError:
        return False
    return _equal(live, of, expected)


def _equal(live: Any, of: Mapping[str, str], expected: Mapping[str, NDArray[np.float64]]) -> bool:
    for name, expression in of.items():
        value = as_array(_value(live, expression))
        if value is None or value.shape != expected[name].shape:
            return False
        if not np.allclose(value, expected[name], rtol=1e-7, atol=1e-12, equal_nan=True):
            return False
    return True


def _value(live: Any, expression: str) -> Any:
    try:
        return fetch(live, expression)
    except Exception:  # noqa: BLE001 -- whatever the user's properties raise, it is no gradient
        return None
