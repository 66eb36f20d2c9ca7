"""Edits that let every parameter be updated, tried where training was seen to leave some out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.watched import watch_training
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import line_above, line_below, on_lines, text_of
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

TOKEN = re.compile(r"[A-Za-z_]\w*")
SHORT = 2
# Letters before a parameter's name that make its gradient's: dW, gW.


def registrations(lab: Lab, fact: Fact) -> Edits:
    """Whatever may have left a parameter out, the likeliest first; at last anywhere that training reaches."""
    near, far = {**fact, "lines": _around(lab, fact)}, {**fact, "lines": _reached(lab, fact)}
    found = (
        other_lists(lab, fact),
        whole_sequences(lab, near),
        longer_lists(lab, near),
        own_updates(lab, fact),
    )
    return chain(*found, whole_sequences(lab, far), longer_lists(lab, far))


def _around(lab: Lab, fact: Fact) -> list[int]:
    """The lines of a fact, and those of the loops around them."""
    source = lab.tracer.source
    lines = list(fact["lines"])
    for site in on_lines(source, fact, ast.stmt):
        loop = in_loop(source, site)
        while loop is not None:
            lines.append(loop.line)
            loop = in_loop(source, loop)
    return list(dict.fromkeys(lines))


def _reached(lab: Lab, fact: Fact) -> list[int]:
    """The other lines that training reaches, without those that compute a gradient."""
    source = lab.tracer.source
    reached, of = lab.once(watch_training).order, lab.influence.of
    lines = [source.sites[number].line for number in dict.fromkeys(reached) if not of.get(number)]
    return [line for line in dict.fromkeys(lines) if line not in fact["lines"]]


def other_lists(lab: Lab, fact: Fact) -> Edits:
    """Another attribute of the object gone through where the parameters are gathered."""
    source = SourceMap(lab.source)
    # Elsewhere another attribute may go through nothing at all.
    for site in on_lines(source, fact, ast.Attribute) if fact["gathered"] else ():
        node = site.node
        assert isinstance(node, ast.Attribute)
        if not isinstance(node.value, ast.Name):
            continue
        owner = site.function.rpartition(".")[0]
        stored = {
            s.node.attr
            for s in source.sites
            if isinstance(s.node, ast.Attribute)
            and isinstance(s.node.ctx, ast.Store)
            and s.function.startswith(f"{owner}.")
        }
        for name in sorted(stored - {node.attr}):
            yield [Splice(site.start, site.end, f"{node.value.id}.{name}")]


def whole_sequences(lab: Lab, fact: Fact) -> Edits:
    """All of a sequence of which only a slice is gone through."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Subscript):
        node = site.node
        assert isinstance(node, ast.Subscript)
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            yield [Splice(source.span(node.value)[1], site.end, "")]


def longer_lists(lab: Lab, fact: Fact) -> Edits:
    """The items of missing parameters beside those of others, which they are modelled on, in a list or tuple."""
    source, pairs = SourceMap(lab.source), _pairs(lab, fact, _words(lab))
    for kind in (ast.List, ast.Tuple):
        for site in on_lines(source, fact, kind):
            items: list[ast.expr] = getattr(site.node, "elts", [])
            added: dict[str, Splice] = {}
            texts: set[str] = {text_of(source, item) for item in items}
            for pair, item in product(pairs, items):
                new = pair.modelled(text_of(source, item))
                if new and pair.missing not in added and new not in texts:
                    texts.add(new)
                    start, end = source.span(item)
                    added[pair.missing] = (
                        Splice(end, end, f", {new}") if pair.behind else Splice(start, start, f"{new}, ")
                    )
            if added:
                yield list(added.values())
            if len(added) > 1:
                yield from ([splice] for splice in added.values())


def own_updates(lab: Lab, fact: Fact) -> Edits:
    """An update of its own for a parameter, beside that of another one, which it is modelled on."""
    source, seen = SourceMap(lab.source), lab.once(watch_training)
    moved: dict[int, set[str]] = {}
    for change in seen.changes:
        moved.setdefault(change.site, set()).add(change.parameter)
    for number, names in moved.items():
        site = source.sites[number]
        if len(names) == 1 and site.is_statement:
            for pair in _pairs(lab, fact, {**_words(lab), **_locals(lab, number)}):
                new = pair.modelled(source.text(site)) if pair.other in names else ""
                if new:
                    yield [(line_below if pair.behind else line_above)(source, site, new)]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A parameter that is left out, and one that is not, by the words that tell them apart."""

    missing: str
    other: str
    new: str
    old: str
    behind: bool

    def modelled(self, text: str) -> str:
        """What a text about the other one is for the missing one; empty where it does not speak of it."""
        modelled = TOKEN.sub(lambda found: _renamed(found[0], self.old, self.new), text)
        return modelled if modelled != text else ""


def _pairs(lab: Lab, fact: Fact, words: Mapping[str, Sequence[str]]) -> list[_Pair]:
    """Every missing parameter beside every other one, the most alike first."""
    order, values = list(lab.wiring.params), lab.truth.values
    found = []
    for missing, other in product(
        fact["parameters"], (name for name in order if name not in fact["parameters"])
    ):
        apart = [(new, old) for new, old in zip(words[missing], words[other], strict=False) if new != old]
        if len(apart) == 1:
            distance = order.index(missing) - order.index(other)
            unlike = values[missing].ndim != values[other].ndim
            found.append((unlike, abs(distance), _Pair(missing, other, *apart[0], behind=distance > 0)))
    return [pair for _, _, pair in sorted(found, key=lambda one: one[:2])]


def _words(lab: Lab) -> dict[str, Sequence[str]]:
    """The names, attributes and keys in the expression of each parameter."""
    return {name: TOKEN.findall(text) for name, text in lab.wiring.params.items()}


def _locals(lab: Lab, number: int) -> dict[str, Sequence[str]]:
    """The local name of each parameter that has one, where training first reaches a statement."""
    held: dict[str, Sequence[str]] = {}

    def run(live: Live) -> None:
        def watch(at: int, names: Mapping[str, Any]) -> None:
            if at == number:
                arrays = {name: live.object(name) for name in lab.wiring.params}
                held.update({n: [k] for n, a in arrays.items() for k, v in names.items() if v is a})
                raise EnoughSeenError

        lab.tracer.recorder.watch = watch
        live.execute(lab.wiring.train)

    lab.tracer.watching(lambda _number, _names: None, run)
    return held


def _renamed(token: str, old: str, new: str) -> str:
    """A token with one parameter's name in place of another's, as in v_W1 and dW1."""
    before, at, after = token.rpartition(old)
    ends = not after or after.startswith("_")
    return (
        f"{before}{new}{after}" if at and ends and (len(before) <= SHORT or before.endswith("_")) else token
    )
