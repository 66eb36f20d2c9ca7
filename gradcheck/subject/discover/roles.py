"""What else a wiring can say: samples, labels, outputs, the author's training call, the update."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import replace
from typing import Any

from gradcheck.subject.discover.judge import Verdict
from gradcheck.subject.discover.outputs import network_outputs, output_expressions
from gradcheck.subject.discover.stage import Stage
from gradcheck.subject.statements import is_shown
from gradcheck.subject.wiring import Step, Wiring

ONE_LOOP = "from gradcheck.subject.partway import one_loop\none_loop(m)"


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
    if scene.until and isinstance(statement, ast.For | ast.While):
        return ONE_LOOP  # and not its text, which would stay as it is when the file is mended
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
    seen = verdict.seen
    expressions = [*_loss_arguments(wiring.loss), *output_expressions(seen)]
    where = next(iter(wiring.params.values()))
    return next((said for said, _ in network_outputs(seen, expressions, wiring.labels, where)), "")


def _loss_arguments(loss: str) -> list[str]:
    node = ast.parse(loss, mode="eval").body
    while isinstance(node, ast.Subscript | ast.Attribute | ast.UnaryOp):
        node = node.operand if isinstance(node, ast.UnaryOp) else node.value
    if not isinstance(node, ast.Call):
        return []
    return [ast.unparse(a) for a in node.args if isinstance(a, ast.Call | ast.Subscript) and _has_call(a)]


def _has_call(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) for n in ast.walk(node))
