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
from tests.quality.grading import grade, same_gradient
from tests.quality.injections import injections
from tests.quality.networks import Network
from tests.quality.planted import Planted, broken, broken_lines
from tests.quality.styles import STYLES

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
        named: the first finding is a fault that was put in, or one proved to be the same here; mutants have no name.
        same_as: code of the fault that was named, where another was put in and both give one gradient at all points.
        family: it is of an injected fault's family.
        parameter: a wrong parameter is among those it spoils, and none that is right; None where none is meant.
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
    parameter: bool | None = False
    line: bool = False
    repaired: bool = False
    refuted: bool = False
    confidence: float = 0.0
    said: tuple[str, ...] = ()
    same_as: str = ""


def key_of(network: Network, faults: Iterable[Planted]) -> str:
    """What a broken network is known by."""
    cuts = (f"{f.kind}: {network.source[f.start : f.end]} -> {f.text} at {f.line}" for f in faults)
    return " | ".join([network.name, *cuts])


def judged(case: Broken) -> Outcome:
    """Break a network, make sure of it, diagnose it, and compare."""
    network, faults = case
    source = broken(network.source, faults)
    key, kinds = key_of(network, faults), tuple(fault.kind for fault in faults)
    result = grade(network, source, broken_lines(network.source, faults))
    if result is None or result.equivalent:
        return Outcome(key, "does not run" if result is None else "equivalent", kinds)
    codes = {fault.code for fault in faults if fault.code}
    first = result.codes[0] if result.codes else ""
    spoiled, wrong = set(result.parameters), _wrong(network, source)
    same = first if first and first not in codes and _is_the_same(network, source, first) else ""
    return Outcome(
        key,
        "faulty",
        kinds,
        detected=result.detected,
        named=first in codes or bool(same),
        family=bool(first) and find(first).family in {find(code).family for code in (codes | {same}) - {""}},
        parameter=bool(spoiled & wrong) and spoiled <= wrong,
        line=result.line,
        repaired=result.repaired,
        refuted=result.refuted,
        confidence=result.confidence,
        said=result.codes,
        same_as=same,
    )


def _is_the_same(network: Network, source: str, code: str) -> bool:
    """Whether a fault of some code, put into the same network, gives the gradient of `source` at every point."""
    style = next((style for style in STYLES if style.network.name == network.name), None)
    planted = injections(network.source, style.roles) if style is not None else []
    others = [broken(network.source, (fault,)) for fault in planted if fault.code == code]
    return any(same_gradient(network, source, other) for other in others)


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
        shares = [_share(some, mark) for mark in MARKS]
        lines.append(
            f"{title:34} {len(some):5} "
            + " ".join(f"{share:>9.1%}" if share is not None else " " * 8 + "-" for share in shares)
        )
    return [*lines, *_figures(outcomes, faulty)]


def _share(outcomes: list[Outcome], mark: str) -> float | None:
    """The share of the outcomes of which a mark holds, among those of which it can be said."""
    known = [getattr(outcome, mark) for outcome in outcomes if getattr(outcome, mark) is not None]
    return sum(known) / len(known) if known else None


def _figures(outcomes: list[Outcome], faulty: list[Outcome]) -> list[str]:
    """What the table comes to, in a few lines."""
    left = Counter(outcome.state for outcome in outcomes)
    same = sum(bool(outcome.same_as) for outcome in faulty)
    sure = [outcome for outcome in faulty if outcome.confidence >= SURE]
    shares = {mark: _share(faulty, mark) or 0.0 for mark in MARKS}
    right = {mark: sum(getattr(outcome, mark) for outcome in sure) for mark in ("named", "family", "line")}
    return [
        f"left out: {left['equivalent']} proved equivalent to right ones, {left['does not run']} that do not run",
        f"named as another fault that is proved to be the same there: {same}, counted as right",
        f"patches offered that are wrong: {sum(outcome.refuted for outcome in faulty)}",
        f"said with {SURE} or more: {len(sure)}, of which right: "
        + ", ".join(f"{mark} {count} ({count / max(len(sure), 1):.1%})" for mark, count in right.items()),
        f"of {len(faulty)} faults: " + ", ".join(f"{mark} {share:.1%}" for mark, share in shares.items()),
    ]
