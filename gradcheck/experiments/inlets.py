"""Where the inputs come in: a function that should have scaled them and hands them on as they are, else layer one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.births import setup_seen
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.trace import Site


def inlet_lines(lab: Lab) -> list[int]:
    """The lines on which inputs are handed on unchanged, else those where the network first multiplies them."""
    passed = [site.line for site in unchanged(lab)]
    return list(dict.fromkeys(passed or list(_multiplied(lab))))


def unchanged(lab: Lab) -> list[Site]:
    """The `return` statements of the setup that hand on an argument of theirs which is the inputs."""
    source = lab.tracer.source
    seen = lab.once(setup_seen)
    values = _inputs(lab)
    found = []
    for number in seen.reached:
        site = source.sites[number]
        node = site.node
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
            handed = seen.scopes[number].get(node.value.id)
            if not isinstance(handed, np.ndarray) or not _is_argument(lab, site, node.value.id):
                continue
            if any(np.array_equal(handed, value) for value in values):
                found.append(site)
    return found


def _inputs(lab: Lab) -> list[np.ndarray]:
    samples = samples_of(lab)
    if samples is None:
        return []
    try:
        return [np.asarray(lab.program.start().evaluate(samples.inputs))]
    except GradcheckError:
        return []


def _is_argument(lab: Lab, site: Site, name: str) -> bool:
    """Whether a name is an argument of the innermost function around a site that nothing assigns to there."""
    above = site
    while above.parent >= 0 and not isinstance(above.node, ast.FunctionDef):
        above = lab.tracer.source.sites[above.parent]
    if not isinstance(above.node, ast.FunctionDef):
        return False
    stored = {n.id for n in ast.walk(above.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return name in {argument.arg for argument in above.node.args.args} - stored


def _multiplied(lab: Lab) -> Iterator[int]:
    """The first product of the loss that has the inputs as a factor."""
    source = lab.tracer.source
    values = _inputs(lab)
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    for number in seen:
        site = source.sites[number]
        node = site.node
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            sides = [node.left, node.right]
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"dot", "matmul"}:
            owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            sides = [*owner, *node.args]
        held = [seen[k].values[0] for side in sides if (k := source.site_of(side).number) in seen]
        if any(
            np.array_equal(one, value) or np.array_equal(one, value.T) for one in held for value in values
        ):
            yield site.line
            return
