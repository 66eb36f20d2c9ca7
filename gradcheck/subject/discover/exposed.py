"""Where the gradient can be had: returned by a call, kept on an object, or in the hands of a function."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leading import prefix_to, sequence_to
from gradcheck.subject.discover.leaves import as_array, is_numeric, leaves
from gradcheck.subject.discover.matching import match, parallel, same_signs
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.statements import Function
from gradcheck.subject.wiring import Grads

MOST_CALLS = 200
PER_FUNCTION = 3
SEEN_IMPORT = "from gradcheck.subject.seen import locals_of"


@dataclass(frozen=True, slots=True, eq=False)
class Exposed:
    """A way to have the gradient.

    Attributes:
        grads: statements and expressions.
        matched: share of the parameters whose update is a multiple of it, or has its signs.
        kind: "returned", "kept" or "held".
        setup: a statement it needs in the setup.
        rank: lower is more natural.
    """

    grads: Grads
    matched: float
    kind: str
    setup: str = ""


def exposed(seen: Observation, params: Mapping[str, Moved]) -> list[Exposed]:
    """Ways to have the gradient of all parameters, the most convincing first."""
    found = [*_returned(seen, params), *_kept(seen, params), *_held(seen, params)]
    order = {"returned": 0, "kept": 1, "held": 2}
    return sorted(found, key=lambda item: (-item.matched, order[item.kind], len(item.grads.run)))


def _telling(calls: Sequence[Call]) -> Iterator[Call]:
    """Calls that returned something that may be a gradient, a few of each function."""
    seen: Counter[Any] = Counter()
    for call in calls[:MOST_CALLS]:
        name = call.code.co_name
        if not call.returned or call.value is None or name == "<lambda>":
            continue
        if name.startswith("__") and name != "__call__":
            continue
        seen[call.code] += 1
        if seen[call.code] <= PER_FUNCTION:
            yield call


def _parts(value: Any) -> list[tuple[str, NDArray[np.float64]]]:
    found = []
    for leaf in leaves({"g": value}, most=400):
        array = as_array(leaf.value)
        if array is not None and array.dtype.kind == "f":
            found.append((leaf.expression[1:], array))
    if isinstance(
        value, tuple | list
    ):  # what is one array to numpy may be one gradient an item to its author
        found += [
            (f"[{i}]", a) for i, v in enumerate(value) if is_numeric(value) and (a := as_array(v)) is not None
        ]
    return found


def _is_parameters(parts: Sequence[tuple[str, NDArray[np.float64]]], params: Mapping[str, Moved]) -> bool:
    """Whether what was returned are the parameters themselves."""
    values = [value for moved in params.values() for value in (moved.before, moved.after) if value.any()]
    same = sum(any(part.shape == v.shape and np.array_equal(part, v) for v in values) for _, part in parts)
    return same >= 0.5 * max(len(params), 1)


def _speaks_of_gradient(name: str) -> bool:
    return bool(re.search(r"grad|slope|deriv|delta|nabla|back|bprop|(^|[._])d_?[A-Za-z]", name))


def _returned(seen: Observation, params: Mapping[str, Moved]) -> Iterator[Exposed]:
    shapes = Counter(moved.before.shape for moved in params.values())
    for call in _telling(seen.calls):
        parts = _parts(call.value)
        if shapes - Counter(part.shape for _, part in parts) or _is_parameters(parts, params):
            continue
        chosen, share = match(params, parts)
        if len(chosen) < len(params) or (share == 0 and not _speaks_of_gradient(call.code.co_name)):
            continue
        seen.phrases.drawn = False
        try:
            said = seen.phrases.call(call)
        except CannotSayError:
            continue
        name = _free(seen, "g", "grads", "gradient")
        of = {param: f"{name}{suffix}" for param, suffix in chosen.items()}
        expected = {param: dict(parts)[suffix] for param, suffix in chosen.items()}
        lines = sequence_to(seen, call, f"{name} = {said}", of, expected)
        if lines is not None:
            yield Exposed(Grads("\n".join(lines), of), share, "returned")


def _kept(seen: Observation, params: Mapping[str, Moved]) -> Iterator[Exposed]:
    expressions = {moved.expression for moved in params.values()}
    parts = [
        (number.expression, number.after)
        for number in seen.numbers.values()
        if number.expression not in expressions and number.moved
    ]
    known = {number.expression for number in seen.numbers.values()}
    parts += [(e, v) for e, v in _new(seen) if e not in known]
    if len(parts) < len(params):
        return
    chosen, share = match(params, parts)
    if len(chosen) < len(params) or (share == 0 and not all(map(_speaks_of_gradient, chosen.values()))):
        return
    expected = {param: dict(parts)[expression] for param, expression in chosen.items()}
    for call in [seen.watch.calls[0], *_frames(seen)]:
        lines = prefix_to(seen, call, chosen, expected)
        if lines:
            yield Exposed(Grads("\n".join(lines), chosen), share, "kept")
            return


def _frames(seen: Observation) -> list[Call]:
    """Calls that called others, the outer ones first, one of each function."""
    found: dict[Any, Call] = {}
    callers = {id(call.caller) for call in seen.calls}
    for call in sorted(seen.calls[:MOST_CALLS], key=lambda c: len(c.chain)):
        if id(call) in callers:
            found.setdefault(call.code, call)
    return list(found.values())


def _new(seen: Observation) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Numbers that the scope reaches after the update and did not before."""
    from gradcheck.subject.discover.observation import numbers_of

    for expression, value in numbers_of(seen.live).items():
        root = re.split(r"[.\[]", expression, maxsplit=1)[0]
        if root not in seen.own:
            yield expression, value


