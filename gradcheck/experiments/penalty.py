"""Scale the penalty: switch a hyper-parameter off, and compare what that does to the loss and to the gradient.

The difference cancels the data term, so the penalty shows even while another fault spoils every gradient.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.residuals import multiple
from gradcheck.findings import Observation
from gradcheck.numerics import numerical_gradient
from gradcheck.subject.objects import is_plain_object
from gradcheck.subject.program import Program, Values
from gradcheck.subject.truth import fit_shape, same_loss
from gradcheck.subject.wiring import Grads, Step, Wiring

Terms: TypeAlias = dict[str, dict[str, float | None]]

DEPTH = 3
MANY = 32
# A container with more items than this is data, not a handful of layers or settings.


def scale_penalty(lab: Lab) -> Observation:
    """Facts: `scalar` (the hyper-parameter, or ""), `value`, and `terms`.

    `line` is where the loss uses it, 0 if that cannot be told. `terms` maps a parameter W to {"loss": c, "code": d}:
    the penalty adds c W to the true gradient and d W to the code's, None where what it adds is no multiple of W.
    """
    for name, value, wiring in switched_off(lab):
        try:
            terms = _terms(lab, wiring)
        except GradcheckError:
            continue
        if terms:
            facts = {"scalar": name, "value": value, "terms": terms, "line": _line_in_loss(lab, name)}
            return Observation("scale_penalty", facts, _summary(name, terms))
    return Observation("scale_penalty", {"scalar": "", "terms": {}})


def switched_off(lab: Lab) -> Iterator[tuple[str, float, Wiring]]:
    """Hyper-parameters whose being 0 changes the loss, with the wiring that makes them 0."""
    seen: set[str] = set()
    for path, value in _numbers_in_scope(lab):
        wiring = replace(lab.wiring, setup=f"{lab.wiring.setup}\n{path} = 0.0")
        if path not in seen and _loss_differs(lab, wiring):
            seen.add(path)
            yield path, value, wiring
    for (name, value), statements in _defaults(lab).items():
        wiring = replace(lab.wiring, setup="\n".join([lab.wiring.setup, *statements]))
        if _loss_differs(lab, wiring):
            yield name, value, wiring
    for value in _literals(lab.wiring.loss):
        wiring = _without(lab.wiring, value)
        if _loss_differs(lab, wiring):
            yield repr(value), value, wiring


def _line_in_loss(lab: Lab, scalar: str) -> int:
    """The last line of the loss that names the scalar: what scales the penalty, rather than what fetches it."""
    word = re.split(r"[.\[\]'\"]+", scalar.rstrip("]'\""))[-1]
    reached = set(lab.tracer.recording(lambda live: live.loss()).reached)
    lines = [
        site.line
        for site in lab.tracer.source.sites
        if site.statement in reached
        and word in {getattr(site.node, "id", ""), getattr(site.node, "attr", "")}
    ]
    return max(lines, default=0)


def _terms(lab: Lab, wiring: Wiring) -> Terms:
    program = lab.variant(wiring)
    values = lab.truth.values
    loss_with, loss_without = _loss_of(lab.program), _loss_of(program)
    entries = lab.truth.entries
    difference = numerical_gradient(
        lambda v: loss_with(v) - loss_without(v), values, entries=entries, seed=lab.seed
    )
    code = lab.at_truth(program).gradient()
    terms: Terms = {}
    for name, weights in values.items():
        one, other = (fit_shape(gradient[name], weights.shape) for gradient in (lab.gradient, code))
        if one is None or other is None:
            continue
        known = np.isfinite(difference.values[name])
        true = multiple(difference.values[name][known], weights[known])
        used = one[known] - other[known]
        own = multiple(used, weights[known]) if np.any(used) else 0.0
        if true is not None or (own and not np.any(difference.values[name][known])):
            terms[name] = {"loss": 0.0 if true is None else true, "code": own}
    return _alike(terms, {name: value.size for name, value in values.items()})


def _alike(terms: Terms, sizes: Mapping[str, int]) -> Terms:
    """The terms, those of single numbers only where another parameter has one: any number is a multiple of another."""
    sure = [loss for name, term in terms.items() if (loss := term["loss"]) and sizes[name] > 1]
    return {
        name: term
        for name, term in terms.items()
        if sure
        and (sizes[name] > 1 or any(np.isclose(term["loss"] or 0.0, loss, rtol=1e-6) for loss in sure))
    }


def _loss_of(program: Program) -> Any:
    live = program.start()

    def loss(values: Values) -> float:
        live.set(values)
        return live.loss()

    return loss


def _loss_differs(lab: Lab, wiring: Wiring) -> bool:
    try:
        loss = lab.at_truth(lab.variant(wiring)).loss()
    except GradcheckError:
        return False
    return bool(np.isfinite(loss)) and not same_loss(loss, lab.truth.loss)


def _numbers_in_scope(lab: Lab) -> list[tuple[str, float]]:
    """Assignable numbers that objects in the wiring's scope and the module hold, by path; floats before counts."""
    live = lab.program.start()
    own = {
        f"m.{name}": value for name, value in lab.program.module.__dict__.items() if not name.startswith("__")
    }
    named = {**{name: value for name, value in live.scope.items() if name not in {"m", "np"}}, **own}
    found: list[tuple[str, float]] = []
    taken = set(lab.wiring.params.values())
    for name, value in named.items():
        _collect(name, value, found, set(), 0)
    free = [(path, value) for path, value in found if path not in taken and value]
    return sorted(free, key=lambda pair: isinstance(pair[1], int))


