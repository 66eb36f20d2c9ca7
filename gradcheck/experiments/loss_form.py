"""Take the loss for a sum of known terms, and solve for their coefficients at random parameters.

Where the sum is exact, the loss is known: which measure of outputs and labels it takes, its constant and its sign, and
which penalty of which weights. What the outputs and labels call for is then no guess.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Values

Array = NDArray[np.float64]

SPREAD = 0.3
SPARE = 6
# Points beyond the number of coefficients: a sum that is not exact would show at them.
EXACT = 1e-7
TINY = 1e-9
FALLING = -0.9
# A correlation of loss and measure below this leaves no doubt about the sign.

MEASURES: Mapping[str, Callable[[Array, Array], Array]] = {
    "none": lambda p, _y: np.zeros_like(p),
    "cross-entropy": lambda p, y: -y * np.log(p),
    "binary": lambda p, y: -y * np.log(p) - (1.0 - y) * np.log(1.0 - p),
    "squared": lambda p, y: (p - y) ** 2,
    "absolute": lambda p, y: np.abs(p - y),
}
PENALTIES: Mapping[str, Callable[[Array], float]] = {
    "squares": lambda w: float(np.sum(w**2)),
    "absolute": lambda w: float(np.sum(np.abs(w))),
    "norm": lambda w: float(np.linalg.norm(w)),
}


def loss_form(lab: Lab) -> Observation:
    """Facts: `kind`, `coefficient`, `penalty`, `penalties`, and what is wrong with them.

    `kind` is a key of `MEASURES`, empty where the loss is no such sum; `coefficient` its factor in the sum over all
    entries of the outputs; `penalties` maps parameters to their coefficient, of the kind that `penalty` says. `ignored`
    and `reversed` list {line, kind, coefficient, correlation} of a loss that does not depend on the outputs, or has the
    wrong sign, where the gradient, too, is not that of the loss. The correlation is that of loss and measure, -1 where
    the sum is exact; units that are dropped from the loss alone leave it a little above.
    """
    facts: dict[str, Any] = {"kind": "", "ignored": [], "reversed": []}
    points = list(_points(lab))
    found = _solved(lab, points) if points else None
    if found is not None:
        kind, penalty, coefficients = found
        facts |= {
            "kind": kind,
            "coefficient": coefficients[0],
            "penalty": penalty,
            "penalties": dict(zip(lab.truth.values, coefficients[1:], strict=False)) if penalty else {},
        }
        place = {"line": _line(lab, points[0][2].size), "kind": kind, "coefficient": coefficients[0]}
        if kind == "none" and lab.wrong:
            facts["ignored"] = [place]
        elif coefficients[0] < 0.0 and _opposed(lab):
            facts["reversed"] = [{**place, "correlation": -1.0}]
    elif points and _opposed(lab):
        kind, correlation = _falling(points)
        if correlation < FALLING:
            place = {"line": _line(lab, points[0][2].size), "kind": kind, "coefficient": -1.0}
            facts["reversed"] = [{**place, "correlation": correlation}]
    return Observation("loss_form", facts)


Point = tuple[float, Values, Array, Array]


def _points(lab: Lab) -> Iterator[Point]:
    """The loss, the parameters, the outputs and the labels in their shape, at random parameters."""
    wiring = lab.wiring
    if not wiring.outputs or not wiring.labels:
        return
    rng = np.random.default_rng([lab.seed, 0x105])
    for _ in range(len(lab.truth.values) + 2 + SPARE):
        live = lab.program.start()
        values = {
            name: value + SPREAD * (np.std(value) + SPREAD) * rng.standard_normal(value.shape)
            for name, value in lab.truth.values.items()
        }
        try:
            live.set(values)
            loss = live.loss()
            outputs = np.asarray(live.evaluate(wiring.outputs), dtype=float)
            labels = coded(np.asarray(live.evaluate(wiring.labels)), outputs.shape)
        except (GradcheckError, TypeError, ValueError):
            return
        if labels is None or not np.isfinite(loss):
            return
        yield loss, values, outputs, labels


def coded(labels: NDArray[Any], shape: tuple[int, ...]) -> Array | None:
    """Labels in the shape of the outputs, classes as one-hot rows or columns; None where they do not fit.

    Example:
        >>> coded(np.array([2, 0]), (2, 3)).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if labels.dtype.kind not in "fiub":
        return None
    if labels.size == int(np.prod(shape)):
        return labels.astype(float).reshape(shape)
    flat = labels.ravel()
    if len(shape) != 2 or flat.size not in shape or bool(np.any(flat != np.floor(flat))) or flat.min() < 0:
        return None
    axis = 0 if flat.size == shape[0] else 1
    if flat.max() >= shape[1 - axis]:
        return None
    rows: Array = np.eye(shape[1 - axis])[flat.astype(int)]
    return rows if axis == 0 else rows.T


