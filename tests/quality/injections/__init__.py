"""The faults of the catalogue, put into any network whose roles are known: a table from code to injector.

Written apart from the operators of repair, which must not be the measure of themselves. An injector yields new text for
a statement or an expression; whether the result runs, and is a fault at all, is measured later, not assumed.
"""

from __future__ import annotations

from tests.quality.injections.biases import BIASES
from tests.quality.injections.hidden import HIDDEN
from tests.quality.injections.outputs import OUTPUTS
from tests.quality.injections.penalties import PENALTIES, without_penalties
from tests.quality.injections.scales import SCALES
from tests.quality.injections.statements import Injector, Pair
from tests.quality.injections.weights import WEIGHTS
from tests.quality.planted import Planted
from tests.quality.styles import Roles

TABLE: dict[str, Injector] = {**OUTPUTS, **HIDDEN, **WEIGHTS, **BIASES, **PENALTIES, **SCALES}

EVERYWHERE = "GC302"  # the one fault that has to be put into several places to be what it is


def injections(source: str, roles: Roles) -> list[Planted]:
    """Every fault that a network has a place for: those of the table, and those particular to it."""
    pairs = [(code, pair) for code, injector in TABLE.items() for pair in injector(roles)]
    pairs += [(code, pair) for code, some in roles.particular.items() for pair in some]
    pairs += [(EVERYWHERE, pair) for pair in without_penalties(source, roles)]
    found: dict[Pair, Planted] = {}
    for code, (old, new) in pairs:
        if source.count(old) == 1 and old != new:
            found.setdefault((old, new), _planted(source, code, old, new))
    return list(found.values())


def _planted(source: str, code: str, old: str, new: str) -> Planted:
    """A fault where a text stands; further lines are indented as the one they follow."""
    start = source.index(old)
    row = source[source.rfind("\n", 0, start) + 1 : start]
    indent = row[: len(row) - len(row.lstrip())] if row.strip() else row
    text = new.replace("\n", f"\n{indent}") if "\n" not in old else new
    return Planted(code, start, start + len(old), text, source.count("\n", 0, start) + 1)
