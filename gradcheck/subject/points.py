"""Points: other sizes, other data, other parameters at which the same code can be asked the same question.

A gradient that is right at one point may be right by accident: where two sizes coincide, a transposed matrix fits.
So the literals of the wiring are varied, together wherever they are equal; every variation that still runs counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.program import Live, Values
from gradcheck.subject.wiring import Grads, Step, Wiring

FLOAT_FACTOR = 0.93
# Keeps rates, decays, momenta and probabilities inside (0, 1).
LARGEST_LITERAL = 4096
FAR = 2.0
# Times 1 / sqrt(inputs): sums of inputs of size 1 then come out on both sides of every hinge, and short of saturation.


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Where the code is asked for its loss and its gradient.

    Attributes:
        wiring: the wiring, with its literals perhaps varied.
        noise: seed of a random shift of the parameters; None leaves them where the code starts.
        far: whether that shift goes as far as weights of any start may be.
        seed: seeds the code's own random numbers.
        label: what is different here, for a person.
    """

    wiring: Wiring
    noise: int | None = None
    far: bool = False
    seed: int = 0
    label: str = "as wired"

    def place(self, live: Live) -> Values:
        """Shift the parameters of a network that was just started to this point; returns them."""
        values = live.parameters()
        if self.noise is not None:
            values = shifted(values, seed=self.noise, far=self.far)
            live.set(values)
            values = live.parameters()
        return values


def shifted(values: Mapping[str, NDArray[np.float64]], *, seed: int, far: bool = False) -> Values:
    """Parameters near `values`, none of them at a special place such as zero or a tie."""
    rng = np.random.default_rng([seed, 0x5EED])
    moved: Values = {}
    for name, value in values.items():
        spread = FAR / max(value.shape, default=1) ** 0.5 if far else 0.3 * (float(np.std(value)) or 0.3)
        moved[name] = value * rng.uniform(0.8, 1.25, value.shape) + spread * rng.standard_normal(value.shape)
    return moved


def varied_wirings(wiring: Wiring, names: Mapping[str, Any]) -> Iterator[tuple[str, Wiring]]:
    """Wirings with other sizes, other data, other labels; none of them is known to run.

    Args:
        wiring: the wiring to vary.
        names: what its setup left in scope.
    """
    yield from other_labels(wiring, names)
    yield from _wider_inputs(wiring, names)
    yield from _other_literals(wiring)
    yield from _other_inputs(wiring, names)


def _other_literals(wiring: Wiring) -> Iterator[tuple[str, Wiring]]:
    integers, floats = _literals(wiring.setup), _rates(wiring)
    for value in sorted({number for _, number in integers}):
        yield f"{value} -> {value + 1}", _with(wiring, {value: value + 1})
    for at, value in integers:
        changed = _substitute(wiring.setup, {at: value + 1})
        yield f"{value} -> {value + 1} at one place", replace(wiring, setup=changed)
    for (at, value), (then, other) in pairwise(integers):
        changed = _substitute(wiring.setup, {at: value + 1, then: other + 1})
        yield f"{value}, {other} -> {value + 1}, {other + 1}", replace(wiring, setup=changed)
    if floats:
        yield "other rates", _with(wiring, {number: number * FLOAT_FACTOR for number in floats})


def _wider_inputs(wiring: Wiring, names: Mapping[str, Any]) -> Iterator[tuple[str, Wiring]]:
    """One more feature: a column (or row) of the data repeated where it is made, the literal of its width raised."""
    for statement in ast.parse(wiring.setup).body:
        for name in _assigned(statement):
            value = names.get(name)
            if not isinstance(value, np.ndarray) or value.ndim != 2:
                continue
            for axis, part in ((1, f"{name}[:, :1]"), (0, f"{name}[:1]")):
                width, end = value.shape[axis], statement.end_lineno or 1
                equal = [(at, n) for at, n in _literals(wiring.setup) if n == width]
                for chosen in [equal, *([one] for one in equal if len(equal) > 1)] if equal else []:
                    text = _substitute(wiring.setup, {at: width + 1 for at, _ in chosen})
                    factor = 0.0 if _is_binary(value) else 0.7  # targets that add up to 1 must go on doing so
                    grown = f"{name} = np.concatenate([{name}, {factor} * {part}], axis={axis})"
                    yield f"{name} one wider", replace(wiring, setup=_inserted(text, statement, end, grown))


def other_labels(wiring: Wiring, names: Mapping[str, Any]) -> Iterator[tuple[str, Wiring]]:
    """Other classes under the names they have at the end of the setup, in the coding that they have there."""
    single = {n: np.asarray(v) for n, v in names.items() if isinstance(v, np.integer) and n.isidentifier()}
    for name, value in [*_arrays(names), *single.items()]:
        for change in _relabelled(name, value):
            yield f"other {name}", replace(wiring, setup=f"{wiring.setup}\n{name} = {change}")


