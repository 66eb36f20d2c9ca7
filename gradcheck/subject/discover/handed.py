"""A main block for a live network: its own trainer on the data, or its forward and backward pass and a plain step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.leaves import as_array, leaves
from gradcheck.subject.discover.matching import alike
from gradcheck.subject.discover.naming import is_forward
from gradcheck.subject.discover.samples import INPUT_NAMES, LABEL_NAMES, plain_name
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.standin import TRAINS, guess
from gradcheck.subject.program import Live, Program
from gradcheck.subject.statements import Function
from gradcheck.subject.wiring import Grads, Wiring

GRADIENT = re.compile(r"back|grad|bprop|deriv", re.IGNORECASE)
UPDATE = re.compile(r"update|step|apply|descend|adjust", re.IGNORECASE)
RATE = 0.05  # of a step that the network has no method for; the gradient does not depend on it
MOST_BLOCKS = 12
ONE = (("turn", "turn"), ("turn : turn + 1", "turn"), ("turn : turn + 1", "turn : turn + 1"))
# How a network that learns from one sample at a time may be given it: samples and labels.


@dataclass(frozen=True, slots=True)
class Block:
    """A main block.

    Attributes:
        text: to append to the source.
        trains: whether it is the network's own training that it runs, from start to end.
        updates: whether the network itself makes the update.
    """

    text: str
    trains: bool
    updates: bool


def blocks(script: Script, net: str, data: Sequence[str]) -> Iterator[Block]:
    """Main blocks that make a live network train, the likeliest first.

    Args:
        script: the source, with the live objects.
        net: the network's name in them.
        data: the names of its samples and labels.
    """
    bench = _Bench(script, net, tuple(data))
    for name in bench.methods(TRAINS):
        for call in bench.calls(name, optional=False):
            if set(data) <= _names(call):
                yield Block(_block([call]), trains=True, updates=True)
                for form in (call, *(_one(call, data, at) for at in ONE)):
                    yield Block(_block([_loop([form])]), trains=False, updates=True)
    for count, (forward, backward) in enumerate(bench.passes()):
        lines = [*forward, backward]
        for update in bench.updates(lines):
            yield Block(_block([_loop([*lines, update])]), trains=False, updates=True)
        for steps in bench.steps(lines):
            yield Block(_block([_loop([*lines, *steps])]), trains=False, updates=False)
        if count > MOST_BLOCKS:
            return


def _one(call: str, data: Sequence[str], at: Sequence[str]) -> str:
    """A call on all the data as one on a single sample, another in every turn."""
    for name, index in zip(data, at, strict=False):
        call = re.sub(rf"\b{name}\b", f"{name}[{index}]", call)
    return call


def _block(lines: Sequence[str]) -> str:
    return "\n".join(["", "", 'if __name__ == "__main__":', *(f"    {line}" for line in lines), ""])


def _loop(lines: Sequence[str]) -> str:
    return "\n".join(["for turn in range(4):", *(f"        {line}" for line in lines)])


class _Bench:
    """The live network, started as often as one likes, to see which calls of its methods go through."""

    def __init__(self, script: Script, net: str, data: tuple[str, ...]) -> None:
        self._script, self._net, self._data = script, net, data
        wiring = Wiring(loss="0.0", params={}, grads=Grads("pass", {}), given=script.given)
        self._program = Program(script.path, script.source, wiring)
        self._defined = self._definitions()

    def _definitions(self) -> dict[str, Function]:
        """The network's methods, those of its own class before those it inherits."""
        classes = {n.name: n for n in ast.walk(self._script.tree) if isinstance(n, ast.ClassDef)}
        found: dict[str, Function] = {}
        for kind in type(self._start().evaluate(self._net)).__mro__:
            for node in getattr(classes.get(kind.__name__), "body", []):
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(node.name, node)
        return found

    def _start(self) -> Live:
        return self._program.start()

    def methods(self, pattern: re.Pattern[str]) -> list[str]:
        """Names of methods, in the order of the source."""
        return [name for name in self._defined if pattern.search(name)]

    def calls(self, name: str, extra: Sequence[str] = (), *, optional: bool = True) -> list[str]:
        """Calls of a method, by what its parameters are called, else by their order."""
        args = self._defined[name].args
        parameters = [*args.posonlyargs, *args.args][1:]
        required = parameters[: len(parameters) - len(args.defaults)]
        known = [self._argument(p.arg, extra) for p in required]
        inputs, labels = self._data[0], self._data[1:]
        orders: list[list[str | None]] = [
            known,
            [inputs, *labels, *extra],
            [*labels, *extra],
            [*extra, *labels],
            [inputs, *extra, *labels],
            [inputs, *labels, *known[1 + len(labels) :]],
        ]
        fits = [order for order in orders if len(order) == len(required) and all(order)]
        if optional and not required and len(parameters) >= len(self._data):
            fits.append(list(self._data))
        said = "" if name == "__call__" else f".{name}"
        return list(dict.fromkeys(f"{self._net}{said}({', '.join(a for a in fit if a)})" for fit in fits))

    def _argument(self, name: str, extra: Sequence[str]) -> str | None:
        plain = plain_name(name)
        if plain in LABEL_NAMES or plain.startswith(("target", "label", "true")):
            return self._data[-1] if len(self._data) > 1 else None
        if plain in INPUT_NAMES:
            return self._data[0]
        named = [
            e
            for e in extra
            if plain.startswith(("out", "pred", "yhat", "prob", "a", "z", "h", "cache", "grad"))
        ]
        return named[0] if named else guess(name.lower(), 1)

    def passes(self) -> Iterator[tuple[list[str], str]]:
        """A forward pass, perhaps, and a backward pass after it, that go through."""
        forwards = [
            f"out = {call}" for name in self._defined if is_forward(name) for call in self.calls(name)
        ]
        forwards = [line for line in forwards if self._data[0] in _names(line)]
        for name in self.methods(GRADIENT):
            for before in [*([line] for line in forwards), []]:
                for call in self.calls(name, ["out"] if before else []):
                    if self._goes([*before, call]):
                        yield before, f"grads = {call}"

    def updates(self, lines: Sequence[str]) -> Iterator[str]:
        """Calls of an update method that change numbers of the network."""
        for name in self.methods(UPDATE):
            for call in self.calls(name, ["grads"]):
                if name not in "".join(lines) and self._goes([*lines, call]):
                    yield call

    def steps(self, lines: Sequence[str]) -> Iterator[list[str]]:
        """A plain step for every parameter whose gradient the lines leave on the network, or return."""
        live = self._start()
        before = self._numbers(live)
        try:
            live.execute("\n".join(lines))
        except GradcheckError:
            return
        after = self._numbers(live)
        left = {e: v for e, v in after.items() if e not in before or not np.array_equal(v, before[e])}
        weights = {e: v for e, v in before.items() if e not in left and e in after and v.dtype.kind == "f"}
        returned = {leaf.expression: leaf.value for leaf in leaves({"grads": live.scope.get("grads")})}
        for parts in ({e: np.asarray(v) for e, v in returned.items()}, left):
            chosen = _paired(weights, parts)
            if chosen:
                yield [f"{weight} -= {RATE} * {gradient}" for weight, gradient in chosen.items()]

    def _numbers(self, live: Live) -> dict[str, Any]:
        found = {}
        for leaf in leaves({self._net: live.evaluate(self._net)}):
            array = as_array(leaf.value)
            if array is not None and array.ndim:
                found[leaf.expression] = array
        return found

    def _goes(self, lines: Sequence[str]) -> bool:
        try:
            self._start().execute("\n".join(lines))
        except GradcheckError:
            return False
        return True


def _paired(weights: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, str]:
    """Which part is the gradient of which weight: by shape, then by name, then by order; each part once."""
    chosen: dict[str, str] = {}
    for weight, value in weights.items():
        free = [p for p, part in parts.items() if part.shape == value.shape and p not in chosen.values()]
        if free:
            chosen[weight] = max(free, key=lambda part: alike(weight, part))  # the first of those alike
    return chosen


def _names(call: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
