"""The network's outputs for the samples: what calls returned, and what functions nobody called would."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.leaves import as_array, is_numeric
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.naming import is_backward, is_forward
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.otherwise import with_other_labels
from gradcheck.subject.discover.pool import Pool
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.program import Live
from gradcheck.subject.slots import Slot
from gradcheck.subject.statements import Function

NAMED = re.compile(
    r"^(l|a|o|p|h|y|z)(_?(hat|pred|\d))|^(out|pred|layer|prob|guess|estim|act|result)|^(a|o|p|h|out)$"
)
MOST = 40


def output_expressions(seen: Observation) -> list[str]:
    """Expressions that may be the outputs, those of outer calls and of likely names first."""
    return list(
        dict.fromkeys([*_returned(seen), *_uncalled(seen), *_local(seen), *_uncalled(seen, unnamed=True)])
    )[:MOST]


def _inputs_for(pool: Pool, function: Function, *, skip: int) -> list[list[str]]:
    """Arguments for a function that computes outputs: what it takes alone are the inputs, whatever it calls them."""
    parameters = [*function.args.posonlyargs, *function.args.args][skip:]
    alone = [[said] for said in pool.inputs] if len(parameters) == 1 else []
    return [*alone, *pool.arguments(function, skip=skip)][:3]


def _local(seen: Observation) -> Iterator[str]:
    """What functions, or a script, call their outputs themselves; the last that was assigned first."""
    script = seen.driver.stage.scene.script
    for call in seen.watch.calls[1:]:
        function = script.functions.get((call.code.co_firstlineno, call.code.co_name))
        body = script.tree if call.code.co_name == "<module>" else function
        if body is None:
            continue
        lines = {
            n.id: n.lineno for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for name in sorted(lines, key=lambda n: -lines[n]):
            if NAMED.match(name.lower()) and not is_backward(name):
                moment = Moment(call, {**call.given, **call.names}, 10**9)
                try:
                    yield seen.phrases.expression(ast.Name(name, ast.Load()), moment)
                except CannotSayError:
                    continue


def _returned(seen: Observation) -> Iterator[str]:
    for call in sorted(seen.calls, key=lambda c: (len(c.chain), -c.number)):
        if not call.returned or not is_forward(call.code.co_name):
            continue
        try:
            said = seen.phrases.call(call)
        except CannotSayError:
            continue
        yield said
        if isinstance(call.value, tuple | list):
            yield from [f"{said}[{i}]" for i in (-1, *range(len(call.value) - 1))][:6]
            yield from (f"{said}[{i}][-1]" for i in range(min(len(call.value), 3)))


def _uncalled(seen: Observation, *, unnamed: bool = False) -> Iterator[str]:
    """What functions that nobody called would give: those named for it, or all others."""
    script = seen.driver.stage.scene.script
    ran = {(call.code.co_firstlineno, call.code.co_name) for call in seen.watch.calls}
    pool = Pool(seen)
    for key, function in script.functions.items():
        if key in ran or isinstance(function, ast.Lambda) or function.name.startswith("__"):
            continue
        if is_forward(function.name) == unnamed or is_backward(function.name):
            continue
        owner = script.owners.get(id(function))
        for receiver in pool.instances(owner.name) if owner is not None else [""]:
            for given in _inputs_for(pool, function, skip=int(owner is not None)):
                said = (
                    f"{receiver}.{function.name}({', '.join(given)})"
                    if receiver
                    else f"{function.name}({', '.join(given)})"
                )
                yield said
                yield f"{said}[-1]"


def read(live: Live, expression: str) -> Any:
    """The numbers that an expression gives; None where it gives none."""
    try:
        value = live.evaluate(expression)
    except Exception:  # noqa: BLE001 -- a guess that failed
        return None
    return as_array(value) if is_numeric(value) else None


def depends(live: Live, expression: str, value: Any, where: str) -> bool:
    """Whether outputs move when the numbers at `where` do."""
    slot = Slot(where, where)
    try:
        before = slot.read(live.scope)
        slot.write(live.scope, before + 0.01 * (1 + np.abs(before)))
        changed = read(live, expression)
        slot.write(live.scope, before)
    except Exception:  # noqa: BLE001 -- the user's objects may refuse
        return False
    return changed is not None and changed.shape == value.shape and not np.array_equal(changed, value)


def network_outputs(
    seen: Observation, expressions: list[str], labels: str, where: str
) -> Iterator[tuple[str, Any]]:
    """Those expressions that give outputs for the samples, with their values.

    Args:
        seen: the observed update.
        expressions: what to try.
        labels: an expression of the labels; empty where they are not known.
        where: a parameter that the outputs depend on.
    """
    try:
        live = seen.driver.stage.start()
    except GradcheckError:
        return
    wanted = read(live, labels) if labels else None
    other = with_other_labels(seen)
    for expression in expressions:
        value = read(live, expression)
        if value is None or not fits_labels(value, wanted) or not depends(live, expression, value, where):
            continue
        if other is None or np.array_equal(value, read(other, expression), equal_nan=True):
            yield expression, value


def fits_labels(value: Any, labels: Any) -> bool:
    """Whether an array may hold the outputs for some labels: of their shape, or classes beside samples."""
    if labels is None:
        return bool(value.ndim)
    if value.shape == labels.shape or (value.size == labels.size and value.size == 1):
        return True
    count = max(labels.shape, default=0)
    return value.ndim == 2 and count in value.shape and count > 0
