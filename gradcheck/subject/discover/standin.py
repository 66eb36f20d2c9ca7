"""A main block for a file that has none: a network made from its class's signature, and data made up for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradcheck.subject.discover.script import Script
from gradcheck.subject.statements import Function

TRAINS = re.compile(
    r"^_?(fit|train|learn|sgd|gradient_descent|optimi[sz]e|descend|partial_fit|train_step|step)",
    re.IGNORECASE,
)
INPUTS, HIDDEN, OUTPUTS, SAMPLES = 4, 5, 3, 12

# How labels may be laid out, the commonest first: an expression of class numbers k, and how many outputs they take.
LABELS = (
    ("X", "k", OUTPUTS),
    ("X", f"np.eye({OUTPUTS})[k]", OUTPUTS),
    ("X", "(k > 0).astype(float)[:, None]", 1),
    ("X", "(k > 0).astype(float)", 1),
    ("X.T", f"np.eye({OUTPUTS})[k].T", OUTPUTS),
    ("X.T", "(k > 0).astype(float)[None, :]", 1),
)


def stand_ins(script: Script, name: str = "") -> Iterator[str]:
    """Main blocks that may make the file train, the likeliest first; as text to append to it.

    Args:
        script: the file.
        name: of the one class to make an object of; empty for any.
    """
    for owner in [n for n in script.tree.body if isinstance(n, ast.ClassDef) and name in {"", n.name}]:
        methods = [n for n in owner.body if isinstance(n, ast.FunctionDef)]
        trainer = next((m for m in methods if TRAINS.match(m.name)), None)
        if trainer is None:
            continue
        make = next((m for m in methods if m.name == "__init__"), None)
        for inputs, labels, outputs in LABELS:
            built = _arguments(make, outputs, skip=1, data=()) if make is not None else []
            called = _arguments(trainer, outputs, skip=1, data=("X", "y"))
            if built is None or called is None:
                continue
            width = _width(make)
            yield "\n".join(
                [
                    "",
                    "",
                    'if __name__ == "__main__":',
                    "    import numpy as np",
                    "    rng = np.random.default_rng(0)",
                    f"    k = np.arange({SAMPLES}) % {OUTPUTS}",
                    f"    X = rng.normal(size=({SAMPLES}, {width})) + k[:, None]",
                    f"    X, y = {inputs}, {labels}",
                    f"    net = {owner.name}({', '.join(built)})",
                    f"    for turn in range(4):\n        net.{trainer.name}({', '.join(called)})",
                    "",
                ]
            )


def _arguments(function: Function, outputs: int, *, skip: int, data: tuple[str, ...]) -> list[str] | None:
    """What to hand to the parameters that have no default; None where one is not understood."""
    parameters = [*function.args.posonlyargs, *function.args.args][skip:]
    required = parameters[: len(parameters) - len(function.args.defaults)]
    given = list(data[: len(required)])
    for parameter in required[len(given) :]:
        value = guess(parameter.arg.lower(), outputs)
        if value is None:
            return None
        given.append(value)
    return given


def guess(name: str, outputs: int) -> str | None:
    """A value for a parameter of a constructor or a trainer, by its name."""
    guesses = (
        (
            r"sizes|layers|dims|shape|architecture|units|neurons|structure|nodes$",
            f"[{INPUTS}, {HIDDEN}, {outputs}]",
        ),
        (r"hid|^h$|middle", f"{HIDDEN}"),
        (r"out|class|label|^k$|^c$", f"{outputs}"),
        (r"in|feat|^d$|^n$|^x", f"{INPUTS}"),
        (r"epoch|iter|step|round|times", "3"),
        (r"batch", f"{SAMPLES}"),
        (r"lr|rate|alpha|eta|pace", "0.1"),
        (r"reg|lam|decay|penalty|l2|momentum|mu|beta", "0.01"),
        (r"seed|random", "0"),
    )
    return next((value for pattern, value in guesses if re.search(pattern, name)), None)


def _width(make: Function | None) -> int:
    """How many features the samples must have: as many as the constructor expects when it is not told."""
    if make is None:
        return INPUTS
    positional = make.args.args
    for parameter, default in zip(
        positional[len(positional) - len(make.args.defaults) :], make.args.defaults, strict=True
    ):
        wanted = guess(parameter.arg.lower(), OUTPUTS) == f"{INPUTS}"
        if wanted and isinstance(default, ast.Constant) and isinstance(default.value, int):
            return default.value
    return INPUTS
