"""What else a wiring can say: samples, labels, outputs, the author's training call, the update."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.judge import Verdict
from gradcheck.subject.discover.leaves import is_numeric
from gradcheck.subject.discover.phrases import CannotSayError
from gradcheck.subject.discover.stage import Stage
from gradcheck.subject.discover.statements import is_shown
from gradcheck.subject.program import Live
from gradcheck.subject.wiring import Step, Wiring

_FORWARD = re.compile(
    r"forward|predict|output|proba|run|call|feed|prop|net|model|activate|out|classify|hypothesis|^h$|softmax"
)


def complete(verdict: Verdict) -> Wiring:
    """The wiring with everything else that was learnt on the way."""
    stage = verdict.seen.driver.stage
    labels = [said for table, said in stage.batch.items() if table.is_label]
    inputs = [said for table, said in stage.batch.items() if not table.is_label]
    wiring = replace(
        verdict.wiring,
        inputs=_named(verdict, inputs),
        labels=_named(verdict, labels),
        train=training_call(stage),
        until=stage.scene.until,
    )
    if wiring.grads is not None and verdict.seen.driver.plain:
        lr = verdict.rate.expression if verdict.rate is not None else "1.0"
        wiring = replace(wiring, update=Step(verdict.seen.driver.text, lr))
    wiring = replace(wiring, outputs=_outputs(verdict, wiring))
    return _tidy(verdict, wiring)


def _named(verdict: Verdict, names: list[str]) -> str:
    """The one of some names that the loss speaks of, else the first."""
    used = {n.id for n in ast.walk(ast.parse(verdict.wiring.loss)) if isinstance(n, ast.Name)}
    return next((name for name in names if name in used), names[0] if names else "")


def _tidy(verdict: Verdict, wiring: Wiring) -> Wiring:
    """Without samples that nothing speaks of."""
    stage = verdict.seen.driver.stage
    texts = [wiring.loss, wiring.run, wiring.outputs, *wiring.params.values(), *stage.extra]
    texts += list(wiring.grads.of.values()) if wiring.grads else []
    texts += [wiring.update.run, wiring.update.lr] if wiring.update else []
    texts += [wiring.step.lr] if wiring.step else []
    texts += wiring.setup.split("\n")[len("\n".join(stage.scene.setup).split("\n")) + 1 :]
    used: set[str] = set()
    for text in texts:
        used |= set(re.findall(r"[A-Za-z_]\w*", text))
    smaller = replace(stage, keep=frozenset(used))
    setup = wiring.setup.replace(stage.setup, smaller.setup)
    known = {said for said in stage.batch.values() if said in used or not said.isidentifier()}
    bound = {said for said in stage.batch.values() if said not in used}
    return replace(
        wiring,
        setup=setup,
        inputs=wiring.inputs if wiring.inputs in known or wiring.inputs not in bound else "",
        labels=wiring.labels if wiring.labels in known or wiring.labels not in bound else "",
    )


def training_call(stage: Stage) -> str:
    """The author's own training call, as typed, without what it prints."""
    scene = stage.scene
    chain = scene.training.run.call.chain
    statement = ast.parse(scene.typed).body[0]
    if isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
        trainers = {call.code.co_name for call in chain[1:]}
        return ast.unparse(_without_shown(copy.deepcopy(statement), trainers))
    if len(chain) > 1:
        site = scene.sites.get(chain[1].number) if scene.depth == 1 else None
        if site is not None:
            return ast.unparse(site)
        if isinstance(statement, ast.Expr) and chain[1].site is not None:
            return scene.script.text(chain[1].site)
    return scene.typed


def _without_shown(statement: Any, trainers: set[str]) -> Any:
    for node in ast.walk(statement):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                kept = [s for s in block if not is_shown(s) or _names(s) & trainers]
                setattr(node, name, kept or ([ast.Pass()] if name == "body" else []))
    return ast.fix_missing_locations(statement)


def _names(node: ast.AST) -> set[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def _outputs(verdict: Verdict, wiring: Wiring) -> str:
    """An expression of the network's outputs for the samples; empty where none was seen."""
    stage = verdict.seen.driver.stage
    try:
        live = stage.start()
    except GradcheckError:
        return ""
    labels = _value(live, wiring.labels) if wiring.labels else None
    size = _count(labels)
    for expression in [*_loss_arguments(wiring.loss), *_forward_calls(verdict)]:
        value = _value(live, expression)
        if _is_outputs(value, labels, size) and _responds(live, expression, value, wiring):
            return expression
    return ""


def _loss_arguments(loss: str) -> list[str]:
    node = ast.parse(loss, mode="eval").body
    while isinstance(node, ast.Subscript | ast.Attribute | ast.UnaryOp):
        node = node.operand if isinstance(node, ast.UnaryOp) else node.value
    if not isinstance(node, ast.Call):
        return []
    return [ast.unparse(a) for a in node.args if any(isinstance(n, ast.Call) for n in ast.walk(a))]


def _forward_calls(verdict: Verdict) -> list[str]:
    seen = verdict.seen
    found = []
    for call in sorted(seen.calls, key=lambda c: (len(c.chain), -c.number)):
        if not call.returned or not _FORWARD.search(call.code.co_name.lower()):
            continue
        try:
            said = seen.phrases.call(call)
        except CannotSayError:
            continue
        found.append(said)
        if isinstance(call.value, tuple | list):
            found += [f"{said}[{i}]" for i in (-1, *range(len(call.value) - 1))][:6]
            found += [f"{said}[{i}][-1]" for i in range(min(len(call.value), 3))]
    return list(dict.fromkeys(found))[:20]


def _is_outputs(value: Any, labels: Any, size: int) -> bool:
    if not is_numeric(value):
        return False
    shape = np.shape(value)
    if labels is not None and shape == np.shape(labels):
        return True
    if not shape or size == 0:
        return not shape and size == 0 and isinstance(value, float)
    return len(shape) == 2 and size in shape


def _count(labels: Any) -> int:
    shape = np.shape(labels) if labels is not None and is_numeric(labels) else ()
    return int(max(shape)) if shape else 0


def _responds(live: Live, expression: str, value: Any, wiring: Wiring) -> bool:
    from gradcheck.subject.slots import Slot

    name, where = next(iter(wiring.params.items()))
    slot = Slot(name, where)
    try:
        before = slot.read(live.scope)
        slot.write(live.scope, before + 0.01 * (1 + np.abs(before)))
        changed = _value(live, expression)
        slot.write(live.scope, before)
    except Exception:  # noqa: BLE001 -- the user's objects may refuse
        return False
    return changed is not None and not np.array_equal(np.asarray(changed), np.asarray(value))


def _value(live: Live, expression: str) -> Any:
    try:
        value = live.evaluate(expression)
        return copy.deepcopy(value) if is_numeric(value) else None
    except Exception:  # noqa: BLE001 -- a guess that failed
        return None
