"""Where parameters are made: the line of the setup whose expression first has a parameter's first value."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import Recorder

NEVER_NEGATIVE = {"random", "rand", "random_sample", "ranf", "sample", "abs", "absolute", "square"}
# What numpy draws or makes of any numbers with it.


def birth_audit(lab: Lab) -> Observation:
    """Facts: `lines`, parameter -> the line on which it gets its first value; none where that cannot be told."""
    found = _made(lab)
    written = _written(lab)
    lines = {name: found.get(name, written.get(name, 0)) for name in lab.wiring.params}
    return Observation("birth_audit", {"lines": {name: line for name, line in lines.items() if line}})


def birth_lines(lab: Lab, names: Sequence[str]) -> list[int]:
    """The lines on which some parameters get their first values, each once."""
    lines = lab.once(birth_audit).facts["lines"]
    return list(dict.fromkeys(lines[name] for name in names if name in lines))


def never_negative(lab: Lab, name: str) -> bool:
    """Whether a parameter is made on a line that draws from [0, 1) or takes absolute values, and subtracts nothing.

    Its entries are of one sign by a rule, then, and not by chance.
    """
    lines = birth_lines(lab, [name])
    nodes = [node for node in ast.walk(lab.tracer.source.tree) if getattr(node, "lineno", 0) in lines]
    called = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in nodes if isinstance(n, ast.Call)}
    subtracts = any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) for node in nodes)
    return bool(called & NEVER_NEGATIVE) and not subtracts


def setup_seen(lab: Lab) -> Recorder:
    """What is seen of the setup, in the functions of the file that it calls."""
    recorder = lab.tracer.recorder
    known = recorder.taken()
    recorder.give(Recorder())
    recorder.keep = True
    try:
        lab.tracer.program.start()
        return recorder.taken()
    finally:
        recorder.keep = False
        recorder.give(known)


def _made(lab: Lab) -> dict[str, int]:
    """By value: the first expression in a function that gives what a parameter starts as."""
    source = lab.tracer.source
    first = {name: value for name, value in lab.program.start().parameters().items() if value.size > 1}
    found: dict[str, int] = {}
    for number, seen in lab.once(setup_seen).seen.items():
        arrays = [value for value in seen.values if isinstance(value, np.ndarray)]
        for name, value in first.items():
            if name not in found and any(np.array_equal(array, value) for array in arrays):
                found[name] = source.sites[number].line
    return found


def _written(lab: Lab) -> dict[str, int]:
    """By name: the first assignment to what the wiring calls a parameter."""
    calls: dict[str, list[str]] = {}
    for name, text in lab.wiring.params.items():
        calls.setdefault(_last(text), []).append(name)
    found: dict[str, int] = {}
    for node in ast.walk(lab.tracer.source.tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        flat = [
            part
            for target in targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
        for target in flat:
            for name in calls.get(_last(ast.unparse(target)), ()):
                found[name] = min(found.get(name, target.lineno), target.lineno)
    return found


def _last(expression: str) -> str:
    """The last component of a reference: W1 of net.W1, ["W1"] of p["W1"]."""
    node = ast.parse(expression, mode="eval").body
    if isinstance(node, ast.Subscript):
        return f"[{ast.unparse(node.slice)}]"
    return node.attr if isinstance(node, ast.Attribute) else expression
