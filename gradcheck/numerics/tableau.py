"""Neville's tableau over a ladder of steps, and the cell of it that can be trusted most.

Source: Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Adv. Eng. Software 4 (1982), for extrapolation with an
error estimate; the propagated rounding and the agreement demanded of finer rungs are what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.parameters import Vector

MAX_COLUMNS = 8
LOUD = 16.0  # rounding errors that a quotient may be off by before it contradicts
SAFETY = 3.0
DECAY_SLACK = (
    6.0  # differences may shrink so much less than their order demands; below the smallest ratio squared
)


@dataclass(frozen=True, slots=True)
class Cell:
    """The extrapolated value of every line, all arrays ``(lines,)``.

    Attributes:
        value: the limit at step zero.
        error: bound of its error; infinite where no two rungs could be compared.
        rounding: the part of it that rounding explains.
        top: row of the largest step it rests on.
        row: row of the smallest step it rests on.
        hull: what must be added to the error where f is not smooth down there: how far the slopes to either side of x
            lie from the value, over the steps that hold a kink.
    """

    value: Vector
    error: Vector
    rounding: Vector
    hull: Vector
    top: NDArray[np.intp]
    row: NDArray[np.intp]


def limit(
    steps: Vector,
    quotients: Vector,
    rounding: Vector,
    power: int,
    jumps: Vector | None = None,
    seen: Vector | None = None,
) -> Cell:
    """Extrapolate difference quotients to step zero.

    Args:
        steps: ``(rungs, lines)``, falling along the first axis; rungs that could not be evaluated come last.
        quotients: ``(rungs, lines)``, NaN where there is none.
        rounding: ``(rungs, lines)``, bound of each quotient's rounding error.
        power: 2 for central quotients, whose error is a series in step^2, 1 for one-sided ones.
        jumps: ``(rungs, lines)``, the jump of slope that seems to lie within each step, 0 where f looks smooth.
        seen: ``(rungs, lines)``, the rounding error beyond which a quotient contradicts coarser ones, if that is
            another: what may be rounding, or may be not, counts against either.
    """
    values, errors, bounds = _columns(steps, quotients, rounding, power)
    row_index = np.arange(steps.shape[0])[:, None]
    line_index = np.arange(steps.shape[1])[None, :]
    column = errors.argmin(axis=0)
    value = values[column, row_index, line_index]
    error = errors[column, row_index, line_index]
    seen = LOUD * rounding if seen is None else seen
    settled = error + _disagreement(value, error) + _overshoot(value, error, steps**power, quotients, seen)
    hull = np.zeros_like(settled) if jumps is None else _hull(value, quotients, jumps)
    row = (settled + hull).argmin(axis=0)
    line = line_index[0]
    best_column = column[row, line]
    return Cell(
        value=value[row, line],
        error=settled[row, line],
        rounding=bounds[best_column, row, line],
        hull=hull[row, line],
        top=row - best_column,
        row=row,
    )


def _columns(steps: Vector, quotients: Vector, rounding: Vector, power: int) -> tuple[Vector, Vector, Vector]:
    """Values, error bounds and rounding bounds of every cell, each ``(columns, rungs, lines)``."""
    columns = min(steps.shape[0], MAX_COLUMNS)
    shape = (columns, *steps.shape)
    values, errors, bounds = np.full(shape, np.nan), np.full(shape, np.inf), np.full(shape, np.nan)
    values[0], bounds[0] = quotients, rounding
    orderly = np.isfinite(quotients)
    for j in range(1, columns):
        ratio = (steps[:-j] / steps[j:]) ** power
        fine, coarse = values[j - 1, j:], values[j - 1, j - 1 : -1]
        difference = fine - coarse
        correction = difference / (ratio - 1)
        values[j, j:] = fine + correction
        bounds[j, j:] = (ratio * bounds[j - 1, j:] + bounds[j - 1, j - 1 : -1]) / (ratio - 1)
        slack = bounds[j - 1, j:] + bounds[j - 1, j - 1 : -1]
        # Made by a step larger by the ratio of the row above, or by this one's where the row above was lucky.
        decay = DECAY_SLACK / np.fmax(ratio, _before(ratio))
        before = decay * _before(np.abs(difference))
        shrunk = np.abs(difference) <= np.fmax(np.fmax(before, decay * _before(slack)), slack)
        orderly[j:] = shrunk & orderly[j:] & orderly[j - 1 : -1]
        orderly[:j] = False
        truncation = SAFETY * _truncation(np.abs(difference), ratio, orderly[j:])
        # Where rounding may hide how differences shrink, they need not have shrunk at all.
        hidden = np.abs(difference) > before
        errors[j, j:] = np.where(hidden, np.fmax(truncation, np.abs(difference)), truncation) + bounds[j, j:]
    errors[~np.isfinite(errors) | ~np.isfinite(values)] = np.inf
    return values, errors, bounds


def _before(part: Vector) -> Vector:
    """What stands one row up, 0 above the first."""
    before = np.zeros_like(part)
    before[1:] = part[:-1]
    return before


def _truncation(difference: Vector, ratio: Vector, orderly: NDArray[np.bool_]) -> Vector:
    """Error left in a column's cells, from the differences that their corrections were made of.

    A correction bounds the error where everything it was made of shrank in order. Elsewhere f is not smooth on this
    scale and the difference itself is all that can be said.
    """
    correction = difference / (ratio - 1)
    # One that is small by chance is caught by the one before it, which should have shrunk by the ratio.
    correction[1:] = np.fmax(correction[1:], correction[:-1] / ratio[1:])
    return np.where(orderly, correction, difference)


def _disagreement(value: Vector, error: Vector) -> Vector:
    """How far each row must stretch to meet the bars of the finer rows: coarse steps can agree by accident."""
    widening = np.zeros_like(error)
    for row in range(len(value) - 1):
        apart = np.abs(value[row] - value[row + 1 :])
        missed = apart > error[row] + error[row + 1 :]
        widening[row] = np.where(missed, apart + error[row + 1 :], 0).max(axis=0, initial=0)
    return widening


def _overshoot(value: Vector, error: Vector, powers: Vector, quotients: Vector, rounding: Vector) -> Vector:
    """How far each row's value is from where the quotients at finer steps say that the limit must be.

    A smooth f bends the quotient at a finer step by no more than the step's power of what the row itself is off by. One
    that is further off saw structure of f that the row's steps are too large for.
    """
    widening = np.zeros_like(error)
    for row in range(len(value) - 1):
        bend = np.abs(quotients[row] - value[row]) * powers[row + 1 :] / powers[row]
        off = np.abs(quotients[row + 1 :] - value[row])
        missed = off > bend + rounding[row + 1 :] + error[row]
        widening[row] = np.where(missed, off + rounding[row + 1 :] - error[row], 0).max(axis=0, initial=0)
    return widening


def _hull(value: Vector, quotients: Vector, jumps: Vector) -> Vector:
    """How far each row must stretch to hold the slopes to both sides of x over every finer step that holds a kink."""
    far = np.where(jumps > 0, jumps / 2, 0)
    widest = np.zeros_like(value)
    for row in range(len(value)):
        off = np.where(far[row:] > 0, np.abs(quotients[row:] - value[row]) + far[row:], 0)
        widest[row] = np.nan_to_num(off, nan=0.0).max(axis=0)
    return widest
