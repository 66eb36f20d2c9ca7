"""Replay updates that a network makes itself: a method for (gradients, rate), given known gradients."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import arrays_in
from gradcheck.experiments.stepping import RATE, STEPS, Array, Steps
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live


def stepping_methods(lab: Lab) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef, Steps]]:
    """Methods of the network that take its gradients, as the wiring gets them, and a rate; with what they did.

    The numbers and the state of `Steps` are those that the method itself has as defaults and mentions as attributes.
    """
    if lab.wiring.grads is None:
        return
    for node in lab.tracer.source.tree.body:
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(node, ast.ClassDef) and isinstance(method, ast.FunctionDef) and _takes_two(method):
                steps = _driven(lab, node.name, method)
                if steps is not None:
                    yield node, method, steps


def _takes_two(method: ast.FunctionDef) -> bool:
    """Whether a method has two arguments that have to be given."""
    required = len(method.args.args) - len(method.args.defaults)
    return required == 3 and not method.name.startswith("__")


def _driven(lab: Lab, owner: str, method: ast.FunctionDef) -> Steps | None:
    live = lab.program.start()
    subject = next((value for value in live.scope.values() if type(value).__name__ == owner), None)
    assert lab.wiring.grads is not None
    roots = {
        ast.unparse(ast.parse(text, mode="eval").body).split("[")[0] for text in lab.wiring.grads.of.values()
    }
    if subject is None or len(roots) != 1 or not next(iter(roots)).isidentifier():
        return None
    names = list(lab.wiring.params)
    rng = np.random.default_rng([lab.seed, 0x57E9])
    gradients: dict[str, list[Array]] = {name: [] for name in names}
    thetas: dict[str, list[Array]] = {name: [value] for name, value in live.parameters().items()}
    sizes = {name: 10.0 ** rng.uniform(-6, 0, thetas[name][0].shape) for name in names}
    try:
        with patience(1.0), np.errstate(all="ignore"):
            for _ in range(STEPS):
                _given(
                    live,
                    lab,
                    names,
                    {n: sizes[n] * rng.normal(1.0, 0.3, sizes[n].shape) for n in names},
                    gradients,
                )
                getattr(subject, method.name)(live.scope[next(iter(roots))], RATE)
                for name, value in live.parameters().items():
                    thetas[name].append(value)
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any method of the user's may be tried here, and may refuse
        return None
    moved = all(not np.array_equal(values[0], values[-1]) for values in thetas.values())
    if not moved or not all(np.all(np.isfinite(value)) for values in thetas.values() for value in values):
        return None
    held = list(_state(subject, method, [live.object(name) for name in names]))
    return Steps(
        thetas, gradients, _numbers(subject, method), bool(held), bool(held) and not any(map(np.any, held))
    )


def _given(
    live: Live, lab: Lab, names: list[str], made: dict[str, Array], gradients: dict[str, list[Array]]
) -> None:
    """Put known gradients where the code's own run has left its gradients."""
    assert lab.wiring.grads is not None
    live.execute(lab.wiring.grads.run)
    for name in names:
        live.evaluate(lab.wiring.grads.of[name])[...] = made[name]
        gradients[name].append(made[name])


def _numbers(subject: object, method: ast.FunctionDef) -> tuple[float, ...]:
    parameters = inspect.signature(getattr(subject, method.name)).parameters.values()
    return tuple(float(one.default) for one in parameters if isinstance(one.default, float))


def _state(subject: object, method: ast.FunctionDef, weights: list[Any]) -> Iterator[Array]:
    """Arrays shaped like a parameter in the attributes that a method mentions, other than the parameters."""
    mentioned = {node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute)}
    own = {id(weight) for weight in weights}
    shapes = {np.shape(weight) for weight in weights}
    for name in sorted(mentioned):
        for array in arrays_in(getattr(subject, name, None)):
            if array.shape in shapes and id(array) not in own:
                yield array
