"""Put faults into right networks, diagnose each, and print what became of them.

python -m tests.quality --limit 600               so many faults of the catalogue, drawn by seed
python -m tests.quality --faults 2 --limit 100    pairs of faults in one network; 3 for triples
python -m tests.quality --kind training           the faults that a gradient check passes, in networks that train
python -m tests.quality --kind mutants            splices of every kind in networks of every style
python -m tests.quality --keep done.jsonl         writes what is done, and goes on from it
python -m tests.quality --clean 1000              right networks only: so many drawn, and every good specimen
"""

# ruff: noqa: T201  # a script that prints tables

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.quality.clean import drawn_networks, false_alarms, good_specimens, listened
from tests.quality.courses.judging import judged_course
from tests.quality.networks import Network
from tests.quality.outcomes import Broken, judged, key_of, matrix, remembered
from tests.quality.planted import Planted
from tests.quality.soils import soils

PICKS = 50  # combinations drawn for each fault that one holds: more than a long run takes of one network


def drawn(
    soil: Iterable[tuple[Network, list[tuple[Planted, ...]]]], faults: int, seed: int
) -> Iterator[Broken]:
    """Combinations of faults on different lines of one network, the networks in turn."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    piles = []
    for network, single in soil:
        pile = list(single)
        if faults > 1 and len(single) >= faults:
            picks = dict.fromkeys(tuple(chain(*rng.sample(single, faults))) for _ in range(PICKS * faults))
            pile = [pick for pick in picks if len({fault.line for fault in pick}) == len(pick)]
        rng.shuffle(pile)
        piles.append((network, pile))
    while any(pile for _, pile in piles):
        for network, pile in piles:
            if pile:
                yield network, pile.pop()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.quality", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--kind", choices=("catalogue", "training", "mutants"), default="catalogue")
    parser.add_argument("--codes", nargs="*", default=[""], help="prefixes of codes; all by default")
    parser.add_argument("--network", default="", help="part of a network's name; all by default")
    parser.add_argument("--limit", type=int, default=10**6, help="how many broken networks")
    parser.add_argument("--faults", type=int, default=1, help="how many faults in each")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, default=None, help="file of outcomes: written, and gone on from")
    parser.add_argument(
        "--clean",
        type=int,
        default=None,
        metavar="N",
        help="only right networks: N drawn, and all good specimens",
    )
    args = parser.parse_args()
    began = time.perf_counter()
    with get_context("spawn").Pool(args.processes, maxtasksperchild=40) as pool:
        if args.clean is None:
            report_faults(args, pool)
        else:
            known = [*drawn_networks(args.clean, args.seed), *good_specimens()]
            print("\n".join(false_alarms(pool.imap_unordered(listened, known))))
    print(f"{time.perf_counter() - began:.0f} s, seed {args.seed}")


def report_faults(args: argparse.Namespace, pool: Pool) -> None:
    """Judge the faults that were asked for, and the right networks they were put into."""
    codes = tuple(code if not code or code.startswith("GC") else f"GC{code}" for code in args.codes)
    judge = judged_course if args.kind == "training" else judged
    soil = [
        (network, [fault for fault in faults if fault[0].kind.startswith(codes)])
        for network, faults in soils(args.kind, args.network)
    ]
    chosen = list(drawn(soil, args.faults, args.seed))[: args.limit]
    done = remembered(args.keep)
    outcomes = [done[key] for broken in chosen if (key := key_of(*broken)) in done]
    rest = [broken for broken in chosen if key_of(*broken) not in done]
    for outcome in pool.imap_unordered(judge, rest):
        outcomes.append(outcome)
        if args.keep is not None:
            with args.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
    print("\n".join(matrix(outcomes)))
    print("\n".join(false_alarms(pool.imap_unordered(listened, [network for network, _ in soil]))))


if __name__ == "__main__":
    main()
