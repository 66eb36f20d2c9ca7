"""Terms of an update that are a number times the parameter itself, known by what training does without them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import lookup, scalar
from gradcheck.subject.program import Live, Values
from gradcheck.trace import EnoughSeenError, Recorder

Fact = dict[str, Any]

STATEMENTS, KEPT = 3000, 8
# To run of the training, and parameters to hear at a place: decay shows in the first steps.
NEAR_ONE = 0.5
# A factor of the whole parameter is 1 less the decay; one farther from 1 is the decay itself.


@dataclass(frozen=True, slots=True)
class Term:
    """A number times a parameter, somewhere in an update.

    Attributes:
        site: the expression of the product, or of the number that a parameter is multiplied with in place.
        statement: the statement it stands in.
        parameters: the names of those it was seen with.
        shrunk: the share of the parameter that it takes off, the rate left aside where it is multiplied later.
        without: what to put in place of the expression for training without decay.
        text: of the parameter, where it is scaled as a whole.
    """

    site: int
    statement: int
    parameters: tuple[str, ...]
    shrunk: float
    without: Callable[[Any], Any]
    text: str = ""


def decay_terms(lab: Lab, penalised: AbstractSet[str]) -> list[Fact]:
    """Facts on the statements that shrink some parameters: {line, lines, parameters, shrunk, text, parameter}.

    `text` is the term, or the number that one is scaled with in place; `parameter` the text of what is scaled as a
    whole there, empty where the term is the decay itself.
    """
    if not penalised or not lab.wiring.train or lab.wiring.grads is None:
        return []  # an update that gives the gradient has been measured with its decay
    listener = _Listener(lab, penalised)
    most: int | None = STATEMENTS
    recorder, plain = _trained(lab, listener.hearing, most, listener)
    if listener.gradient.isdisjoint(recorder.reached):
        return []  # training computes another gradient, in statements of its own
    terms = list(listener.terms(recorder))
    if terms and all(np.array_equal(plain[name], value) for name, value in lab.truth.values.items()):
        most = None  # what training makes is only handed over at its end
        plain = _trained(lab, {}, most)[1]
    facts = []
    for term in terms:
        _, other = _trained(lab, {term.site: term.without}, most)
        if any(not np.array_equal(value, other[name]) for name, value in plain.items()):
            line = lab.tracer.source.sites[term.statement].line
            named = [name for name in lab.wiring.params if name in term.parameters]
            text = lab.tracer.source.text(lab.tracer.source.sites[term.site])
            fact = {"line": line, "lines": [line], "parameters": named, "shrunk": term.shrunk}
            facts.append({**fact, "text": text, "parameter": term.text})
    return facts


def _trained(
    lab: Lab,
    disturb: Mapping[int, Callable[[Any], Any]],
    most: int | None,
    listener: _Listener | None = None,
) -> tuple[Recorder, Values]:
    """What was seen of the first statements of training, or of all, and where they leave the parameters."""
    tracer, run = lab.tracer, 0
    ends: Values = {}

    def count(number: int, names: Mapping[str, Any]) -> None:
        nonlocal run
        run += 1
        if most is not None and run > most:
            raise EnoughSeenError
        if listener is not None:
            listener.enter(number, names)

    def ask(live: Live) -> None:
        tracer.recorder.disturb = dict(disturb)
        if listener is not None:
            listener.live = live
        try:
            live.execute(lab.wiring.train)
        finally:
            ends.update(live.parameters())

    tracer.recorder.watch = count
    try:
        return tracer.recording(ask), ends
    finally:
        tracer.recorder.watch = None


class _Listener:
    """Hears which parameter an expression is, wherever in training that is computed.

    Args:
        lab: the subject.
        penalised: the parameters to listen for.

    Attributes:
        gradient: the statements that the gradient runs and the loss does not.
    """

    def __init__(self, lab: Lab, penalised: AbstractSet[str]) -> None:
        self.live: Live | None = None
        self._source = lab.tracer.source
        self._names = penalised
        self._heard: dict[int, list[str]] = {}
        loss = set(lab.tracer.recording(lambda live: live.loss()).reached)
        self.gradient = set(lab.tracer.recorder.reached) - loss
        known = self.gradient | loss
        others = [site for site in self._source.sites if site.function and site.statement not in known]
        self._products = [
            s for s in others if isinstance(s.node, ast.BinOp) and isinstance(s.node.op, ast.Mult)
        ]
        self._scalings = {
            s.number for s in others if isinstance(s.node, ast.AugAssign) and isinstance(s.node.op, ast.Mult)
        }

    @property
    def hearing(self) -> dict[int, Callable[[Any], Any]]:
        """What to put in place of the factors of products: themselves, heard."""
        return {
            self._source.site_of(side).number: self._ear(side)
            for s in self._products
            for side in _sides(s.node)
        }

    def _ear(self, node: ast.expr) -> Callable[[Any], Any]:
        number = self._source.site_of(node).number

        def hear(value: Any) -> Any:
            self._hear(number, value)
            return value

        return hear

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        """Told of every statement: hears what one scales in place."""
        if number in self._scalings:
            node = self._source.sites[number].node
            assert isinstance(node, ast.AugAssign)
            self._hear(number, lookup(node.target, {**(self.live.scope if self.live else {}), **names}))

    def _hear(self, number: int, value: Any) -> None:
        heard = self._heard.setdefault(number, [])
        if self.live is None or len(heard) >= KEPT or not isinstance(value, np.ndarray) or not np.any(value):
            return
        for name in self._names:
            own = np.asarray(self.live.object(name))
            if own.shape == value.shape and np.array_equal(own, value):
                heard.append(name)

    def terms(self, recorder: Recorder) -> Iterator[Term]:
        """Products of a number and a parameter in statements that neither loss nor gradient runs."""
        for site in self._products:
            left, right = _sides(site.node)
            for one, other in ((left, right), (right, left)):
                names = self._heard.get(self._source.site_of(other).number, [])
                factors = self._numbers(recorder, one)
                if names and _is_decay(factors):
                    whole = _is_whole(factors[0])
                    without = _over(factors[0]) if whole else _nothing
                    text = self._source.text(self._source.site_of(other)) if whole else ""
                    yield Term(
                        site.number, site.statement, tuple(names), _taken_off(factors[0]), without, text
                    )
                    break
        for number in self._scalings:
            node = self._source.sites[number].node
            assert isinstance(node, ast.AugAssign)
            names, factors = self._heard.get(number, []), self._numbers(recorder, node.value)
            if names and _is_decay(factors):
                inner = self._source.site_of(node.value).number
                text = ast.unparse(node.target)
                yield Term(inner, number, tuple(names), _taken_off(factors[0]), _one, text)

    def _numbers(self, recorder: Recorder, node: ast.expr) -> list[float]:
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, int | float) else []
        sighting = recorder.seen.get(self._source.site_of(node).number)
        return [float(value) for value in (sighting.values if sighting else []) if scalar(value)]


def _sides(node: ast.AST) -> tuple[ast.expr, ast.expr]:
    assert isinstance(node, ast.BinOp)
    return node.left, node.right


def _is_decay(factors: list[float]) -> bool:
    """Whether the numbers of successive parameters are one number, not one for each as for a bound on their norm."""
    return bool(factors) and factors[0] not in {0.0, 1.0} and len(set(factors[:2])) == 1


def _is_whole(factor: float) -> bool:
    return abs(1.0 - factor) < NEAR_ONE


def _taken_off(factor: float) -> float:
    return 1.0 - factor if _is_whole(factor) else abs(factor)


def _over(factor: float) -> Callable[[Any], Any]:
    return lambda value: value / factor


def _nothing(value: Any) -> Any:
    return 0.0 * value


def _one(_value: Any) -> float:
    return 1.0
