"""What may be handed to a function nobody called: by the parameter's name, else by what the name suggests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import nodes
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.naming import prior_of
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.samples import INPUT_NAMES, LABEL_NAMES, plain_name
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.statements import Function

OUTPUTS = re.compile(
    r"^(out|output|outputs|pred|predictions?|yhat|ypred|probs?|proba|prob|a|o|h|p|al|logits|scores|activations?)$"
)


class Pool:
    """Arguments for functions that nobody called.

    Args:
        seen: the update, whose names and values are at hand.
    """

    def __init__(self, seen: Observation) -> None:
        self._seen = seen
        module = {n: v for n, v in seen.live.program.module.__dict__.items() if not n.startswith("__")}
        self._scope = {**module, **seen.live.scope}
        self._named: dict[str, list[str]] = {}
        self._plain: dict[str, list[str]] = {}
        self.inputs: list[str] = []
        self.labels: list[str] = []
        self._learn_samples(seen)
        self._learn_calls(seen)

    def _learn_samples(self, seen: Observation) -> None:
        batch = seen.driver.stage.batch
        for table, said in batch.items():
            if table.holds_pairs:
                self.inputs.append(f"{said}[0][0]")
                self.labels.append(f"{said}[0][1]")
            (self.labels if table.is_label else self.inputs).append(said)
            self._add(table.name, said)
            if isinstance(table.node, ast.Name):
                self._add(table.node.id, said)
        for name, value in self._scope.items():
            if name not in {"m", "np"} and not callable(value) and name not in seen.own:
                aliased = {ast.unparse(t.node): said for t, said in batch.items()}
                self._add(name, aliased.get(name, name))

    def _learn_calls(self, seen: Observation) -> None:
        tree = ast.parse(seen.driver.text)
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    _collect(target, statement, self._later, seen.watch.calls[0], seen.own)
        for call in seen.watch.calls[1:]:
            moment = Moment(call, {**call.given, **call.names}, 10**9)
            for name in call.code.co_varnames:
                if name != "self" and not name.startswith("."):
                    self._later(name, moment)

    def instances(self, kind: str) -> list[str]:
        """Expressions of the objects of a class."""
        space = {k: v for k, v in self._scope.items() if k not in {"m", "np"}}
        kinds = ((node.expression, type(node.value).__mro__) for node in nodes(space, most=500))
        return [said for said, mro in kinds if any(base.__name__ == kind for base in mro)][:2]

    def arguments(self, function: Function, *, skip: int) -> Iterator[list[str]]:
        """Lists of arguments for a function."""
        parameters = [*function.args.posonlyargs, *function.args.args][skip:]
        required = (
            parameters[: len(parameters) - len(function.args.defaults)]
            if function.args.defaults
            else parameters
        )
        if len(required) > 8:
            return
        choices = [self._choices(parameter.arg) for parameter in required]
        if sum(not choice for choice in choices) == 1 and prior_of(function.name) > 0:
            choices = [choice or self._results() for choice in choices]
        if not all(choices):
            return
        yield [choice[0] for choice in choices]
        for i, choice in enumerate(choices):
            for other in choice[1:16]:
                yield [other if j == i else c[0] for j, c in enumerate(choices)]

    def _results(self) -> list[str]:
        """What calls returned, whole and in parts."""
        found: list[str] = []
        for call in self._seen.calls[:40]:
            if not call.returned or call.value is None or isinstance(call.value, float | int):
                continue
            try:
                said = self._seen.phrases.call(call)
            except CannotSayError:
                continue
            parts = (
                [f"{said}[{i}]" for i in (-1, *range(len(call.value) - 1))]
                if isinstance(call.value, tuple | list)
                else []
            )
            found += [said, *parts[:6]]
        return list(dict.fromkeys(found))[:24]

    def _choices(self, name: str) -> list[str]:
        plain = plain_name(name)
        found = [*self._said(self._named.get(name, [])), *self._said(self._plain.get(plain, []))]
        if plain in LABEL_NAMES or plain.startswith(("target", "label", "ytr", "yt", "true")):
            found += self.labels
        elif OUTPUTS.match(plain) or plain.startswith(("ypred", "yhat", "pred", "out")):
            found += [
                said for name in self._plain if OUTPUTS.match(name) for said in self._said(self._plain[name])
            ]
        elif plain in INPUT_NAMES:
            found += self.inputs
        if not found:
            found = [*self.labels[:1], *self.inputs[:1]] if len(plain) == 1 else []
        return list(dict.fromkeys(found))

    def _add(self, name: str, said: str) -> None:
        self._named.setdefault(name, []).append(said)
        self._plain.setdefault(plain_name(name), []).append(said)

    def _later(self, name: str, moment: Moment) -> None:
        entry = _Unsaid(name, moment)
        self._named.setdefault(name, []).append(entry)  # type: ignore[arg-type] # said when it is asked for
        self._plain.setdefault(plain_name(name), []).append(entry)  # type: ignore[arg-type] # as above

    def _said(self, entries: list[Any]) -> list[str]:
        said = []
        for entry in entries[:6]:
            if isinstance(entry, str):
                said.append(entry)
                continue
            try:
                text = self._seen.phrases.expression(ast.Name(entry.name, ast.Load()), entry.moment)
            except CannotSayError:
                continue
            said.append(text)
        return list(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class _Unsaid:
    name: str
    moment: Moment


def _collect(target: ast.expr, statement: ast.stmt, later: Any, unit: Call, own: set[str]) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and node.id in own:
            later(node.id, Moment(unit, {}, (statement.end_lineno or statement.lineno) + 1))
