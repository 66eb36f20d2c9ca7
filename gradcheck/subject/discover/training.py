"""Which loop of the script trains: the one whose passes change, again and again, numbers that stay."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.subject.discover.calls import Change, Key, LoopRun
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.watch import Watch
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.live.given import Given
from gradcheck.subject.loading import keep_lines
from gradcheck.subject.packages import home_of, join_package
from gradcheck.subject.randomness import seed_everything

COVERED = 0.6
MAIN = "__main__"


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A loop that trains.

    Attributes:
        run: the innermost loop, one pass of which updates everything that training changes.
        changes: what its passes change.
        watch: everything else that was seen.
        module: the globals of the script as it ran.
    """

    run: LoopRun
    changes: Mapping[Key, Change]
    watch: Watch
    module: Mapping[str, Any]


def watch_script(script: Script, *, seed: int, limit: float, after: float) -> tuple[Watch, dict[str, Any]]:
    """Run the script as its author would, bounded, and watch it; with the globals it left."""
    module = types.ModuleType(MAIN)
    module.__file__ = script.path
    join_package(module, script.path)
    watch = Watch({script.path: script}, folder=str(home_of(Path(script.path))), limit=limit, after=after)
    code = compile(script.source, script.path, "exec", dont_inherit=True)
    if script.given is not None:
        code = _define(script, script.given, module)
    keep_lines(script.path, script.source)
    previous = sys.modules.get(MAIN)
    sys.modules[MAIN] = module
    seed_everything(seed)
    try:
        watch.run(lambda: exec(code, module.__dict__))  # noqa: S102 -- running the user's file is what this is for
    finally:
        if previous is not None:
            sys.modules[MAIN] = previous
    return watch, module.__dict__


def _define(script: Script, given: Given, module: types.ModuleType) -> types.CodeType:
    """Run what a source defines, put live objects beside it, and return the main block's code."""
    main = script.guard
    made = compile(definitions_alone(script.source), script.path, "exec", dont_inherit=True)
    given.prepare(module)
    exec(made, module.__dict__)  # noqa: S102 -- as below
    given.fill(module, made)
    block = ast.Module([main] if main is not None else [], [])
    return compile(block, script.path, "exec", dont_inherit=True)


def training_loops(watch: Watch, module: Mapping[str, Any]) -> list[Training]:
    """Loops that may train, most likely first."""
    seen = [(run, changes) for run in watch.loops if (changes := _repeated(run))]
    seen.sort(key=lambda item: item[0].depth)
    found: list[Training] = []
    for outer, changes in seen:
        inner, inner_changes = outer, changes
        for run, own in seen:
            if run.depth > inner.depth and _inside(run, outer) and _share(own, changes) >= COVERED:
                inner, inner_changes = run, own
        if all(training.run.loop is not inner.loop for training in found):
            found.append(Training(inner, inner_changes, watch, module))
    return found or [Training(run, still, watch, module) for run in watch.loops if (still := _assigned(run))]


def _assigned(run: LoopRun) -> dict[Key, Change]:
    """Numbers that a loop assigns to, item by item or by attribute, where nothing was seen to change."""
    if not run.states or len(run.states) < 3:
        return {}
    targets: set[str] = set()
    for node in ast.walk(run.loop):
        for target in (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AugAssign)
            else []
        ):
            holder = target.value if isinstance(target, ast.Subscript) else target
            if isinstance(holder, ast.Attribute | ast.Subscript) or (
                isinstance(holder, ast.Name) and holder is not target
            ):
                targets.add(ast.unparse(holder))
    return {
        key: Change(
            expression, run.states[0].objects[key], [np.ones(digest.shape, bool)], in_place=True, still=True
        )
        for key, (expression, digest) in run.states[0].numbers.items()
        if expression in targets and not _is_count(run.states[0].objects[key][0])
    }


def _repeated(run: LoopRun) -> dict[Key, Change]:
    changes = run.changed()
    if len(run.states) > 2:
        changes = {key: change for key, change in changes.items() if change.repeated}
    return {key: change for key, change in changes.items() if not _is_count(change.value[0])}


def _is_count(value: Any) -> bool:
    return isinstance(value, int)


def _inside(run: LoopRun, outer: LoopRun) -> bool:
    if run.call is outer.call:
        return outer.loop in run.outer
    return outer.call in run.call.chain


def _share(own: Mapping[Key, Change], whole: Mapping[Key, Change]) -> float:
    """How much of what the outer loop changes the inner one changes too, by number of entries."""
    mine: set[object] = set()
    for change in own.values():
        value, owner, key = change.value
        mine |= {id(value), (id(owner), key)} if change.in_place else {(id(owner), key)}
    total = part = 0
    for key, change in whole.items():
        value, owner, held = change.value
        size = len(change.masks[0])
        total += size
        part += size * (key in own or id(value) in mine or (id(owner), held) in mine)
    return part / total if total else 0.0
