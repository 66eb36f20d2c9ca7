"""Masks of dropout, known by their values in a run: drawn at random, 0 or one constant, multiplied with units."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.trace import Recorder, Site, SourceMap

DRAWS = frozenset({"random", "random_sample", "rand", "ranf", "uniform", "binomial"})
# Methods of generators, old and new, that dropout draws with.

EXACT = 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask that some units are multiplied with.

    Attributes:
        made: the site that makes it of what was drawn, its division by the share with it.
        applied: the site of the product; a statement where the product is assigned in place.
        share: the chance of a unit to be kept, as the code has it.
        factor: what kept units are multiplied with in all.
        count: how often the product was computed in the run.
    """

    made: Site
    applied: Site
    share: float
    factor: float
    count: int


@dataclass(frozen=True, slots=True)
class _Gate:
    """What a draw decides: True for units that are kept."""

    site: Site
    kept: NDArray[np.bool_]
    share: float


def masks_in(source: SourceMap, recorder: Recorder) -> list[Mask]:
    """The masks that a run drew and multiplied units with, one for each product."""
    found: dict[int, Mask] = {}
    for gate in _gates(source, recorder):
        made = [(site, level) for site, level in _forms(source, recorder, gate)]
        for site, others, level in _products(source, recorder, gate):
            maker = next((m for m, of in made if of == level and not _is_named(m)), gate.site)
            count = recorder.seen[others].count
            factor = level * _scaled_later(source, recorder, site, gate)
            found.setdefault(site.number, Mask(maker, site, gate.share, factor, count))
    return list(found.values())


def _gates(source: SourceMap, recorder: Recorder) -> Iterator[_Gate]:
    """Comparisons of draws with a share, and draws of zeros and ones."""
    draws: list[Array] = []
    for number, sighting in recorder.seen.items():
        node = source.sites[number].node
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in DRAWS:
            draws += [value for value in sighting.values if _is_array(value)]
    for number, sighting in recorder.seen.items():
        site = source.sites[number]
        for turn, value in enumerate(sighting.values):
            if not _is_array(value):
                continue
            share = _share(source, recorder, site, turn, draws)
            if share is not None:
                yield _Gate(site, np.asarray(value != 0), share)


def _share(source: SourceMap, recorder: Recorder, site: Site, turn: int, draws: list[Array]) -> float | None:
    """The chance to be kept where a site decides that; None for any other site."""
    node = site.node
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "binomial" and len(node.args) > 1:
        given = [_seen(source, recorder, argument, turn) for argument in node.args[:2]]
        times, share = (float(v) if _is_number(v) else np.nan for v in given)
        return share if times == 1.0 and 0.0 < share < 1.0 else None
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left, right = (_seen(source, recorder, side, turn) for side in (node.left, node.comparators[0]))
    below = isinstance(node.ops[0], ast.Lt | ast.LtE)
    if not below and not isinstance(node.ops[0], ast.Gt | ast.GtE):
        return None
    if _is_number(left):
        left, right, below = right, left, not below
    drawn = _is_array(left) and any(np.array_equal(left, draw) for draw in draws)
    if not drawn or not _is_number(right) or not 0.0 < float(right) < 1.0:
        return None
    return float(right) if below else 1.0 - float(right)


def _forms(source: SourceMap, recorder: Recorder, gate: _Gate) -> Iterator[tuple[Site, float]]:
    """Sites whose value is the gate times a constant, with the constant."""
    for number, sighting in recorder.seen.items():
        for value in sighting.values:
            level = _level(value, gate)
            if level:
                yield source.sites[number], level


def _level(value: object, gate: _Gate) -> float:
    """What a value has wherever the gate keeps, where it is 0 wherever that does not; 0 for any other value."""
    if not _is_array(value) or np.shape(value) != gate.kept.shape or gate.kept.all() or not gate.kept.any():
        return 0.0
    array = np.asarray(value, dtype=float)
    level = float(array[gate.kept][0])
    same = np.allclose(array[gate.kept], level, rtol=EXACT, atol=0.0)
    return level if same and not np.any(array[~gate.kept]) else 0.0