def _relabelled(name: str, value: NDArray[Any]) -> list[str]:
    """Expressions of other labels: whole numbers, one-hot rows or columns, 0 and 1, -1 and 1; else none."""
    if value.dtype.kind in "iu":
        first = int(value.max()) + 1
        ramp = f" + np.arange({name}.size).reshape({name}.shape)" if value.size > 1 else ""
        return [f"({name} + 1{ramp}) % {count}" for count in range(first, first + 3)]
    rolled = [f"np.roll({name}, 1, axis={axis})" for axis in range(value.ndim) if value.shape[axis] > 1]
    if _is_binary(value):
        return rolled[::-1] if _adds_up(value) else [*rolled[::-1], f"1.0 - {name}"]
    return [f"-{name}", *rolled[::-1]] if bool(np.all(np.abs(value) == 1.0)) else []


def _other_inputs(wiring: Wiring, names: Mapping[str, Any]) -> Iterator[tuple[str, Wiring]]:
    """Other numbers in the floating arrays in scope, but for labels and probabilities."""
    for name, value in _arrays(names):
        if value.dtype.kind == "f" and not _relabelled(name, value) and not _adds_up(value):
            change = f"{name} = {name} * 0.9 + 0.05 * np.cos(np.arange({name}.size)).reshape({name}.shape)"
            yield f"other {name}", replace(wiring, setup=f"{wiring.setup}\n{change}")


def _is_binary(value: NDArray[Any]) -> bool:
    return value.dtype.kind == "f" and bool(np.all((value == 0.0) | (value == 1.0)))


def _adds_up(value: NDArray[Any]) -> bool:
    """Whether the rows or the columns of a matrix are distributions."""
    return value.ndim == 2 and any(
        value.shape[axis] > 1 and np.all(value >= 0.0) and np.allclose(value.sum(axis=axis), 1.0)
        for axis in (0, 1)
    )


def _arrays(names: Mapping[str, Any]) -> list[tuple[str, NDArray[Any]]]:
    return [
        (name, value)
        for name, value in names.items()
        if isinstance(value, np.ndarray) and value.size and name.isidentifier()
    ]


def _assigned(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _inserted(text: str, statement: ast.stmt, line: int, new: str) -> str:
    """`new` as a statement behind the one that ended at a line and column of the unvaried text."""
    lines = text.split("\n")
    row, column = lines[line - 1], statement.end_col_offset or 0
    lines[line - 1] = f"{row[:column]}; {new}{row[column:]}"
    return "\n".join(lines)


def _rates(wiring: Wiring) -> list[float]:
    """Numbers that stand for the same thing wherever they are: in the setup, or in two of the other expressions.

    One that stands in the loss alone, such as the half of a halved square, has its like inside the code, where a
    change of the wiring does not reach.
    """
    own = [set(_floats(text)) for text in _texts(wiring)]
    return sorted(n for n in set().union(*own) if n in own[0] or sum(n in numbers for numbers in own) > 1)


def _texts(wiring: Wiring) -> tuple[str, ...]:
    return (wiring.setup, wiring.loss, wiring.run, wiring.step.lr if wiring.step else "")


def _with(wiring: Wiring, change: Mapping[float, float]) -> Wiring:
    """Every literal equal to a key of `change` is replaced: whole numbers in the setup, rates in all expressions."""

    def of(text: str) -> str:
        found = _literals(text, kind=float)
        return _substitute(text, {at: change[value] for at, value in found if value in change})

    grads, step = wiring.grads, wiring.step
    counts = {at: change[value] for at, value in _literals(wiring.setup) if value in change}
    return replace(
        wiring,
        setup=of(_substitute(wiring.setup, counts)),
        loss=of(wiring.loss),
        grads=Grads(of(grads.run), grads.of) if grads else None,
        step=Step(of(step.run), of(step.lr)) if step else None,
    )


def _literals(text: str, kind: type = int) -> list[tuple[tuple[int, int, int], float]]:
    """(line, column, end column) and value of every number of a kind, in the order of the text."""
    found: list[tuple[tuple[int, int, int], float]] = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Constant) or type(node.value) is not kind:
            continue
        value = node.value
        if isinstance(value, int | float) and 0 < value <= LARGEST_LITERAL:
            found.append(((node.lineno, node.col_offset, node.end_col_offset or 0), value))
    return sorted(found)


def _floats(text: str) -> list[float]:
    return [value for _, value in _literals(text, kind=float)]


def _substitute(text: str, change: Mapping[tuple[int, int, int], float]) -> str:
    lines = [line.encode() for line in text.split("\n")]
    for (line, start, end), value in sorted(change.items(), reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:start] + repr(value).encode() + row[end:]
    return "\n".join(row.decode() for row in lines)
