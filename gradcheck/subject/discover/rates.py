"""The rate of an update: the number that, doubled, doubles every change."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.discover.apart import bodies_of, decays_apart
from gradcheck.subject.discover.drivers import Driver
from gradcheck.subject.discover.leaves import as_array, fetch
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.program import Live

RATE = re.compile(
    r"(^|[^a-z])(lr|alpha|eta|rate|learning|step|epsilon|eps|gamma|lrate|speed|a|nu|mu|tau|h|l_r)"
)
MOST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A number that scales updates.

    Attributes:
        expression: how the wiring says it.
        value: what it is.
        text: the statements of the update with the number doubled; None where it is doubled by `double`.
        double: doubles it in a network that was just started.
        called: what it is called where it is made, if the expression does not say.
    """

    expression: str
    value: float
    text: str | None = None
    double: Callable[[Live], None] | None = None
    called: str = ""

    @property
    def likely(self) -> bool:
        """Whether it is called what rates are called."""
        return bool(RATE.search((self.called or self.expression).lower()))


def find_rate(seen: Observation, params: Mapping[str, Moved]) -> Rate | None:
    """The rate of the observed update; None where no number in reach scales it."""
    updates = {name: moved.update for name, moved in params.items()}
    candidates = _candidates(seen)[:MOST]
    found = [rate for rate in candidates if _doubles(seen.driver, rate, params, updates)]
    if (
        not found
    ):  # the update of weights that decay too need not double, nor one that sees others updated already
        apart = decays_apart(seen)
        found = [
            rate
            for rate in candidates
            if (rate.likely or apart)
            and any(_doubles(seen.driver, rate, params, {n: updates[n]}) for n in updates)
        ]
    return next((rate for rate in found if rate.likely), found[0] if found else _typed(seen, set(params)))


def _typed(seen: Observation, params: set[str]) -> Rate | None:
    """A rate that is only a number in the statements of the update: `W -= 0.01 * dW`; the same in all of them."""
    bodies = bodies_of(seen)
    names = {_last(expression) for expression in params}
    names |= {n.id for b in bodies for f in ast.walk(b) if isinstance(f, ast.For) for n in _names(f.target)}
    numbers = {
        number
        for body in bodies
        for node in ast.walk(body)
        if isinstance(node, ast.AugAssign | ast.Assign) and (number := _factor(node, names)) is not None
    }
    value = numbers.pop() if len(numbers) == 1 else None
    return Rate(repr(value), value) if value is not None else None


def _factor(node: ast.AugAssign | ast.Assign, names: set[str]) -> float | None:
    """The small number that a change of one of some names is multiplied with; None where there is none."""
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    change: ast.expr | None = None
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        change = node.value
    elif isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add | ast.Sub):
        change = node.value.right if ast.unparse(node.value.left) == ast.unparse(target) else None
    while isinstance(change, ast.BinOp) and isinstance(change.op, ast.Mult | ast.MatMult | ast.Div):
        change = change.left
    if not isinstance(change, ast.Constant) or _last(ast.unparse(target)) not in names:
        return None
    return change.value if isinstance(change.value, float) and 0 < change.value < 1 else None


def _names(target: ast.expr) -> list[ast.Name]:
    return [node for node in ast.walk(target) if isinstance(node, ast.Name)]


def _last(expression: str) -> str:
    """The last name of a path, what is in brackets left out."""
    names = re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^\]]*\]", "", expression))
    keys = re.findall(r"\['([A-Za-z_]\w*)'\]$", expression)
    found: list[str] = keys or names or [expression]
    return found[-1]


def updates_with(
    driver: Driver, rate: Rate | None, params: Mapping[str, Moved]
) -> dict[str, NDArray[np.float64]] | None:
    """The updates of a driver, with a rate doubled; None where the code raises."""
    try:
        live = driver.stage.start()
        if rate is not None and rate.double is not None:
            rate.double(live)
        live.execute(driver.text if rate is None or rate.text is None else rate.text)
    except Exception:  # noqa: BLE001 -- not every number can be assigned, nor does everything run with twice of it
        return None
    found = {}
    for name, moved in params.items():
        try:
            value = as_array(fetch(live, moved.expression))
        except Exception:  # noqa: BLE001 -- the doubled rate may have broken anything
            return None
        if value is None or value.shape != moved.before.shape:
            return None
        found[name] = moved.before - value
    return found


