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
SAFETY = 3.0
LOUD = 16.0  # rounding errors that a quotient may be off by before it contradicts
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
    """

    value: Vector
    error: Vector
    rounding: Vector
    top: NDArray[np.intp]
    row: NDArray[np.intp]


def limit(steps: Vector, quotients: Vector, rounding: Vector, power: int) -> Cell:
    """Extrapolate difference quotients to step zero.

    Args:
        steps: ``(rungs, lines)``, falling along the first axis; rungs that could not be evaluated come last.
        quotients: ``(rungs, lines)``, NaN where there is none.
        rounding: ``(rungs, lines)``, bound of each quotient's rounding error.
        power: 2 for central quotients, whose error is a series in step^2, 1 for one-sided ones.
    """
    values, errors, bounds = _columns(steps, quotients, rounding, power)
    row_index = np.arange(steps.shape[0])[:, None]
    line_index = np.arange(steps.shape[1])[None, :]
    column = errors.argmin(axis=0)
    value = values[column, row_index, line_index]
    error = errors[column, row_index, line_index]
    settled = (
        error + _disagreement(value, error) + _overshoot(value, error, steps**power, quotients, rounding)
    )
    row = settled.argmin(axis=0)
    line = line_index[0]
    best_column = column[row, line]
    return Cell(
        value=value[row, line],
        error=settled[row, line],
        rounding=bounds[best_column, row, line],
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
        shrunk = _shrinks(np.abs(difference), ratio, slack)
        orderly[j:] = shrunk & orderly[j:] & orderly[j - 1 : -1]
        orderly[:j] = False
        truncation = SAFETY * _truncation(np.abs(difference), ratio, orderly[j:])
        # Where rounding may hide how differences shrink, they need not have shrunk at all.
        hidden = np.abs(difference) > DECAY_SLACK * _before(np.abs(difference)) / ratio
        errors[j, j:] = np.where(hidden, np.fmax(truncation, np.abs(difference)), truncation) + bounds[j, j:]
    errors[~np.isfinite(errors) | ~np.isfinite(values)] = np.inf
    return values, errors, bounds


def _shrinks(difference: Vector, ratio: Vector, slack: Vector) -> NDArray[np.bool_]:
    """Whether differences shrink from row to row as their order demands, or rounding (`slack`) hides them."""
    before = np.zeros_like(difference)
    before[1:] = np.fmax(difference[:-1], slack[:-1])
    return np.asarray(difference <= np.fmax(DECAY_SLACK * before / ratio, slack))


def _before(difference: Vector) -> Vector:
    """The difference one row up."""
    before = np.zeros_like(difference)
    before[1:] = difference[:-1]
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
        off = np.abs(quotients[row + 1 :] - value[row]) - bend - LOUD * rounding[row + 1 :] - error[row]
        widening[row] = np.max(off, axis=0, initial=0, where=np.isfinite(off))
    return widening
