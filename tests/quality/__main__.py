"""Put faults into right networks, diagnose each, and print what became of them.

python -m tests.quality                    every fault in every network; hours
python -m tests.quality --limit 600        so many single faults, drawn by seed
python -m tests.quality --faults 2 --limit 100   pairs of faults in one network; 3 for triples
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.quality.grading import Grade, grade
from tests.quality.mutants import Mutant, mutants
from tests.quality.networks import Network, networks

SURE = 0.9


def places(network: Network) -> list[Mutant]:
    """The faults that can be put into what computes a network's gradient, and no part of its loss."""
    from gradcheck.experiments import open_lab

    lab = open_lab(network.path, network.source, network.wiring, 0)
    statements = {n for n, reach in lab.influence.of.items() if reach} - lab.influence.specification
    return mutants(lab.tracer, frozenset(statements))


def drawn(
    found: dict[str, list[Mutant]], faults: int, limit: int, seed: int
) -> list[tuple[str, tuple[Mutant, ...]]]:
    """Combinations of faults on different lines of one network, the networks in turn."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    piles = {}
    for name, single in found.items():
        combined = [(mutant,) for mutant in single]
        if faults > 1:
            picks = (tuple(rng.sample(single, faults)) for _ in range(20 * limit) if len(single) >= faults)
            combined = [
                pick for pick in dict.fromkeys(picks) if len({mutant.line for mutant in pick}) == faults
            ]
        rng.shuffle(combined)
        piles[name] = combined
    chosen = []
    while any(piles.values()) and len(chosen) < limit:
        for name, pile in piles.items():
            if pile and len(chosen) < limit:
                chosen.append((name, pile.pop()))
    return chosen


def broken(source: str, faults: tuple[Mutant, ...]) -> str:
    """The source with all faults in it, from the last place to the first."""
    for mutant in sorted(faults, key=lambda mutant: -mutant.start):
        source = mutant.applied(source)
    return source


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__.split("\n")[0])
    parser.add_argument("--limit", type=int, default=10**6, help="how many broken networks")
    parser.add_argument("--faults", type=int, default=1, help="how many faults in each")
    parser.add_argument("--network", default="", help="part of a network's name")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verbose", action="store_true", help="a line for every broken network")
    args = parser.parse_args()
    began = time.perf_counter()
    known = {network.name: network for network in networks(args.network)}
    found = {name: places(network) for name, network in known.items()}
    chosen = drawn(found, args.faults, args.limit, args.seed)
    print(
        f"{len(known)} networks, {sum(map(len, found.values()))} places for a fault, {len(chosen)} drawn",
        flush=True,
    )
    graded: list[tuple[str, tuple[Mutant, ...], Grade | None]] = []
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn"), max_tasks_per_child=40) as pool:
        waiting = {
            pool.submit(
                grade,
                known[name],
                broken(known[name].source, faults),
                frozenset(mutant.line for mutant in faults),
            ): (name, faults)
            for name, faults in chosen
        }
        for future in as_completed(waiting):
            name, faults = waiting[future]
            graded.append((name, faults, future.result()))
            if args.verbose:
                print(_line(*graded[-1]), flush=True)
    _table(graded)
    print(f"{time.perf_counter() - began:.0f} s, seed {args.seed}")


def _line(name: str, faults: tuple[Mutant, ...], result: Grade | None) -> str:
    where = "; ".join(f"{mutant.kind} {mutant.line}: {mutant.text[:40]}" for mutant in faults)
    if result is None:
        return f"{name:22} does not run             {where}"
    if result.equivalent:
        return f"{name:22} equivalent               {where}"
    marks = "".join(
        mark if on else "."
        for mark, on in zip(
            "DLR!", (result.detected, result.line, result.repaired, result.refuted), strict=True
        )
    )
    return f"{name:22} {marks} {result.confidence:.2f} {' '.join(result.codes)[:24]:24} {where}"


def _table(graded: list[tuple[str, tuple[Mutant, ...], Grade | None]]) -> None:
    kinds: dict[str, list[Grade]] = defaultdict(list)
    left_out: Counter[str] = Counter()
    for _, faults, result in graded:
        if result is None or result.equivalent:
            left_out["equivalent" if result is not None else "does not run"] += 1
            continue
        kinds[faults[0].kind if len(faults) == 1 else "combined"].append(result)
    print(f"\n{'fault':20} {'count':>6} {'detected':>9} {'line':>6} {'repaired':>9} {'refuted':>8}")
    everything = [result for results in kinds.values() for result in results]
    for kind, grades in [*sorted(kinds.items()), ("all", everything)]:
        shares = [
            sum(getattr(g, n) for g in grades) / max(len(grades), 1) for n in ("detected", "line", "repaired")
        ]
        shown = " ".join(f"{share:>{width}.1%}" for share, width in zip(shares, (9, 6, 9), strict=True))
        print(f"{kind:20} {len(grades):6} {shown} {sum(g.refuted for g in grades):8}")
    print(
        f"left out: {left_out['equivalent']} that change no gradient, {left_out['does not run']} that do not run"
    )
    sure = [result for result in everything if result.confidence >= SURE]
    right = sum(result.line for result in sure)
    print(f"said with {SURE:.0%} confidence or more: {len(sure)}, of which {right} name the right line")


if __name__ == "__main__":
    main()
