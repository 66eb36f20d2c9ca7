"""Orphans: an edit that leaves a name without a use mends what was made of it, not the line that made it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.trace import SourceMap

Key = tuple[str, str]


class Uses:
    """Where every name that a function computes is read.

    Args:
        source: the parsed source.
    """

    def __init__(self, source: SourceMap) -> None:
        self._computed: set[Key] = set()
        self._counts: dict[Key, int] = {}
        self._reads: list[tuple[int, int, Key]] = []
        for site in source.sites:
            if not isinstance(site.node, ast.Name):
                continue
            key, statement = (site.function, site.node.id), source.sites[site.statement].node
            stored = isinstance(site.node.ctx, ast.Store)
            if stored and isinstance(statement, ast.Assign):
                self._computed.add(key)
            if not stored or isinstance(statement, ast.AugAssign):
                self._counts[key] = self._counts.get(key, 0) + 1
                self._reads.append((site.start, site.end, key))
        self._reads.sort()

    def orphaned_by(self, candidate: Candidate) -> bool:
        r"""Whether a change leaves some name that a function computes without any use.

        Example:
            >>> uses = Uses(SourceMap("def f(g):\n    d = 2 * g\n    return d\n"))
            >>> uses.orphaned_by(Candidate((Splice(35, 36, "3 * g"),), "replace-name", 1.0))
            True
            >>> uses.orphaned_by(Candidate((Splice(18, 19, "3"),), "change-number", 1.0))
            False
        """
        lost: dict[Key, int] = {}
        for splice in candidate.splices:
            for key in self._read_in(splice):
                lost[key] = lost.get(key, 0) + 1
        if not lost:
            return False
        kept = {word for splice in candidate.splices for word in re.findall(r"\w+", splice.text)}
        return any(
            key in self._computed and key[1] not in kept and count == self._counts[key]
            for key, count in lost.items()
        )

    def unread_in(self, function: str) -> frozenset[str]:
        r"""Names that a function computes and never reads.

        Example:
            >>> sorted(Uses(SourceMap("def f(g):\n    d = 2 * g\n    return g\n")).unread_in("f"))
            ['d']
        """
        return frozenset(name for place, name in self._computed - self._counts.keys() if place == function)

    def _read_in(self, splice: Splice) -> list[Key]:
        first = bisect_left(self._reads, splice.start, key=lambda read: read[0])
        last = bisect_left(self._reads, splice.end, key=lambda read: read[0])
        return [key for _, end, key in self._reads[first:last] if end <= splice.end]