def _solved(lab: Lab, points: list[Point]) -> tuple[str, str, list[float]] | None:
    """Measure, penalty and coefficients of the first sum that is exact, the fewest terms first."""
    losses = np.array([loss for loss, *_ in points])
    if np.ptp(losses) <= TINY * np.max(np.abs(losses)):
        return "none", "", [0.0]
    for penalty in ("", *PENALTIES):
        for kind, measure in MEASURES.items():
            with np.errstate(all="ignore"):
                columns = [[float(np.sum(measure(p, y))) for _, _, p, y in points]]
            if penalty:
                columns += [
                    [PENALTIES[penalty](values[name]) for _, values, *_ in points]
                    for name in lab.truth.values
                ]
            table = np.array([*columns, np.ones(len(points))]).T
            found = _exact(table, losses)
            if found is not None:
                return kind, penalty, found[:-1]
    return None


def _falling(points: list[Point]) -> tuple[str, float]:
    """The measure of outputs and labels with which the loss falls most steadily, and how their values correlate."""
    losses = np.array([loss for loss, *_ in points])
    found = [("none", 0.0)]
    for kind, measure in MEASURES.items():
        with np.errstate(all="ignore"):
            sums = np.array([np.sum(measure(p, y)) for _, _, p, y in points])
        if np.all(np.isfinite(sums)) and np.ptp(sums) > 0.0 and np.ptp(losses) > 0.0:
            found.append((kind, float(np.corrcoef(losses, sums)[0, 1])))
    return min(found, key=lambda one: one[1])


def _exact(table: Array, target: Array) -> list[float] | None:
    if not np.all(np.isfinite(table)):
        return None
    found = np.linalg.lstsq(table, target, rcond=None)[0]
    left = float(np.max(np.abs(table @ found - target)))
    return (
        [float(c) if abs(c) > TINY else 0.0 for c in found] if left <= EXACT * float(np.ptp(target)) else None
    )


def _opposed(lab: Lab) -> bool:
    """Whether the code's gradient points away from that of the loss."""
    true = lab.truth.numerical.values
    products = [np.nansum(lab.gradient[n] * v) for n, v in true.items() if lab.gradient[n].shape == v.shape]
    return bool(sum(products) < 0.0)


def _line(lab: Lab, entries: int) -> int:
    """The line that sums what is measured: logarithms or powers of as many numbers as there are outputs, or of a part.

    The loss's last line where there is no such.
    """
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    source = lab.tracer.source
    found = [
        (isinstance(site.node, ast.Call), np.size(sighting.values[0]) == entries, site.line, place)
        for place, (number, sighting) in enumerate(seen.items())
        if _measures((site := source.sites[number]).node)
        and entries % max(np.size(sighting.values[0]), 1) == 0
    ]
    if not found:
        return max((source.sites[number].line for number in seen), default=0)
    *_, line, place = max(found)
    if np.size(list(seen.values())[place].values[0]) == 1:
        return line
    behind = (source.sites[number] for number in list(seen)[place:] if np.size(seen[number].values[0]) == 1)
    return next((site.line for site in behind if isinstance(site.node, ast.Call | ast.BinOp)), line)


def _measures(node: ast.AST) -> bool:
    """Whether an expression takes a logarithm, a power or a magnitude."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", "") in {"log", "log1p", "logaddexp", "square", "abs"}
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
