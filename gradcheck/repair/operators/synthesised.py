"""Synthesised edits: an expression replaced by one in scope that comes to what it should have been."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.synthesis import Match, Pool, Required, combination, matches, required
from gradcheck.trace import Site

BASE, PER_TOKEN = 1.2, 0.06
# A change is as far-fetched as it is long: most faults are one or two tokens.
MOST = 24
# Of one expression.
SPELLED = 2
SAME = 1e-6
LACKING = 0.35
# Less where a statement merely renames what it reads, and comes to be a product of that: something was missing.
TOKEN = re.compile(r"\w+|[^\w\s]")


def synthesise(context: Context) -> Iterator[Candidate]:
    """E for x, where x should have come to what e does."""
    pools: dict[int, Pool] = {}
    for known in required(context):
        statement = context.source.sites[known.site.statement]
        pool = pools.get(statement.number) or pools.setdefault(statement.number, Pool(context, statement))
        found = [
            candidate
            for match in matches(known.value, pool)
            for candidate in _edits(context, statement, known, match)
        ]
        yield from sorted(found, key=lambda candidate: candidate.cost)[:MOST]
        if not found:
            yield from _sums(context, statement, known, pool)


def _sums(context: Context, statement: Site, known: Required, pool: Pool) -> Iterator[Candidate]:
    """The sum of multiples of what is in scope, where there is one."""
    terms = combination(known.value, pool.terms(known.value.shape)) or []
    if len(terms) < 2:
        return
    spelled = [(context.speller(statement.number).of(factor), entry) for factor, entry in terms]
    if not all(spellings for spellings, _ in spelled):
        return
    chosen = sorted(((s[0], entry) for s, entry in spelled), key=lambda pair: pair[0].number < 0)
    text = chosen[0][0].of(chosen[0][1].factor())
    text += "".join(f" {spelling.signed(entry.factor())}" for spelling, entry in chosen[1:])
    cost = sum(spelling.cost + entry.cost for spelling, entry in chosen)
    yield _edit(context, statement, known.site, text, cost, binds=0)


def _edits(context: Context, statement: Site, known: Required, match: Match) -> Iterator[Candidate]:
    entry = match.entry
    one = abs(match.factor - 1.0) <= SAME
    if one or not known.exact:
        yield _edit(context, statement, known.site, entry.text, entry.cost, binds=entry.binds)
    if not one:
        for spelling in context.speller(statement.number).of(match.factor)[:SPELLED]:
            text = spelling.of(entry.factor())
            yield _edit(context, statement, known.site, text, entry.cost + spelling.cost, binds=1)


def _edit(context: Context, statement: Site, site: Site, text: str, cost: float, *, binds: int) -> Candidate:
    loose = binds < 2 and context.needs_parentheses(site) and not (binds == 1 and _leads(context, site, text))
    put = f"({text})" if loose else text
    whole = context.source.source[statement.start : statement.end]
    changed = whole[: site.start - statement.start] + put + whole[site.end - statement.start :]
    lacking = LACKING * (context.renames(site) and context.source.text(site) in TOKEN.findall(text))
    return context.edit(
        site, put, "synthesise", BASE + cost + PER_TOKEN * _distance(whole, changed) - lacking
    )


def _leads(context: Context, site: Site, text: str) -> bool:
    """Whether a product may stand in place of an expression as it is: a side of a sum, or what a product begins with.

    A matrix product before `*` would be read from the left too, but people put it in parentheses.
    """
    parent = context.source.sites[site.parent].node
    if not isinstance(parent, ast.BinOp):
        return False
    tight = (ast.Pow, ast.Mult) if "@" in text else ast.Pow
    return isinstance(parent.op, ast.Add | ast.Sub) or (
        parent.left is site.node and not isinstance(parent.op, tight)
    )


def _distance(one: str, other: str) -> int:
    """How many tokens have to go and to come."""
    a, b = TOKEN.findall(one), TOKEN.findall(other)
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return len(a) + len(b) - 2 * sum(block.size for block in blocks)
