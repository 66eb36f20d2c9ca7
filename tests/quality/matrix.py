"""Inject every fault of the catalogue into every network that has a place for it, and print the matrix.

python -m tests.quality.matrix                          every single fault
python -m tests.quality.matrix --faults 2 --limit 100   pairs in one network; 3 for triples
python -m tests.quality.matrix --codes GC2 --networks relu --keep done.jsonl   resumable

A mutant counts once plain central differences, which share nothing with the package, say that its gradient is wrong.
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gradcheck.faults import find
from tests.faults.faults_driver import DISAGREES, gradient_errors
from tests.quality.grading import grade
from tests.quality.injections import Injection, injections
from tests.quality.styles import STYLES, Style

SURE = 0.9
MARKS = ("detected", "named", "family", "parameter", "line", "repaired")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one broken network.

    Attributes:
        key: the network and the faults.
        state: "faulty"; or "equivalent" or "does not run", which are counted and left out.
        codes: of what was injected.
        detected: something was reported.
        named: the first finding is an injected fault.
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
    codes: tuple[str, ...]
    detected: bool = False
    named: bool = False
    family: bool = False
    parameter: bool = False
    line: bool = False
    repaired: bool = False
    refuted: bool = False
    confidence: float = 0.0
    said: tuple[str, ...] = ()


def key_of(name: str, faults: Iterable[Injection]) -> str:
    """What a broken network is known by."""
    return " | ".join([name, *(f"{fault.code}: {fault.old} -> {fault.new}" for fault in faults)])


def drawn(
    faults: int, codes: tuple[str, ...], networks: tuple[str, ...], seed: int
) -> Iterator[tuple[Style, tuple[Injection, ...]]]:
    """Combinations of faults on different lines of one network, the networks in turn."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    piles = []
    for style in STYLES:
        if networks and not any(part in style.network.name for part in networks):
            continue
        single = injections(style.network.source, style.roles, codes)
        pile = [(fault,) for fault in single]
        if faults > 1 and len(single) >= faults:
            picks = dict.fromkeys(tuple(rng.sample(single, faults)) for _ in range(50 * faults))
            pile = [pick for pick in picks if len(lines_of(style.network.source, pick)) == faults]
        rng.shuffle(pile)
        piles.append((style, pile))
    while any(pile for _, pile in piles):
        for style, pile in piles:
            if pile:
                yield style, pile.pop()


def lines_of(source: str, faults: Iterable[Injection]) -> frozenset[int]:
    """The lines at fault; no fault adds or takes away a line."""
    return frozenset(fault.line(source) for fault in faults)


def judged(style: Style, faults: tuple[Injection, ...]) -> Outcome:
    """Break a network, make sure of it, diagnose it, and compare."""
    source = style.network.source
    for fault in faults:
        source = fault.applied(source)
    key, codes = key_of(style.network.name, faults), tuple(fault.code for fault in faults)
    try:
        errors = gradient_errors(source, style.network.wiring)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return Outcome(key, "does not run", codes)
    wrong = {name for name, error in errors.items() if error > DISAGREES}
    if not wrong:
        return Outcome(key, "equivalent", codes)
    lines = lines_of(style.network.source, faults)
    result = grade(style.network, source, lines)
    if result is None:
        return Outcome(key, "does not run", codes)
    families = {find(code).family for code in codes}
    first = result.codes[0] if result.codes else ""
    spoiled = set(result.parameters)
    return Outcome(
        key,
        "faulty",
        codes,
        detected=result.detected,
        named=first in codes,
        family=bool(first) and find(first).family in families,
        parameter=bool(spoiled & wrong) and spoiled <= wrong,
        line=result.line,
        repaired=result.repaired,
        refuted=result.refuted,
        confidence=result.confidence,
        said=result.codes,
    )


def remembered(path: Path | None) -> dict[str, Outcome]:
    """What an earlier run has written."""
    if path is None or not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [Outcome(**{**row, "codes": tuple(row["codes"]), "said": tuple(row["said"])}) for row in rows]
    return {outcome.key: outcome for outcome in found}


def matrix(outcomes: list[Outcome]) -> list[str]:
    """The table: a row per code, and the totals."""
    faulty = [outcome for outcome in outcomes if outcome.state == "faulty"]
    rows: dict[str, list[Outcome]] = {}
    for outcome in faulty:
        rows.setdefault(" ".join(outcome.codes) if len(outcome.codes) == 1 else "combined", []).append(
            outcome
        )
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


def false_alarms() -> list[str]:
    """Names of the right networks of which something is said."""
    found = []
    for style in STYLES:
        said = grade(style.network, style.network.source, frozenset(), always=True)
        if said is None or said.detected:
            found.append(f"{style.network.name} {'' if said is None else ' '.join(said.codes)}".strip())
    return found


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.quality.matrix", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--codes", nargs="*", default=[], help="prefixes of codes; all where empty")
    parser.add_argument("--networks", nargs="*", default=[], help="parts of names; all where empty")
    parser.add_argument("--limit", type=int, default=10**6, help="how many broken networks")
    parser.add_argument("--faults", type=int, default=1, help="how many faults in each")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=None, help="file of outcomes: written, and gone on from")
    args = parser.parse_args()
    began = time.perf_counter()
    done = remembered(args.keep)
    chosen = list(drawn(args.faults, tuple(args.codes), tuple(args.networks), args.seed))[: args.limit]
    outcomes = [done[key] for style, faults in chosen if (key := key_of(style.network.name, faults)) in done]
    rest = [(style, faults) for style, faults in chosen if key_of(style.network.name, faults) not in done]
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn"), max_tasks_per_child=40) as pool:
        for future in as_completed([pool.submit(judged, style, faults) for style, faults in rest]):
            outcomes.append(future.result())
            if args.keep is not None:
                with args.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(outcomes[-1])) + "\n")
    print("\n".join(matrix(outcomes)))
    alarms = false_alarms()
    print(f"false alarms on the {len(STYLES)} right networks: {len(alarms)} {'; '.join(alarms)}")
    print(f"{time.perf_counter() - began:.0f} s, seed {args.seed}")


if __name__ == "__main__":
    main()
