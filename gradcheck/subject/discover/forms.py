"""The losses that outputs and labels allow, as expressions of them: squared error, cross-entropy, hinge, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Form:
    """A loss as textbooks have it.

    Attributes:
        kind: what it is: "cross-entropy".
        scale: how it is added up: "summed", "per sample" or "per entry".
        expression: of the outputs and the labels.
        half: whether it is halved.
    """

    kind: str
    scale: str
    expression: str
    half: bool = False

    @property
    def name(self) -> str:
        """Kind and scale, as people say it.

        Example:
            >>> Form("squared error", "summed", "0.5 * np.sum((o - t) ** 2)", half=True).name
            'half squared error, summed'
        """
        return f"{'half ' if self.half else ''}{self.kind}, {self.scale}"


def loss_forms(o: str, value: NDArray[Any], t: str, labels: NDArray[Any]) -> Iterator[Form]:
    """The losses that outputs and labels allow, the likeliest first.

    Args:
        o: expression of the outputs.
        value: the outputs.
        t: expression of the labels.
        labels: the labels, one number a sample, or of the shape of the outputs.
    """
    count = _samples(labels)
    if value.shape != labels.shape and value.size == labels.size:
        o, value = f"np.reshape({o}, np.shape({t}))", value.reshape(labels.shape)
    inside = bool((value > 0).all() and (value < 1).all())
    if value.shape == labels.shape:
        target = f"np.asarray({t})" if value.ndim else t
        yield from _scaled(
            "squared error", f"np.sum(({o} - {target}) ** 2)", count, halves=True, entries=value.size
        )
        if inside and ((labels >= 0) & (labels <= 1)).all():
            if _sums_to_one(value):
                yield from _scaled("cross-entropy", f"-np.sum({target} * np.log({o}))", count)
            both = f"-np.sum({target} * np.log({o}) + (1 - {target}) * np.log(1 - {o}))"
            yield from _scaled("binary cross-entropy", both, count, entries=value.size)
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


def _scaled(kind: str, total: str, count: int, *, halves: bool = False, entries: int = 0) -> Iterator[Form]:
    """Sum and mean of a loss, half of them where that is customary, and the mean over the entries of all samples."""
    if halves:
        yield Form(kind, "summed", f"0.5 * {total}", half=True)
    yield Form(kind, "summed", total)
    if count > 1:
        if halves:
            yield Form(kind, "per sample", f"0.5 * {total} / {count}", half=True)
        yield Form(kind, "per sample", f"{total} / {count}")
    if entries > count:
        yield Form(kind, "per entry", f"{total} / {entries}")


def _samples(labels: NDArray[Any]) -> int:
    if labels.ndim <= 1:
        return int(labels.size)
    return int(max(labels.shape[0], labels.shape[-1]) if 1 in labels.shape else labels.shape[0])


def _sums_to_one(value: NDArray[Any]) -> bool:
    axes = range(value.ndim)
    return any(np.allclose(value.sum(axis=axis), 1.0) and value.shape[axis] > 1 for axis in axes)
