"""Look at the order of the samples: batches of one class each pull the network to and fro."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.experiments.feeding import Batch, Fed, classes_a_batch, watch_feeding
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import SourceMap

SHARE = 0.7
# Batches that hold fewer classes than so much of what chance would give them are sorted.
FEWEST = 3
# Batches of a kind to have seen.


def order_audit(lab: Lab) -> Observation:
    """Facts: `sorted`, at most one of {line, lines, function, batches, size, held, chance, classes}.

    `held` is the mean number of classes in a batch, `chance` what it would be had the samples been drawn at random.
    """
    fed = lab.once(watch_feeding)
    facts = [] if fed is None else _by_function(lab, fed)
    found = [fact for fact in facts if fact["held"] < SHARE * fact["chance"]]
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
            sizes = [len(batch.rows) for batch in batches]
            facts.append(
                {
                    **_lines(lab.tracer.source, line),
                    "function": function,
                    "batches": len(batches),
                    "size": max(sizes),
                    "held": float(np.mean([classes_a_batch(batch) for batch in batches])),
                    "chance": _chance(lab, fed, sizes),
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


def _chance(lab: Lab, fed: Fed, sizes: list[int]) -> float:
    """The mean number of classes in batches of those sizes, drawn at random without replacement."""
    rng = np.random.default_rng([lab.seed, 0x0D])
    labels = np.array(fed.labels)
    return float(np.mean([len(set(rng.choice(labels, size, replace=False))) for size in sizes]))
