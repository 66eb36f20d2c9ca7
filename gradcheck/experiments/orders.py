"""Look at the order of the samples: batches of one class each pull the network to and fro."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from gradcheck.experiments.feeding import Batch, Fed, watch_feeding
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import SourceMap

SHARE = 0.5
# Of the classes beside the first that chance would give a batch, sorted ones hold less than so much.
DRAWS = 200
# Of random orders: samples that lie class by class hold fewer classes a batch than in any of these.
FEWEST = 3
# Batches of a kind to have seen.
MOST = 60
# Different ones to look at.


def order_audit(lab: Lab) -> Observation:
    """Facts: `sorted`, at most one of {line, lines, function, batches, size, held, chance, classes}.

    `held` is the mean number of classes in a batch, each counted by its share: 2 for two halves, 1.2 for one of eleven
    twelfths. `chance` is what it would be had the samples been drawn at random, `least` the least of many draws.
    """
    fed = lab.once(watch_feeding)
    facts = [] if fed is None else _by_function(lab, fed)
    found = [f for f in facts if f["held"] - 1.0 < SHARE * (f["chance"] - 1.0) and f["held"] < f["least"]]
    return Observation("order_audit", {"sorted": found[:1]})


def _by_function(lab: Lab, fed: Fed) -> list[dict[str, Any]]:
    """The batches that each function was given, where they are real batches: more than one sample, fewer than all."""
    groups: dict[tuple[str, int], list[Batch]] = {}
    for batch in fed.batches:
        if 2 <= len(batch.rows) <= len(fed.labels) // 2:
            groups.setdefault((batch.function, batch.line), []).append(batch)
    classes = len(set(fed.labels))
    facts = []
    for (function, line), batches in groups.items():
        if len(batches) >= FEWEST and 2 <= classes <= len(fed.labels) // 2:
            own = {tuple(sorted(batch.rows)): batch.own for batch in batches}
            seen = list(own.values())[:MOST]
            sizes = [len(labels) for labels in seen]
            draws = _draws(lab, fed, sizes)
            facts.append(
                {
                    **_lines(lab.tracer.source, line),
                    "function": function,
                    "batches": len(batches),
                    "size": max(sizes),
                    "held": float(np.mean([_classes(labels) for labels in seen])),
                    "chance": float(np.mean(draws)),
                    "least": min(draws),
                    "classes": classes,
                }
            )
    return facts


def _lines(source: SourceMap, line: int) -> dict[str, Any]:
    """Where a name holds the order of the batches, the lines that make it, before the line that hands them on."""
    called = [site for site in source.sites if site.is_statement and site.line == line]
    wanted = {
        node.id
        for site in called
        for part in ast.walk(site.node)
        if isinstance(part, ast.Subscript)
        for node in ast.walk(part.slice)
        if isinstance(node, ast.Name)
    }
    lines = [line]
    above = [s for s in source.sites if called and s.function == called[0].function and s.line < line]
    for site in reversed(above):
        node = site.node
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in wanted:
            wanted.remove(ast.unparse(node.targets[0]))
            wanted |= {n.value.id for n in ast.walk(node.value) if _is_part(n)}  # type: ignore[attr-defined] # a part
            lines.insert(0, site.line)
    return {"line": lines[0], "lines": lines}


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)


def _draws(lab: Lab, fed: Fed, sizes: list[int]) -> list[float]:
    """The mean number of classes in batches of those sizes, for many random orders of the samples."""
    rng = np.random.default_rng([lab.seed, 0x0D])
    labels = np.array(fed.labels)
    return [
        float(np.mean([_classes(rng.choice(labels, size, replace=False)) for size in sizes]))
        for _ in range(DRAWS)
    ]


def _classes(labels: Iterable[Hashable]) -> float:
    """How many classes of one size would be as mixed as these: one over the chance that two samples share theirs.

    Example:
        >>> _classes([0, 0, 1, 1])
        2.0
    """
    counts = np.array(list(Counter(labels).values()), dtype=float)
    return float(counts.sum() ** 2 / np.sum(counts**2))
