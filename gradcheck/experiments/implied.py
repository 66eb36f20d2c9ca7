"""The loss that a gradient belongs to, where it is not the one that the code has, or shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab, check_gradients
from gradcheck.experiments.residuals import fits_of
from gradcheck.findings import Observation
from gradcheck.numerics import Verdict
from gradcheck.subject.discover.forms import Form, loss_forms
from gradcheck.subject.points import shifted
from gradcheck.subject.slots import as_numbers
from gradcheck.subject.truth import measure

CLOSE = 1e-5
POINTS = 3  # where two losses must be the same number before one is called the other


def implied_loss(lab: Lab) -> Observation:
    """Facts, none where the gradient is that of the loss: `implied`, `told`, `text`, `lines`, `shown`.

    `implied` names the loss that the gradient is the derivative of, `text` is its expression; `told` names the loss
    that the code has, or its expression; `lines` are those of the code's loss; `shown` says whether that is only
    shown, while nothing but the gradient tells what is trained on.
    """
    wiring = lab.wiring
    told = wiring.shown or wiring.loss
    wrong = lab.wrong and lab.wrong >= {n for n, g in lab.gradient.items() if g.any()}
    if not (wiring.outputs and wiring.labels) or not (wiring.shown or wrong):
        return Observation("implied_loss", {})
    forms = list(_forms(lab))
    implied = next((form for form in forms if _fits(lab, form)), None)
    named = next((form for form in forms if _same(lab, form.expression, told)), None)
    if (
        implied is None
        or (named is not None and named.kind == implied.kind)
        or (wiring.shown and named is None)
    ):
        return Observation("implied_loss", {})
    facts = {
        "implied": implied.name,
        "text": implied.expression,
        "told": named.name if named is not None else told,
        "lines": _lines(lab.source, told),
        "shown": bool(wiring.shown),
    }
    return Observation("implied_loss", facts, f"the gradient is that of {implied.name}")


def _forms(lab: Lab) -> Iterator[Form]:
    wiring = lab.wiring
    live = lab.program.start()
    try:
        value, labels = (as_numbers(live.evaluate(text), text) for text in (wiring.outputs, wiring.labels))
    except GradcheckError:
        return
    yield from loss_forms(wiring.outputs, value, wiring.labels, labels)


def _fits(lab: Lab, form: Form) -> bool:
    """Whether the code's gradient is that of a loss, or of it and a penalty on the weights."""
    try:
        program = lab.variant(replace(lab.wiring, loss=form.expression))
        if not _along(lab, form):
            return False
        truth = measure(program, lab.truth.point, seed=lab.seed)
        found = check_gradients(lab.gradient, truth.numerical, truth.values)
        wrong = [name for name, check in found.items() if check.verdict is Verdict.FAIL]
        fits = fits_of(lab.gradient, truth.numerical, truth.values, wrong)["fits"]
    except GradcheckError:
        return False
    return len(wrong) < len(found) and all("weights" in fits[name] for name in wrong)


def _along(lab: Lab, form: Form) -> bool:
    """Whether a loss rises along the vectors, which no penalty is on, as the code's gradient says: a first look."""
    live, values = lab.program.start(), lab.truth.values
    vectors = [n for n, v in values.items() if len([k for k in v.shape if k > 1]) < 2] or list(values)
    rng = np.random.default_rng(lab.seed)
    ways = {name: rng.standard_normal(values[name].shape) for name in vectors}
    ends = []
    for step in (1e-5, -1e-5):
        live.set({**values, **{name: values[name] + step * ways[name] for name in vectors}})
        ends.append(float(live.evaluate(form.expression)))
    slope = (ends[0] - ends[1]) / 2e-5
    expected = sum(
        float(np.sum(lab.gradient[name] * ways[name].reshape(lab.gradient[name].shape))) for name in vectors
    )
    return bool(abs(slope - expected) <= CLOSE * (abs(slope) + abs(expected)))


def _same(lab: Lab, one: str, other: str) -> bool:
    """Whether two expressions are the same number wherever the parameters are."""
    live = lab.program.start()
    start = live.parameters()
    for point in range(POINTS):
        live.set(shifted(start, seed=point) if point else start)
        try:
            a, b = (float(np.asarray(live.evaluate(text)).reshape(())) for text in (one, other))
        except (GradcheckError, TypeError, ValueError):
            return False
        if not abs(a - b) <= 1e-9 * (abs(a) + abs(b)):
            return False
    return True


def _lines(source: str, loss: str) -> list[int]:
    """The line of the file that the loss of a wiring comes from: what its function returns, or its own expression."""
    node = ast.parse(loss, mode="eval").body
    inner = node
    while isinstance(inner, ast.UnaryOp | ast.Subscript):
        inner = inner.operand if isinstance(inner, ast.UnaryOp) else inner.value
    name = ast.unparse(inner.func).rpartition(".")[2] if isinstance(inner, ast.Call) else ""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name == name:
            return [n.lineno for n in ast.walk(function) if isinstance(n, ast.Return)][-1:]
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call | ast.BinOp) and _stands_for(n, node)][
        :1
    ]


def _stands_for(typed: ast.AST, said: ast.AST) -> bool:
    """Whether an expression is another one in which some parts have names."""
    if isinstance(typed, ast.Name):
        return isinstance(said, ast.expr)
    if type(typed) is not type(said):
        return False
    for (_, one), (_, other) in zip(ast.iter_fields(typed), ast.iter_fields(said), strict=True):
        ones, others = (part if isinstance(part, list) else [part] for part in (one, other))
        if len(ones) != len(others):
            return False
        for a, b in zip(ones, others, strict=True):
            same = _stands_for(a, b) if isinstance(a, ast.AST) and isinstance(b, ast.AST) else a == b
            if not same:
                return False
    return True
