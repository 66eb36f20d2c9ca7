"""The scene: statements that lead to the place where training begins, and the names that are there then."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import nodes
from gradcheck.subject.discover.script import Script, locate
from gradcheck.subject.discover.setup import Setup, as_typed, split_at_loop
from gradcheck.subject.discover.training import Training
from gradcheck.subject.statements import (
    assigned,
    first_item,
    is_entry,
    is_shown,
)


@dataclass(eq=False)
class Scene:
    """Where training begins.

    Attributes:
        script: the user's file.
        training: the loop that trains, and what was seen.
        depth: how many calls of the chain to the loop are part of the setup; 1 is the script alone.
        setup: statements that lead there from the loaded module.
        until: first line of the statement at module level before which loading must stop; empty for none.
        typed: the statement of the script that trains, as typed.
        reads: names that the rest of the way reads.
        names: name -> value, as they were when training began.
        renamed: names of the user's that go by another name here.
        sites: calls by number that are written differently here, because what they made has a name now.
        entry: statements that enter loops, and what comes after: they need the data, which come first.
        partway: whether a pass of the loop is made by running the script on from `until`.
        held: whether it is made by holding the function with the loop where the loop begins.
    """

    script: Script
    training: Training
    depth: int
    setup: list[str]
    until: str
    typed: str
    reads: set[str]
    names: dict[str, Any]
    renamed: dict[str, str]
    sites: dict[int, ast.expr]
    entry: list[tuple[ast.stmt, Call]] = field(default_factory=list)
    partway: bool = False
    held: bool = False

    @property
    def inlined(self) -> list[Call]:
        """The calls whose local names are names of the scene."""
        return self.training.run.call.chain[: self.depth]

    @property
    def reaches_loop(self) -> bool:
        """Whether the loop's own names are names of the scene."""
        return self.depth == len(self.training.run.call.chain)

    @property
    def made(self) -> set[str]:
        """Names that the setup binds."""
        return set().union(*(assigned(s) for text in self.setup for s in ast.parse(text).body), set())

    @property
    def exported(self) -> list[str]:
        """Names that the setup binds and functions read as globals."""
        if self.until:
            return []
        imported = {
            name
            for text in self.setup
            for s in ast.parse(text).body
            if isinstance(s, ast.Import | ast.ImportFrom)
            for name in assigned(s)
        }
        return sorted((self.made - imported) & self.script.global_reads - set(self._local))

    @property
    def _local(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for call in self.inlined[1:]:
            found |= call.given
        return found

    def owned_by_module(self, name: str) -> bool:
        """Whether a name has to be assigned in the module to have an effect there."""
        return name in self.exported or name not in self.made


def scenes(script: Script, training: Training) -> Iterator[Scene]:
    """The scenes from which a loop can be reached, the plainest first."""
    depth, hoisted = _depth(training)
    deepest = len(training.run.call.chain)
    handed = [(d, "all") for d in range(min(depth, deepest - 1), 0, -1)]
    levels = [(depth, hoisted), *handed, *((d, "") for d in range(depth, 0, -1)), (deepest, "")]
    for level in dict.fromkeys(levels):
        scene = _scene(script, training, *level)
        if scene is not None:
            yield scene
    if deepest == 1:
        partway = _partway(script, training)
        if partway is not None:
            yield partway
    for depth in range(1, deepest):
        scene = _scene(script, training, depth, "")
        if scene is not None:
            yield replace(scene, held=True)


def _partway(script: Script, training: Training) -> Scene | None:
    """The script itself, run up to the statement that trains, with all its names in the module."""
    run = training.run
    body = script.main_body(run.loop.lineno)
    outermost = _at(body, run.loop.lineno)
    if outermost is None:
        return None
    return Scene(
        script=script,
        training=training,
        depth=1,
        setup=[],
        until=script.first_line(outermost),
        typed=as_typed(script, outermost, {}),
        reads=_reads(outermost) | script.global_reads,
        names=dict(run.names),
        renamed={},
        sites={},
        partway=True,
    )


def _at(body: Sequence[ast.stmt], line: int) -> ast.stmt | None:
    return next((s for s in body if s.lineno <= line <= (s.end_lineno or s.lineno)), None)


def _reads(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _depth(training: Training) -> tuple[int, str]:
    """The fewest calls whose names reach most of what training changes, or hand it to the next call."""
    chain = training.run.call.chain
    for depth in range(1, len(chain)):
        if _reached(training, chain[depth].around):
            return depth, ""
        if _reached(training, chain[depth].given):
            return depth, "made"
    return len(chain), ""


def _reached(training: Training, space: Mapping[str, Any]) -> bool:
    reached = {id(training.module)}
    for node in nodes(space):
        reached |= {id(node.value), id(node.owner)}
    changes = list(training.changes.values())
    owned = sum(
        len(c.masks[0])
        for c in changes
        if id(c.value[1]) in reached or (c.in_place and id(c.value[0]) in reached)
    )
    return owned >= 0.5 * sum(len(change.masks[0]) for change in changes)


def _scene(script: Script, training: Training, depth: int, hoisted: str) -> Scene | None:
    run = training.run
    chain = run.call.chain
    lines = [_line_in(chain, level, training) for level in range(depth)]
    body = script.main_body(lines[0])
    place = locate(body, lines[0])
    if place is None or any(call.code.co_filename != script.path for call in chain[:depth]):
        return None
    until, before = "", list(place.before)
    outermost = next(s for s in body if s.lineno <= lines[0] <= (s.end_lineno or s.lineno))
    if script.at_module_level(lines[0]):
        until = script.first_line(outermost)
        before = [s for s in before if s.lineno >= outermost.lineno]
    made = Setup(script, [], {}, dict(chain[1].around) if len(chain) > 1 else dict(run.names))
    entry: list[tuple[ast.stmt, Call]] = []
    before, entered = split_at_loop(before)
    made.typed(before, {})
    entry += [(s, chain[0]) for s in entered]
    rest: ast.stmt = place.statement
    for level in range(1, depth):
        made.enter(entry)
        entry = []
        inner = made.inline(chain[level], lines[level])
        if inner is None:
            return None
        rest, entered = inner
        entry += [(s, chain[level]) for s in entered]
        made.names |= chain[level + 1].around if level + 1 < len(chain) else run.names
    sites: dict[int, ast.expr] = {}
    if hoisted:
        site = made.hoist(chain[depth], everything=hoisted == "all")
        if site is None:
            return None
        sites[chain[depth].number] = site
    if until:
        bound = assigned(run.loop) & set(training.module)
        made.renamed |= {
            name: f"m.{name}" for name in bound if name in made.names and len(chain) == depth == 1
        }
    if depth == len(chain) and isinstance(run.loop, ast.For):
        targets = {n.id for n in ast.walk(run.loop.target) if isinstance(n, ast.Name)}
        if targets & {n.id for s in run.loop.body for n in ast.walk(s) if isinstance(n, ast.Name)}:
            entry.append((first_item(run.loop), run.call))
    reads = {n.id for n in ast.walk(rest) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    names = {made.renamed.get(name, name): value for name, value in made.names.items()}
    return Scene(
        script=script,
        training=training,
        depth=depth,
        setup=made.lines(),
        until=until,
        typed=as_typed(script, outermost, {}),
        reads=reads | script.global_reads,
        names=names,
        renamed=made.renamed,
        sites=sites,
        entry=_needed(entry, run.loop if depth == len(chain) else rest),
    )


def _needed(entry: list[tuple[ast.stmt, Call]], rest: ast.stmt) -> list[tuple[ast.stmt, Call]]:
    """Without the counters that nobody reads."""
    kept: list[tuple[ast.stmt, Call]] = []
    read = {n.id for n in ast.walk(rest) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for statement, call in reversed(entry):
        if is_shown(statement):
            continue
        if is_entry(statement) and not assigned(statement) & read:
            continue
        kept.insert(0, (statement, call))
        read |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return kept


def _line_in(chain: list[Call], level: int, training: Training) -> int:
    """The line of a call of the chain from which the chain goes on."""
    if level + 1 < len(chain):
        site = chain[level + 1].site
        return site.lineno if site is not None else 0
    return training.run.loop.lineno
