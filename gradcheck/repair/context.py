"""What the operators may look at: the source, what its gradient run did, and which statements are suspect."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.orphans import Uses
from gradcheck.repair.parentheses import parenthesised
from gradcheck.repair.spelling import Speller
from gradcheck.repair.terms import Term, leftovers, quote_of, scalar_terms, terms_in
from gradcheck.repair.updates import changed, in_python, rate_of, reads_of
from gradcheck.repair.written import Written
from gradcheck.subject.discover.leaves import root_name
from gradcheck.trace import Influence, Recorder, Site, SourceMap, Tracer, value_sites

MOST_ARGUMENTS = 2
INNOCENT = 1.2
# Added to the cost of an edit whose place also feeds gradients that are right.
STALE = 0.6
# Added to the cost of what a loop that has ended left behind: it may be what is wanted, by chance, for one layer.


@dataclass
class Context:
    """The ground on which candidates grow.

    Attributes:
        tracer: the instrumented run.
        influence: what passes through each statement.
        wrong: the parameters whose gradient is wrong.
    """

    tracer: Tracer
    influence: Influence
    wrong: frozenset[str]
    _terms: dict[int, list[Term]] = field(default_factory=dict)
    _spellers: dict[int, Speller] = field(default_factory=dict)

    @property
    def source(self) -> SourceMap:
        """The parsed source."""
        return self.tracer.source

    @cached_property
    def suspects(self) -> frozenset[int]:
        """Numbers of statements that may be at fault: reached, no part of the loss, in reach of a wrong gradient."""
        return frozenset(
            number
            for number in self.tracer.recorder.reached
            if number not in self.influence.specification
            and (not (reach := self.influence.of.get(number, frozenset())) or reach & self.wrong)
        )

    def suspicion(self, statements: Iterable[int]) -> float:
        """How much less suspect some statements are together than ones that feed exactly the wrong gradients."""
        reach = frozenset(name for number in statements for name in self.influence.of.get(number, ()))
        if not reach:
            return 1.0
        share = len(reach & self.wrong) / len(reach | self.wrong)
        return (1.0 - share) + INNOCENT * bool(reach - self.wrong)

    def turns(self, statements: Iterable[int]) -> int:
        """How often some statements ran for each time that the least repeated suspect did."""
        counts = {number: self._count(number) for number in self.suspects}
        ran = [count for number in statements if (count := counts.get(number, 0))]
        least = min((count for count in counts.values() if count), default=1)
        return max(1, max(ran, default=1) // least)

    def _count(self, statement: int) -> int:
        seen = self.tracer.recorder.seen
        sites = (site for site in self.source.sites if site.statement == statement and site.number in seen)
        return max((seen[site.number].count for site in sites if site.depth == 1), default=0)

    @cached_property
    def loss_recorder(self) -> Recorder:
        """What the loss run reported."""
        return self.tracer.recording(lambda live: live.loss())

    @cached_property
    def favoured(self) -> frozenset[str]:
        """Identifiers that the statements of the loss use."""
        stated = self.influence.specification.union(self.loss_recorder.reached)
        inside = [site.node for site in self.source.sites if site.statement in stated]
        names = {node.id for node in inside if isinstance(node, ast.Name)}
        return frozenset(names | {node.attr for node in inside if isinstance(node, ast.Attribute)})

    @cached_property
    def idle_functions(self) -> list[tuple[str, int]]:
        """How functions of the module that neither loss nor gradient runs are called, and with how many arguments."""
        reached = {*self.tracer.recorder.reached, *self.loss_recorder.reached}
        busy = {self.source.sites[number].function for number in reached}
        found = [
            (node.name, len(node.args.args))
            for node in self.source.tree.body
            if isinstance(node, ast.FunctionDef) and node.name not in busy
        ]
        return [(name, count) for name, count in found if 0 < count <= MOST_ARGUMENTS]

    def expressions(self, *kinds: type[ast.expr]) -> Iterator[Site]:
        """Expressions of some kinds inside suspect statements, in the order of the source."""
        for site in self.source.sites:
            expression = site.statement in self.suspects and not site.is_statement
            if expression and isinstance(site.node, kinds or ast.expr):
                yield site

    def statements(self) -> Iterator[Site]:
        """Suspect statements, in the order of the source."""
        for number in sorted(self.suspects):
            yield self.source.sites[number]

    def value(self, site: Site) -> Any:
        """The first value an expression took; None where it was not evaluated."""
        sighting = self.tracer.recorder.seen.get(site.number)
        return sighting.values[0] if sighting is not None and sighting.values else None

    def shape(self, site: Site) -> tuple[int, ...] | None:
        """Shape of an expression's first value; None where it is not numeric."""
        value = self.value(site)
        if isinstance(value, np.ndarray | float | int | np.number):
            return np.shape(value)
        return None

    def terms(self, statement: int) -> list[Term]:
        """Numbers and arrays in scope at a statement."""
        if statement not in self._terms:
            site = self.source.sites[statement]
            words = self.words(site.function) | self.favoured
            outside = {name: value for name, value in self._globals.items() if name in words}
            names = outside | self.tracer.recorder.states.get(statement, {})
            stale = leftovers(self.source, site)
            self._terms[statement] = [
                replace(term, cost=term.cost + STALE) if root_name(term.text) in stale else term
                for term in terms_in(names, words, quote_of(self.source.source))
            ]
        return self._terms[statement]

    @cached_property
    def _globals(self) -> dict[str, Any]:
        """What the file binds at its top level, but for what it imports or defines."""
        module = self.tracer.program.module.__dict__
        stored = {
            site.node.id
            for site in self.source.sites
            if isinstance(site.node, ast.Name) and isinstance(site.node.ctx, ast.Store) and not site.function
        }
        declared = (site.node.names for site in self.source.sites if isinstance(site.node, ast.Global))
        return {name: module[name] for name in stored.union(*declared) if name in module}

    @cached_property
    def uses(self) -> Uses:
        """Where the names that functions compute are read."""
        return Uses(self.source)

    @cached_property
    def updates(self) -> frozenset[int]:
        """Numbers of the suspect statements that change a parameter under the gradient's hands."""
        values = [value for value in self.tracer.truth.values.values() if value.size > 1]
        rated, found = {rate.statement for rate in self.rates}, set()
        for statement in self.statements():
            target = changed(statement.node)
            if target and statement.number in rated:
                found.add(statement.number)
            terms = self.terms(statement.number) if target else []
            held = [np.asarray(term.value) for term in terms if in_python(term.text) == target]
            if any(np.array_equal(one, value) for one in held for value in values):
                found.add(statement.number)
        return frozenset(found)

    @cached_property
    def passing(self) -> frozenset[int]:
        """Numbers of the suspect statements that feed weights without making any: a delta of a layer without bias."""
        return frozenset(number for number in self.suspects if self._passes_on(number))

    def _passes_on(self, number: int) -> bool:
        reach = self.influence.of.get(number, frozenset())
        shapes = {np.shape(self.tracer.truth.values[name]) for name in reach}
        shapes |= {shape[1:] for shape in shapes if len(shape) > 2}  # a kernel is made offset by offset
        sites = value_sites(self.source, self.source.sites[number])
        made = {self.shape(site) for site in sites} - {None, ()}
        return bool(made and reach) and made.isdisjoint(shapes | {shape[::-1] for shape in shapes})

    def scalars(self, statement: int) -> list[Term]:
        """Sizes, counts and hyper-parameters in scope at a statement, not numbers that the backward pass computes."""
        site = self.source.sites[statement]
        computed = self._computed(site.function)
        return self._written.numbers(site.function) + [
            term
            for term in scalar_terms(self.terms(statement))
            if (term.text not in computed or isinstance(term.value, int | np.integer))
            and term.value != self._rate
        ]

    @cached_property
    def _rate(self) -> float | None:
        return rate_of(self.tracer)

    @cached_property
    def rates(self) -> tuple[Site, ...]:
        """Where the rate of an update is read: a change that leaves it out scales the update, and mends no gradient."""
        return () if self._rate is None else reads_of(self._rate, self.tracer)

    @cached_property
    def _written(self) -> Written:
        return Written(self.tracer, {**self.loss_recorder.seen, **self.tracer.recorder.seen})

    def speller(self, statement: int) -> Speller:
        """What spells numbers in the scalars in scope at a statement."""
        if statement not in self._spellers:
            self._spellers[statement] = Speller(self.scalars(statement), self.favoured)
        return self._spellers[statement]

    def _computed(self, function: str) -> frozenset[str]:
        """Plain names that a function assigns."""
        return frozenset(
            site.node.id
            for site in self.source.sites
            if site.function == function
            and isinstance(site.node, ast.Name)
            and isinstance(site.node.ctx, ast.Store)
        )

    def words(self, function: str) -> frozenset[str]:
        """Identifiers that a function reads or assigns: what is computed and never read is the first to be missing."""
        nodes = [site.node for site in self.source.sites if site.function == function]
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        inside = {a.arg for node in nodes if isinstance(node, ast.FunctionDef) for a in node.args.args}
        return frozenset(names | attributes | inside)

    def edit(self, site: Site, text: str, operator: str, cost: float) -> Candidate:
        """Put `text` in place of one expression or statement."""
        return self.splice([Splice(site.start, site.end, text)], site, operator, cost)

    def splice(self, splices: list[Splice], site: Site, operator: str, cost: float) -> Candidate:
        """A candidate made of splices around one site."""
        statements = (site.statement,)
        return Candidate(
            tuple(splices), operator, cost + self.suspicion(statements), site.function, statements
        )

    def is_object(self, site: Site) -> bool:
        """Whether an expression only says whose attribute is meant, what is called, or what is written into."""
        parent = self.source.sites[site.parent].node
        if isinstance(parent, ast.Subscript):
            return parent.value is site.node and isinstance(parent.ctx, ast.Store)
        return isinstance(parent, ast.Attribute) or (
            isinstance(parent, ast.Call) and parent.func is site.node
        )

    def renames(self, site: Site) -> bool:
        """Whether a name is all that its statement assigns: dz = da, a step of which nothing is left."""
        parent = self.source.sites[site.parent]
        return isinstance(site.node, ast.Name) and isinstance(parent.node, ast.Assign)

    def text(self, node: ast.AST) -> str:
        """The source of a node, as typed."""
        start, end = self.source.span(node)
        return self.source.source[start:end]

    def factor(self, node: ast.AST) -> str:
        """The source of a node, in parentheses where it could not stand as a factor without them."""
        return parenthesised(self.text(node), node, loose=(ast.Add, ast.Sub))

    def operand(self, node: ast.AST) -> str:
        """The source of a node, in parentheses unless it is an atom, a call or an attribute."""
        return parenthesised(self.text(node), node)

    def needs_parentheses(self, site: Site) -> bool:
        """Whether a sum or product put in place of this expression has to be wrapped."""
        parent = self.source.sites[site.parent].node
        if isinstance(parent, ast.Subscript) and parent.slice is site.node:
            return False
        tight = ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript | ast.Starred | ast.Compare
        return isinstance(parent, tight) and not self.is_enclosed(site)

    def is_enclosed(self, site: Site) -> bool:
        """Whether an expression stands in parentheses of its own already."""
        before, after = self.source.source[: site.start].rstrip(), self.source.source[site.end :].lstrip()
        parent = self.source.sites[site.parent].node
        argument = isinstance(parent, ast.Call) and parent.func is not site.node
        return before.endswith("(") and after.startswith(")") and not argument
