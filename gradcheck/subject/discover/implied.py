"""The loss that a gradient implies, for code that has none: what the output delta would be the derivative of.

Half a squared error has the delta `o - t` times the slope of the activation, cross-entropy on a softmax and binary
cross-entropy on a sigmoid have `o - t` alone (Bishop, Pattern Recognition and Machine Learning, section 5.2). Which of
them is meant is decided by trying: the one whose gradient agrees with the code's, for the most parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.losses import LossCandidate
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.outputs import network_outputs, output_expressions, read
from gradcheck.subject.discover.samples import LABEL_NAMES, plain_name

PRIOR = 0.3
OUTPUTS = 3


def implied_losses(seen: Observation) -> list[LossCandidate]:
    """Losses of the outputs and the labels, for a network whose code has none."""
    if not seen.changed:
        return []
    where = max(seen.changed, key=lambda moved: moved.before.size).expression
    found: list[LossCandidate] = []
    for labels in _labels(seen):
        expressions = output_expressions(seen)
        for said, value in list(network_outputs(seen, expressions, labels, where))[:OUTPUTS]:
            for name, loss in _forms(said, value, labels, _value(seen, labels)):
                found += [LossCandidate(text, PRIOR, f"implied: {name}") for text in _over_pairs(seen, loss)]
        if found:
            break
    return found


def _labels(seen: Observation) -> list[str]:
    """Expressions of the labels, as the update sees them."""
    tables = [said for table, said in seen.driver.stage.batch.items() if table.is_label]
    names = [
        n
        for n in seen.live.scope
        if plain_name(n) in LABEL_NAMES and n not in {"m", "np"} and n not in seen.own
    ]
    given = [text for table in tables for text in _handed(seen, table)]
    pairs = [f"{said}[0][1]" for table, said in seen.driver.stage.batch.items() if table.holds_pairs]
    return list(dict.fromkeys([*pairs, *given, *tables, *names]))


def _over_pairs(seen: Observation, loss: str) -> list[str]:
    """A loss of the first of some pairs, as the sum and the mean over all of them; other losses as they are."""
    for table, said in seen.driver.stage.batch.items():
        first = f"{said}[0]"
        if table.holds_pairs and f"{first}[1]" in loss:
            each = loss.replace(f"{first}[0]", "a").replace(f"{first}[1]", "b")
            total = f"sum({each} for a, b in {said})"
            return [f"{total} / len({said})", total]
    return [loss]


def _handed(seen: Observation, table: str) -> Iterator[str]:
    """The parts of a table that the update's own statements speak of: t[i]."""
    for node in ast.walk(ast.parse(seen.driver.text)):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == table:
            yield ast.unparse(node)


def _value(seen: Observation, expression: str) -> Any:
    try:
        return read(seen.driver.stage.start(), expression)
    except GradcheckError:
        return None


def _forms(o: str, value: Any, t: str, labels: Any) -> Iterator[tuple[str, str]]:
    """Names and expressions of the losses that outputs and labels allow, the likeliest first."""
    if labels is None:
        return
    count = _samples(labels)
    if value.shape != labels.shape and value.size == labels.size:
        o, value = f"np.reshape({o}, np.shape({t}))", value.reshape(labels.shape)
    inside = bool((value > 0).all() and (value < 1).all())
    if value.shape == labels.shape:
        target = f"np.asarray({t})" if value.ndim else t
        yield from _scaled("squared error", f"np.sum(({o} - {target}) ** 2)", count, halves=True)
        if inside and ((labels >= 0) & (labels <= 1)).all():
            if _sums_to_one(value):
                yield from _scaled("cross-entropy", f"-np.sum({target} * np.log({o}))", count)
            both = f"-np.sum({target} * np.log({o}) + (1 - {target}) * np.log(1 - {o}))"
            yield from _scaled("binary cross-entropy", both, count)
        if set(np.unique(labels)) <= {-1.0, 1.0}:
            yield from _scaled("hinge loss", f"np.sum(np.maximum(0, 1 - {target} * {o}))", count)
    elif value.ndim == 2 and labels.ndim == 1 and (labels == labels.astype(int)).all():
        rows = value.shape[0] == labels.size
        places = f"np.arange({labels.size}), np.asarray({t}, int)"
        if not rows:
            places = f"np.asarray({t}, int), np.arange({labels.size})"
        if inside:
            yield from _scaled("cross-entropy", f"-np.sum(np.log({o}[{places}]))", count)
        classes = value.shape[1 if rows else 0]
        hot = f"np.eye({classes})[np.asarray({t}, int)]" + ("" if rows else ".T")
        yield from _scaled("squared error", f"np.sum(({o} - {hot}) ** 2)", count, halves=True)


def _scaled(name: str, total: str, count: int, *, halves: bool = False) -> Iterator[tuple[str, str]]:
    """Sum and mean of a loss, and half of them where that is customary."""
    if halves:
        yield f"half {name}, summed", f"0.5 * {total}"
        yield f"{name}, summed", total
    else:
        yield f"{name}, summed", total
    if count > 1:
        if halves:
            yield f"half {name}, per sample", f"0.5 * {total} / {count}"
        yield f"{name}, per sample", f"{total} / {count}"


def _samples(labels: Any) -> int:
    if labels.ndim <= 1:
        return int(labels.size)
    return int(max(labels.shape[0], labels.shape[-1]) if 1 in labels.shape else labels.shape[0])


def _sums_to_one(value: Any) -> bool:
    axes = range(value.ndim)
    return any(np.allclose(value.sum(axis=axis), 1.0) and value.shape[axis] > 1 for axis in axes)