def _collect(path: str, value: Any, found: list[tuple[str, float]], seen: set[int], depth: int) -> None:
    if isinstance(value, np.floating):
        found.append((path, float(value)))
    elif type(value) in {float, int}:
        found.append((path, value))
    elif depth < DEPTH and id(value) not in seen:
        seen.add(id(value))
        for step, item in _inside(value):
            _collect(f"{path}{step}", item, found, seen, depth + 1)


def _inside(value: Any) -> list[tuple[str, Any]]:
    """What a container or an object holds, with the text that reaches it; nothing of data, classes and modules."""
    if isinstance(value, list | tuple) and len(value) <= MANY:
        held = [(f"[{at}]", item) for at, item in enumerate(value)]
        return [(step, item) for step, item in held if hasattr(item, "__dict__") or isinstance(item, dict)]
    if isinstance(value, dict) and len(value) <= MANY:
        return [(f"[{key!r}]", item) for key, item in value.items()]
    plain = is_plain_object(value) and type(value).__module__ != "builtins"
    return (
        [(f".{name}", item) for name, item in vars(value).items() if not name.startswith("__")]
        if plain
        else []
    )


def _defaults(lab: Lab) -> dict[tuple[str, float], list[str]]:
    """Floats that arguments are by default: name and value -> statements that make every such default 0."""
    found: dict[tuple[str, float], list[str]] = {}
    module = lab.program.module.__dict__
    for path, function in _functions(module, "m"):
        if function.__globals__ is not module:
            continue  # imported, and everybody's
        defaults = function.__defaults__ or ()
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        for place, (name, value) in enumerate(zip(names[-len(defaults) :], defaults, strict=False)):
            if type(value) in {float, int} and value:
                own = f"{path}.__defaults__"
                text = f"{own} = (*{own}[:{place}], 0.0, *{own}[{place + 1}:])"
                found.setdefault((name, value), []).append(text)
        for name, value in (function.__kwdefaults__ or {}).items():
            if type(value) in {float, int} and value:
                found.setdefault((name, value), []).append(f"{path}.__kwdefaults__[{name!r}] = 0.0")
    return found


def _functions(held: Mapping[str, Any], path: str) -> Iterator[tuple[str, FunctionType]]:
    """The functions of the file, and the methods of its classes, with the text that reaches each."""
    for name, value in held.items():
        if isinstance(value, FunctionType):
            yield f"{path}.{name}", value
        elif isinstance(value, type) and path == "m":
            yield from _functions(vars(value), f"m.{name}")


def _literals(text: str) -> list[float]:
    return [
        n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and type(n.value) is float
    ]


def _without(wiring: Wiring, value: float) -> Wiring:
    """The wiring with every literal equal to `value` made 0 in the loss and in the gradient's statements."""
    loss, run = (text.replace(repr(value), "0.0") for text in (wiring.loss, wiring.run))
    return replace(
        wiring,
        loss=loss,
        grads=Grads(run, wiring.grads.of) if wiring.grads else None,
        step=Step(run, wiring.step.lr) if wiring.step else None,
    )


def _summary(name: str, terms: Terms) -> str:
    off = [
        w
        for w, term in terms.items()
        if term["code"] is None or abs(term["code"] - (term["loss"] or 0.0)) > 1e-6
    ]
    return f"the gradient of the penalty scaled by {name} is wrong for {', '.join(off)}" if off else ""
