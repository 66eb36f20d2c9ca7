"""Predict, and watch for masks: units are dropped to train, and not where the network is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.masks import Mask, masks_in, shares_used
from gradcheck.experiments.predictors import predictions
from gradcheck.trace import Recorder, Site, SourceMap, recorded_from_start

Fact = dict[str, Any]

UNBIASED = 1e-6
PASSES = 5
# Passes of one mask in one prediction: whoever takes so many averages over them, which is Monte Carlo dropout.


def masked_predictions(lab: Lab) -> list[Fact]:
    """Functions that predict with units dropped, one a mask: {function, line, lines, kept, guard, call}.

    `line` is where the mask is made if nothing can go round it, and else the statement of the function that leads
    there; `guard` is the condition on which it depends.
    """
    source = lab.tracer.source
    found: dict[int, Fact] = {}
    for function, recorder in lab.once(predictions):
        for mask in masks_in(source, recorder):
            if mask.count < PASSES and mask.applied.number not in found:
                found[mask.applied.number] = _place(source, recorder, mask, function)
    return list({fact["line"]: fact for fact in reversed(found.values())}.values())


def biased_masks(lab: Lab) -> list[Fact]:
    """Masks whose mean in training is not 1, and no prediction makes up for: {function, line, kept, ratio}."""
    source = lab.tracer.source
    run = recorded_from_start(lab.path, source, lab.wiring, lab.seed, _trained)
    others = [recorder for _, recorder in lab.once(predictions)]
    others += (
        [lab.tracer.recording(lambda live: live.evaluate(lab.wiring.outputs))] if lab.wiring.outputs else []
    )
    found: dict[int, Fact] = {}
    for mask in masks_in(source, run):
        ratio = mask.share * mask.factor
        made_up = any(shares_used(source, other, ratio) for other in others)
        if abs(ratio - 1.0) > UNBIASED and not made_up:
            fact = {
                "function": mask.made.function,
                "line": mask.made.line,
                "kept": mask.share,
                "ratio": ratio,
            }
            found.setdefault(mask.made.number, fact)
    return list(found.values())


def _trained(live: Any) -> None:
    live.loss()
    live.gradient()


def _place(source: SourceMap, recorder: Recorder, mask: Mask, function: str) -> Fact:
    guards = [*_guards(source, mask.applied), *_guards(source, mask.made)]
    own = [n for n in recorder.reached if source.sites[n].function == function]
    before = [n for n in own if recorder.reached.index(n) <= recorder.reached.index(mask.made.statement)]
    call = source.sites[before[-1]] if before else mask.made
    lines = [_begun(source, mask.made).line, mask.made.line, mask.applied.line]
    if guards and mask.made.function != function:
        set_at = _setters(source, recorder, guards)
        lines = [call.line, *set_at, *lines]
    return {
        "function": function,
        "line": lines[0],
        "lines": list(dict.fromkeys(lines)),
        "kept": mask.share,
        "guard": ast.unparse(guards[0]) if guards else "",
        "call": call.number if guards else -1,
    }


def _begun(source: SourceMap, made: Site) -> Site:
    """The statement at which a mask begins: those right before it that make what it is made of belong to it."""
    statement = source.statement_of(made)
    parent = source.sites[statement.parent].node if statement.parent >= 0 else source.tree
    blocks = (getattr(parent, name, []) for name in ("body", "orelse"))
    block = next((block for block in blocks if statement.node in block), [statement.node])
    first = block.index(statement.node)
    read = _names(block[first], ast.Load)
    while first and isinstance(block[first - 1], ast.Assign) and _names(block[first - 1], ast.Store) & read:
        first -= 1
        read |= _names(block[first], ast.Load)
    return source.site_of(block[first])


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _guards(source: SourceMap, site: Site) -> list[ast.expr]:
    """The conditions on which a site is reached: of what encloses it, and of what returns before it."""
    found: list[ast.expr] = []
    child = site
    while child.parent >= 0:
        parent = source.sites[child.parent]
        if isinstance(parent.node, ast.If | ast.IfExp) and child.node is not parent.node.test:
            found.append(parent.node.test)
        if child.is_statement and not isinstance(parent.node, ast.Module):
            found += _returning(parent.node, child.node)
        child = parent
    return found


def _returning(parent: ast.AST, child: ast.AST) -> Iterator[ast.expr]:
    """The conditions of statements that stand before another one, and return."""
    body = getattr(parent, "body", [])
    for statement in body[: body.index(child)] if child in body else []:
        if isinstance(statement, ast.If) and any(isinstance(s, ast.Return) for s in statement.body):
            yield statement.test


def _setters(source: SourceMap, recorder: Recorder, guards: list[ast.expr]) -> list[int]:
    """The lines of a run that assign an attribute or an item which a condition reads."""
    read = {name for guard in guards for name in _named(guard)}
    lines = []
    for number in recorder.reached:
        node = source.sites[number].node
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(_named(target) & read for target in targets if not isinstance(target, ast.Name)):
            lines.append(source.sites[number].line)
    return lines


def _named(node: ast.expr) -> set[str]:
    """The attribute or the key that an expression reads or sets."""
    found = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    keys = [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
    return found | {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