def _products(source: SourceMap, recorder: Recorder, gate: _Gate) -> Iterator[tuple[Site, int, float]]:
    """Products of the mask with units: the site, the number of the factor that is the mask, and its constant."""
    for statement in recorder.reached:
        node = source.sites[statement].node
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult):
            level = _level_at(source, recorder, node.value, gate)
            if level:
                yield source.sites[statement], source.site_of(node.value).number, level
    for number in list(recorder.seen):
        sides = _factors(source.sites[number].node)
        for one, other in (sides, sides[::-1]) if sides else ():
            level = _level_at(source, recorder, one, gate)
            units = _seen(source, recorder, other, 0)
            if level and _is_array(units) and not _level_at(source, recorder, other, gate) and np.ptp(units):
                yield source.sites[number], source.site_of(one).number, level
                break


def _factors(node: ast.AST) -> tuple[ast.expr, ast.expr] | tuple[()]:
    """The two factors of a product of arrays."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return node.left, node.right
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "multiply" and len(node.args) == 2:
        return node.args[0], node.args[1]
    return ()


def _level_at(source: SourceMap, recorder: Recorder, node: ast.expr, gate: _Gate) -> float:
    sighting = recorder.seen.get(source.site_of(node).number)
    levels = [_level(value, gate) for value in sighting.values] if sighting else []
    return next((level for level in levels if level), 0.0)


def _scaled_later(source: SourceMap, recorder: Recorder, product: Site, gate: _Gate) -> float:
    """The factor by which the product is scaled around it, or behind it where that has to do with the share; or 1."""
    around = source.sites[product.parent]
    if isinstance(around.node, ast.BinOp) and _scale(source, recorder, around.node) != 1.0:
        return _scale(source, recorder, around.node)
    start = recorder.reached.index(product.statement)
    for number in recorder.reached[start + 1 : start + 4]:
        for node in ast.walk(source.sites[number].node):
            factor = _scale(source, recorder, node)
            near = any(
                abs(abs(np.log(factor)) - abs(np.log(s))) < EXACT for s in (gate.share, 1 - gate.share)
            )
            if factor != 1.0 and near and not _makes(source, recorder, node, gate):
                return factor
    return 1.0


def _scale(source: SourceMap, recorder: Recorder, node: ast.AST) -> float:
    """The number that a statement or an expression multiplies an array with; 1 for any other."""
    if not isinstance(node, ast.BinOp | ast.AugAssign) or not isinstance(node.op, ast.Mult | ast.Div):
        return 1.0
    sides = [node.right, node.left] if isinstance(node, ast.BinOp) else [node.value]
    for side in sides if isinstance(node.op, ast.Mult) else sides[:1]:
        number = _seen(source, recorder, side, 0)
        if _is_number(number) and float(number) > 0.0:
            return float(number) if isinstance(node.op, ast.Mult) else 1.0 / float(number)
    return 1.0


def _makes(source: SourceMap, recorder: Recorder, node: ast.AST, gate: _Gate) -> bool:
    """Whether an expression is the mask itself, whose constant is known."""
    return isinstance(node, ast.BinOp) and bool(_level_at(source, recorder, node, gate))


def shares_used(source: SourceMap, recorder: Recorder, share: float) -> bool:
    """Whether a run scales an array by a share: the older form of dropout, which does so to evaluate."""
    nodes = [source.sites[number].node for number in recorder.reached]
    inner = [source.sites[number].node for number in recorder.seen]
    return any(abs(_scale(source, recorder, node) - share) < EXACT for node in [*nodes, *inner])


def _seen(source: SourceMap, recorder: Recorder, node: ast.expr, turn: int) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    sighting = recorder.seen.get(source.site_of(node).number)
    if sighting is None or not sighting.values:
        return None
    return sighting.values[min(turn, len(sighting.values) - 1)]


def _is_array(value: object) -> TypeGuard[Array]:
    return isinstance(value, np.ndarray) and value.size > 1 and value.dtype.kind in "biuf"


def _is_number(value: object) -> TypeGuard[float]:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number or (isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf")


def _is_named(site: Site) -> bool:
    return isinstance(site.node, ast.Name | ast.Attribute | ast.Subscript)