def _doubles(
    driver: Driver, rate: Rate, params: Mapping[str, Moved], updates: Mapping[str, NDArray[np.float64]]
) -> bool:
    twice = updates_with(driver, rate, params)
    if twice is None:
        return False
    for name, update in updates.items():
        slack = 1e-9 * float(np.abs(params[name].before).max(initial=0.0))
        if not np.allclose(twice[name], 2 * update, rtol=1e-6, atol=slack):
            return False
    return any(update.any() for update in updates.values())


def _candidates(seen: Observation) -> list[Rate]:
    found = [*_written(seen.driver.text), *_reached(seen), *_defaults(seen)]
    return sorted(found, key=lambda rate: not rate.likely)


def _written(text: str) -> Iterator[Rate]:
    """Numbers typed in the update's own statements."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is float and node.value not in {0.0, 1.0}:
            value = node.value
            node.value = 2 * value
            doubled = ast.unparse(tree)
            node.value = value
            yield Rate(repr(value), value, text=doubled)


def _reached(seen: Observation) -> Iterator[Rate]:
    """Single numbers in the scope; those of one name and value are copies, and are doubled together."""
    groups: dict[tuple[str, float], list[str]] = {}
    for expression, moved in seen.numbers.items():
        if moved.before.ndim or moved.moved or expression in seen.parameters:
            continue
        value = float(moved.before)
        if np.isfinite(value) and value != 0.0:
            groups.setdefault((re.split(r"[.\[]", expression)[-1], value), []).append(expression)
    for (_, value), expressions in groups.items():

        def double(live: Live, expressions: Sequence[str] = expressions) -> None:
            owners: dict[object, str] = {}
            for expression in expressions:
                owner = expression.rpartition(".")[0]
                key = id(fetch(live, owner)) if owner else expression
                owners[key] = expression
            for expression in owners.values():
                live.scope["__gradcheck_value__"] = 2 * fetch(live, expression)
                exec(f"{expression} = __gradcheck_value__", live.scope)  # noqa: S102 -- as above

        yield Rate(expressions[0], value, double=double)


def _defaults(seen: Observation) -> Iterator[Rate]:
    """Defaults of the functions that ran."""
    codes = {call.code for call in seen.calls}
    for function in functions_of(seen.live.program.module.__dict__):
        if (function.__code__.co_firstlineno, function.__code__.co_name) not in {
            (c.co_firstlineno, c.co_name) for c in codes
        }:
            continue
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        for at, value in enumerate(function.__defaults__ or ()):
            if type(value) is not float or value == 0.0:
                continue
            name = names[len(names) - len(function.__defaults__ or ()) + at]
            key = (function.__code__.co_firstlineno, function.__code__.co_name)

            def double(live: Live, key: tuple[int, str] = key, at: int = at) -> None:
                for other in functions_of(live.program.module.__dict__):
                    if (other.__code__.co_firstlineno, other.__code__.co_name) == key and other.__defaults__:
                        changed = list(other.__defaults__)
                        changed[at] *= 2
                        other.__defaults__ = tuple(changed)

            rate = Rate(repr(value), value, double=double, called=name)
            if RATE.search(name.lower()):
                yield rate


def functions_of(module: Mapping[str, Any]) -> Iterator[types.FunctionType]:
    """Functions and methods that a module defines."""
    for value in list(module.values()):
        if isinstance(value, types.FunctionType):
            yield value
        elif isinstance(value, type) and value.__module__ == module.get("__name__"):
            for item in vars(value).values():
                plain = getattr(item, "__func__", item)
                if isinstance(plain, types.FunctionType):
                    yield plain
