"""What became of broken networks: judged one by one, remembered between runs, and counted in one table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from gradcheck.errors import GradcheckError
from gradcheck.faults import find
from tests.faults.faults_driver import DISAGREES, gradient_errors
from tests.quality.grading import grade
from tests.quality.networks import Network
from tests.quality.planted import Planted, broken

SURE = 0.9
MARKS = ("detected", "named", "family", "parameter", "line", "repaired")

Broken: TypeAlias = tuple[Network, tuple[Planted, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one broken network.

    Attributes:
        key: the network and the faults.
        state: "faulty"; or "equivalent" or "does not run", which are counted and left out.
        kinds: of what was put in.
        detected: something was reported.
        named: the first finding is a fault that was put in; mutants have no name.
        family: it is of an injected fault's family.
        parameter: a wrong parameter is among those it spoils, and none that is right.
        line: it names a line at fault.
        repaired: the patched gradient is the original's.
        refuted: a patch was offered and is wrong at fresh points.
        confidence: of the first finding.
        said: codes of the findings, the first first.
    """

    key: str
    state: str
    kinds: tuple[str, ...]
    detected: bool = False
    named: bool = False
    family: bool = False
    parameter: bool = False
    line: bool = False
    repaired: bool = False
    refuted: bool = False
    confidence: float = 0.0
    said: tuple[str, ...] = ()


def key_of(network: Network, faults: Iterable[Planted]) -> str:
    """What a broken network is known by."""
    cuts = (f"{f.kind}: {network.source[f.start : f.end]} -> {f.text} at {f.line}" for f in faults)
    return " | ".join([network.name, *cuts])


def judged(case: Broken) -> Outcome:
    """Break a network, make sure of it, diagnose it, and compare."""
    network, faults = case
    source = broken(network.source, faults)
    key, kinds = key_of(network, faults), tuple(fault.kind for fault in faults)
    result = grade(network, source, frozenset(fault.line for fault in faults))
    if result is None or result.equivalent:
        return Outcome(key, "does not run" if result is None else "equivalent", kinds)
    codes = {fault.code for fault in faults if fault.code}
    first = result.codes[0] if result.codes else ""
    spoiled, wrong = set(result.parameters), _wrong(network, source)
    return Outcome(
        key,
        "faulty",
        kinds,
        detected=result.detected,
        named=first in codes,
        family=bool(first) and find(first).family in {find(code).family for code in codes},
        parameter=bool(spoiled & wrong) and spoiled <= wrong,
        line=result.line,
        repaired=result.repaired,
        refuted=result.refuted,
        confidence=result.confidence,
        said=result.codes,
    )


def _wrong(network: Network, source: str) -> set[str]:
    """The parameters whose gradient is wrong by plain central differences, which share nothing with the package."""
    try:
        errors = gradient_errors(source, network.wiring)
    except (GradcheckError, ArithmeticError, ValueError, TypeError, LookupError):
        return set()  # a wiring that plain statements cannot drive
    return {name for name, error in errors.items() if error > DISAGREES}


def remembered(path: Path | None) -> dict[str, Outcome]:
    """What an earlier run has written."""
    if path is None or not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [Outcome(**{**row, "kinds": tuple(row["kinds"]), "said": tuple(row["said"])}) for row in rows]
    return {outcome.key: outcome for outcome in found}


def matrix(outcomes: list[Outcome]) -> list[str]:
    """The table: a row per code, and the totals."""
    faulty = [outcome for outcome in outcomes if outcome.state == "faulty"]
    rows: dict[str, list[Outcome]] = {}
    for outcome in faulty:
        rows.setdefault(outcome.kinds[0] if len(outcome.kinds) == 1 else "combined", []).append(outcome)
    lines = [f"{'fault':34} {'count':>5} " + " ".join(f"{mark:>9}" for mark in MARKS)]
    for code, some in [*sorted(rows.items()), ("all", faulty)]:
        title = f"{code} {find(code).name}" if code.startswith("GC") else code
        shares = [sum(getattr(outcome, mark) for outcome in some) / max(len(some), 1) for mark in MARKS]
        lines.append(f"{title:34} {len(some):5} " + " ".join(f"{share:>9.1%}" for share in shares))
    left = Counter(outcome.state for outcome in outcomes)
    sure = [outcome for outcome in faulty if outcome.confidence >= SURE]
    right = ", ".join(f"{mark} {sum(getattr(o, mark) for o in sure)}" for mark in ("line", "family", "named"))
    return [
        *lines,
        f"left out: {left['equivalent']} proved equivalent, {left['does not run']} that do not run",
        f"patches offered that are wrong: {sum(outcome.refuted for outcome in faulty)}",
        f"said with {SURE} or more: {len(sure)}, of which right: {right}",
    ]
