"""Faults of hidden deltas."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.quality.injections.statements import Injector, Pair, Statement, bracket, derivative, statement
from tests.quality.styles import Roles


def _hidden(change: Callable[[Statement, str, str, str, str], str]) -> Injector:
    """An injector that gives every hidden delta the value that `change(role, above, slope, z, h)` says."""

    def inject(roles: Roles) -> Iterator[Pair]:
        for hidden in roles.hidden:
            role = statement(hidden.at)
            above, slope = derivative(role)
            value = change(role, above, slope, hidden.z, hidden.h)
            if value:
                yield role.with_value(value)

    return inject


def _at_activation(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    names = {ast.unparse(n) for n in ast.walk(ast.parse(slope)) if isinstance(n, ast.expr)}
    if z and ast.unparse(ast.parse(z, mode="eval")) in names:
        return f"{bracket(above)} * {slope.replace(z, h)}"
    return ""


def _other_slope(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z
    h = ast.unparse(ast.parse(h, mode="eval"))
    other = f"(1 - {h} ** 2)" if f"{h} * (1 - {h})" in slope or h not in slope else f"{h} * (1 - {h})"
    return f"{bracket(above)} * {other}"


def _wrong_slope(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z
    h = ast.unparse(ast.parse(h, mode="eval"))
    if slope == f"(1 - {h} ** 2)":
        return f"{bracket(above)} * (1 - {h}) ** 2"
    return ""


def _untransposed(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z, h
    return f"{bracket(above.replace('.T', '', 1))} * {slope}" if ".T" in above else ""


def mean_again(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden if roles.n else ():
        role = statement(hidden.at)
        yield role.with_value(f"{role.right} / {roles.n}")


def other_cache(roles: Roles) -> Iterator[Pair]:
    for one in roles.hidden:
        for other in roles.hidden:
            for mine, theirs in ((one.z, other.z), (one.h, other.h)):
                if one is not other and mine and theirs and mine in one.at.split("=", 1)[1]:
                    yield one.at, one.at.replace(mine, theirs)


def updated_first(roles: Roles) -> Iterator[Pair]:
    """The weights that a delta goes back through take their step on the line before it."""
    for hidden, weight in zip(roles.hidden, roles.weights, strict=False):
        above = derivative(statement(hidden.at))[0] if ".T" in hidden.at else hidden.above
        found = re.search(r"([\w.]+(?:\[[^\]]*\])?)\.T", above)
        if found:
            yield hidden.at, f"{found[1]} -= 0.1 * {statement(weight).target}\n{hidden.at}"


HIDDEN: dict[str, Injector] = {
    "GC201": _hidden(lambda _r, above, _s, _z, _h: above),
    "GC202": _hidden(_at_activation),
    "GC203": _hidden(lambda _r, above, slope, _z, _h: f"{bracket(above)} * {slope} * {slope}"),
    "GC204": _hidden(_other_slope),
    "GC205": _hidden(lambda _r, above, _s, _z, h: f"{bracket(above)} * {h}"),
    "GC207": _hidden(_untransposed),
    "GC209": _hidden(lambda role, _a, _s, _z, _h: f"np.zeros_like({role.right})"),
    "GC210": _hidden(lambda role, _a, _s, _z, _h: f"-({role.right})"),
    "GC212": _hidden(lambda _r, _a, slope, _z, _h: f"1.0 * {slope}"),
    "GC229": _hidden(_wrong_slope),
    "GC206": other_cache,
    "GC208": updated_first,
    "GC211": mean_again,
}