def _held(seen: Observation, params: Mapping[str, Moved]) -> Iterator[Exposed]:
    """Gradients that are only local names, of one function for all parameters, known by their direction."""
    by_code: dict[Any, list[Call]] = {}
    for call in sorted(seen.calls, key=lambda c: (c.ended, -c.number)):
        by_code.setdefault(call.code, []).append(call)
    for code, calls in by_code.items():
        chosen: dict[str, str] = {}
        for name, moved in params.items():
            found = [
                (f"[{index}]", part)
                for index, call in enumerate(calls)
                if _handles(call, moved)
                for part in [_best_local(call, moved)]
                if part
            ]
            if len(found) >= 1:
                chosen[name] = found[0][0] + found[0][1]
        if len(chosen) < len(params):
            continue
        said = _function(seen, code)
        if said is None or "\n" in seen.driver.text or not seen.driver.plain:
            continue
        name = _free(seen, "seen", "held")
        run = f"{name} = locals_of({said}, lambda: {_expression(seen.driver.text)})"
        of = {param: f"{name}{suffix}" for param, suffix in chosen.items()}
        yield Exposed(Grads(run, of), 1.0, "held", SEEN_IMPORT)


def _handles(call: Call, moved: Moved) -> bool:
    """Whether a function had a parameter in its hands, by itself or on its receiver."""
    values = {**call.given, **call.names}
    receiver = values.get("self")
    held = [*values.values(), *(vars(receiver).values() if hasattr(receiver, "__dict__") else ())]
    for value in held:
        array = as_array(value) if is_numeric(value) else None
        if array is None or array.shape != moved.before.shape:
            continue
        if np.array_equal(array, moved.after) or np.array_equal(array, moved.before):
            return True
    return False


def _best_local(call: Call, moved: Moved) -> str:
    """The local name whose value has the direction of a parameter's update, or its signs."""
    parts = []
    for name, value in {**call.given, **call.names}.items():
        array = as_array(value) if is_numeric(value) else None
        if array is None or array.dtype.kind != "f" or array.shape != moved.before.shape:
            continue
        if name.isidentifier() and not any(np.array_equal(array, v) for v in (moved.before, moved.after)):
            parts.append((name, array))
    for test in (parallel, same_signs):
        fits = [name for name, part in parts if test(moved.update, part)]
        if fits:
            named = [name for name in fits if re.search(r"grad|^d_?[a-zA-Z]|^g|delta|nabla", name)]
            return f"[{(named or fits)[0]!r}]"
    return ""


def _expression(text: str) -> str:
    """A statement as an expression: what it assigns is not needed."""
    statement = ast.parse(text).body[0]
    value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    return ast.unparse(value) if value is not None else text


def _function(seen: Observation, code: Any) -> str | None:
    script = seen.driver.stage.scene.script
    node = script.functions.get((code.co_firstlineno, code.co_name))
    if not isinstance(node, Function):
        return None
    owner = script.owners.get(id(node))
    if owner is not None:
        return f"m.{owner.name}.{node.name}"
    return f"m.{node.name}" if node in script.tree.body else None


def _free(seen: Observation, *names: str) -> str:
    taken = set(seen.live.scope) | set(seen.live.program.module.__dict__) - seen.own
    return next((name for name in names if name not in taken), names[0] + "_")
