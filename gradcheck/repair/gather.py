"""All candidates for a source, each text once, and the same change made everywhere it can be made."""

from __future__ import annotations

from dataclasses import replace

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.operators import OPERATORS

MOST_TWINS = 6
REPEATED = frozenset({"fit-factor", "fit-number", "fit-term", "swap-operator", "flip-sign", "accumulate"})
# Kinds of change that a person who needs it once often needs again on the next line.
ORPHANING = 0.7
# Added where a name that was computed is not used any more: its own line is the likelier place.
APART = 0.05
# Added where a delta is changed that feeds one wrong gradient alone: that gradient's own line is a little likelier.
UPDATING = 1.0
# Added where what an update takes from a parameter is changed: that the gradient's run makes one at all is the fault.
WHOLE = frozenset({"delete-statement", "move-statement", "deepen-copy"})
# Edits of whole statements, which may be meant for an update.


def candidates_of(context: Context) -> list[Candidate]:
    """The candidates that all operators propose, cheapest first; of those with the same text the cheapest."""
    source = context.source.source
    found: dict[str, Candidate] = {}
    for operator in OPERATORS:
        for proposed in operator(context):
            if proposed.operator not in WHOLE and _loses_rate(proposed, context):
                continue
            odd = ORPHANING * context.uses.orphaned_by(proposed)
            odd += UPDATING * (
                proposed.operator not in WHOLE and not context.updates.isdisjoint(proposed.statements)
            )
            odd += APART * (not context.passing.isdisjoint(proposed.statements))
            candidate = replace(proposed, cost=proposed.cost + odd) if odd else proposed
            text = candidate.apply(source)
            known = found.get(text)
            if text != source and (known is None or candidate.cost < known.cost):
                found[text] = candidate
    single = list(found.values())
    return sorted([*single, *twins(single, context)], key=lambda candidate: candidate.cost)


def _loses_rate(candidate: Candidate, context: Context) -> bool:
    """Whether a change replaces or leaves out the rate of the update that the gradient is recovered from."""
    return any(
        splice.start <= rate.start
        and rate.end <= splice.end
        and (splice.end - splice.start == rate.end - rate.start or context.text(rate.node) not in splice.text)
        for rate in context.rates
        for splice in candidate.splices
    )


def twins(candidates: list[Candidate], context: Context) -> list[Candidate]:
    """The same change made everywhere it can be made: a person who errs twice the same way is mended once."""
    source = context.source.source
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in candidates:
        changes = tuple((source[s.start : s.end], s.text) for s in candidate.splices)
        if candidate.operator in REPEATED and any(old or new for old, new in changes):
            groups.setdefault((candidate.operator, candidate.function, changes), []).append(candidate)
    return [_together(group, context) for group in groups.values() if 1 < len(group) <= MOST_TWINS]


def _together(group: list[Candidate], context: Context) -> Candidate:
    splices = tuple(splice for candidate in group for splice in candidate.splices)
    statements = tuple(dict.fromkeys(number for candidate in group for number in candidate.statements))
    own = min(candidate.cost - context.suspicion(candidate.statements) for candidate in group)
    cost = own + 0.1 * (len(group) - 1) + context.suspicion(statements)
    return Candidate(splices, group[0].operator, cost, group[0].function, statements)
