"""Disturb every statement: which gradients does its value reach?"""

from __future__ import annotations

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def influence_map(lab: Lab) -> Observation:
    """Facts: `lines`, by line of the gradient run that is no part of the loss: parameters whose gradient it feeds."""
    lines: dict[int, list[str]] = {}
    if lab.wrong:
        for number, names in lab.influence.of.items():
            if number not in lab.influence.specification:
                line = lab.tracer.source.sites[number].line
                lines[line] = sorted(names | set(lines.get(line, ())))
    return Observation("influence_map", {"lines": lines})
