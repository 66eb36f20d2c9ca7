"""Small numbers that keep a logarithm finite, log(p + 1e-8): what they do to the gradient, which its author leaves out.

The slope of log(p + e) is that of log(p) times p / (p + e). Whoever writes p - y for the delta means e = 0, and is off
by a share e / p of each sample's part; a bar that allows for that calls neither of the two gradients wrong.
"""

from __future__ import annotations

import ast
import types
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.numerics import NumericalGradient
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.program import Live, Program, Values

LOGARITHMS = frozenset({"log", "log2", "log10"})
LARGEST = 1e-3
# More is a smoothing, and meant.
LESS = 1e-6
# Times the number: what is left of it makes no difference.
DIRECTIONS, STEP = 3, 1e-4
WIDEN = 6.0
# Times the root mean square over so few directions, which is this far too small once in three hundred.
HARMLESS = 1e-3
# Of a parameter's gradient. An offset that does more to it is a fault to be told, and no matter of precision.


def allowing_for_offsets(
    program: Program, live: Live, values: Values, numerical: NumericalGradient
) -> NumericalGradient:
    """A measured gradient with bars that reach from that of the loss to that of the loss without its offsets.

    Args:
        program: the subject.
        live: a network of it, at the point.
        values: the parameters there.
        numerical: what was measured there.
    """
    try:
        plain = unguarded(program)
        if plain is None:
            return numerical
        other = plain.start()
        shares = {name: _difference(live, other, values, name) for name in values}
    except GradcheckError:
        return numerical
    bars = {}
    for name, bar in numerical.bars.items():
        gradient = numerical.values[name]
        size = float(np.linalg.norm(gradient[np.isfinite(gradient)]))
        off = WIDEN * shares[name]
        bars[name] = bar + off if off <= HARMLESS * size else bar
    live.set(values)
    return replace(numerical, bars=bars)


def _difference(live: Live, other: Live, values: Values, name: str) -> float:
    """The length of the difference of two losses' gradients by a parameter, from its slopes along a few directions."""
    rng = np.random.default_rng([len(name), values[name].size, 0x0FF5E7])
    slopes = []
    for _ in range(DIRECTIONS):
        way = rng.standard_normal(values[name].shape)
        way *= STEP / max(float(np.linalg.norm(way)), np.finfo(float).tiny)
        ends = []
        for moved in (values[name] + way, values[name] - way):
            losses = []
            for one in (live, other):
                one.set({**values, name: moved})
                losses.append(one.loss())
            ends.append(losses[0] - losses[1])
        slopes.append((ends[0] - ends[1]) / (2.0 * STEP))
    return float(np.sqrt(np.mean(np.square(slopes)) * values[name].size))


def unguarded(program: Program) -> Program | None:
    """The program with what is added inside of logarithms made next to nothing; None where nothing is.

    Raises:
        SubjectError: when the module raises.
    """
    code = _without_offsets(program)
    if code is None:
        return None
    return Program(program.path, program.source, program.wiring, seed=program.seed, code=code)


def _without_offsets(program: Program) -> types.CodeType | None:
    given = program.wiring.given
    tree = ast.parse(program.source if given is None else definitions_alone(program.source))
    small = _small_numbers(tree)
    found = False
    for node in ast.walk(tree):
        inside = node.args[0] if is_logarithm(node) else None
        for part in ast.walk(inside) if inside is not None else ():
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
                for side in ("right", "left"):
                    offset = getattr(part, side)
                    if _is_small(offset, small):
                        less = ast.BinOp(ast.Constant(LESS), ast.Mult(), offset)
                        setattr(part, side, ast.fix_missing_locations(ast.copy_location(less, offset)))
                        found = True
                        break
    return compile(tree, program.path, "exec", dont_inherit=True) if found else None


def is_logarithm(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether an expression calls a logarithm, to any base, of something."""
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return name in LOGARITHMS and isinstance(node, ast.Call) and bool(node.args)


def _is_small(node: ast.expr, names: set[str]) -> bool:
    """Whether an expression is a small number, written down or by a name that is given one."""
    if isinstance(node, ast.Constant):
        return _small(node)
    return getattr(node, "attr", getattr(node, "id", "")) in names


def _small_numbers(tree: ast.Module) -> set[str]:
    """The names, attributes and arguments that are given a small number anywhere, and nothing else."""
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                given.setdefault(getattr(target, "attr", getattr(target, "id", "")), []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args]
            for argument, value in zip(arguments[::-1], node.args.defaults[::-1], strict=False):
                given.setdefault(argument.arg, []).append(value)
    names = {name for name, values in given.items() if any(map(_small, values))}
    handed = {name for name in names if all(_small(v) or isinstance(v, ast.Name) for v in given[name])}
    return handed - {""}


def _small(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is float and 0.0 < node.value <= LARGEST
