"""Decay of the weights apart from the gradient, taken back out of an update.

An update `W -= lr * wd * W` beside the one by the gradient belongs to no loss (Loshchilov and Hutter 2019, algorithms
1 and 2): what is left once it is taken away is the gradient. A decay inside the gradient, `lr * (dW + wd * W)`, stays
where it is: that is the gradient of a penalty, and a fault where the loss has none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.agreement import Slopes
from gradcheck.subject.discover.apart import bodies_of, decays_after, decays_apart
from gradcheck.subject.discover.implied import label_expressions
from gradcheck.subject.discover.leaves import as_array, fetch
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.outputs import network_outputs, output_expressions
from gradcheck.subject.discover.rates import Rate
from gradcheck.subject.slots import Slot
from gradcheck.subject.wiring import Grads, Step

Array = NDArray[np.float64]
OUTPUTS = 3
EXACT = 1e-6
# Of a fit to slopes by central differences.


@dataclass(frozen=True, slots=True)
class Decay:
    """What an update takes from weights beside the gradient, in units of the rate.

    Attributes:
        text: the share of the weights, as Python.
        value: what it is.
        after: whether the weights decay after the step, so that the step itself decays with them.
        params: names of the weights that decay.
    """

    text: str
    value: float
    after: bool
    params: frozenset[str]

    def beside(self, optimiser: str) -> str:
        """The optimiser's name with the decay, for a person."""
        return f"{optimiser or 'plain descent'}, with weights decayed by {self.value:g} apart from it"


def decay_of(
    seen: Observation,
    rate: Rate | None,
    gradient: Mapping[str, Array],
    slopes: Slopes,
    values: Mapping[str, Array],
) -> Decay | None:
    """The decay that explains an update, one for all weights that have any; None where there is none.

    Args:
        seen: the update.
        rate: its rate.
        gradient: the update in units of the rate, by parameter.
        slopes: of the loss, at some entries of each parameter.
        values: the parameters.
    """
    if not decays_apart(seen):
        return None
    found: dict[str, float] = {}
    after = False
    lr = rate.value if rate is not None else 1.0
    for name, (entries, slope) in slopes.items():
        took, held = gradient[name].ravel()[entries], values[name].ravel()[entries]
        if _close(took, slope):
            continue
        share, plain = _fit(took, slope, held, lr)
        if share is None:
            return None
        after |= not plain
        found[name] = share
    shares = np.array(list(found.values()))
    if not found or np.ptp(shares) > EXACT * 10 * abs(shares[0]):
        return None
    said = _said(float(shares[0]), seen, rate)
    return Decay(*said, after, frozenset(found)) if said is not None else None


def resting_decay(seen: Observation, params: Mapping[str, Moved], rate: Rate | None) -> Decay | None:
    """The decay that is left where there is no gradient: in an update with the network's own outputs as labels.

    It is the same whatever is wrong with the gradient. None where there is none, or where labels are no outputs.

    Args:
        seen: the update.
        params: the parameters, by expression.
        rate: of the update.
    """
    if not decays_apart(seen):
        return None
    where = max(params.values(), key=lambda moved: moved.before.size).expression
    lr = rate.value if rate is not None else 1.0
    for labels in label_expressions(seen):
        for _, value in list(network_outputs(seen, output_expressions(seen), labels, where))[:OUTPUTS]:
            took = _at_rest(seen, params, labels, value)
            shares = (
                [k for k in (_share(took[e], m.before) for e, m in params.items()) if k != 0.0]
                if took
                else []
            )
            if not shares or None in shares or not np.allclose(shares, shares[0], rtol=1e-9):  # type: ignore[arg-type] # None is ruled out first
                continue
            share = float(shares[0] or 0.0) / lr
            said = _said(share, seen, rate) or (f"{share:.12g}", share)
            decayed = frozenset(e for e, m in params.items() if _share(took[e], m.before))
            return Decay(*said, decays_after(seen), decayed)
    return None


def _at_rest(seen: Observation, params: Mapping[str, Moved], labels: str, outputs: Array) -> dict[str, Array]:
    """What an update takes from the parameters with outputs as labels; nothing where they cannot be."""
    try:
        live = seen.driver.stage.start()
        there = as_array(fetch(live, labels))
        if there is None or there.size != outputs.size or not _is_float(fetch(live, labels)):
            return {}
        Slot(labels, labels).write(live.scope, outputs.reshape(there.shape))
        live.execute(seen.driver.text)
        after = {e: as_array(fetch(live, e)) for e in params}
    except GradcheckError:
        return {}
    return {
        e: m.before - a
        for e, m in params.items()
        if (a := after[e]) is not None and a.shape == m.before.shape
    }


def _is_float(value: Any) -> bool:
    return isinstance(value, float | list) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _share(took: Array, held: Array) -> float | None:
    """The k with took = k held, 0 where nothing was taken; None where there is no such k."""
    size = float(np.abs(held).max(initial=0.0))
    if np.abs(took).max(initial=0.0) <= 1e-12 * size:
        return 0.0
    power = float(held.ravel() @ held.ravel())
    k = float(took.ravel() @ held.ravel()) / power if power else 0.0
    return k if 0.0 < k < 1.0 and np.abs(took - k * held).max() <= 1e-9 * k * size else None


def _fit(took: Array, slope: Array, held: Array, lr: float) -> tuple[float | None, bool]:
    """The share s with took = slope + s held, or = (1 - lr s) slope + s held: and whether it is the former."""
    for plain, column in ((True, held), (False, held - lr * slope)):
        power = float(column @ column)
        share = float((took - slope) @ column) / power if power else 0.0
        if share > 0.0 and took.size > 2 and _close(took, slope + share * column):
            return share, plain
    return None, True


def _close(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max() <= EXACT * (np.abs(one).max() + np.abs(other).max()))


def _said(share: float, seen: Observation, rate: Rate | None) -> tuple[str, float] | None:
    """The share as the code has it: a number in reach or typed, by itself, over the rate, or what is kept of one."""
    lr, over = (rate.value, f" / {rate.expression}") if rate is not None else (1.0, "")
    for value in sorted(set(_numbers(seen))):
        forms = (
            (repr(value), value),
            (f"{value!r}{over}", value / lr),
            (f"(1 - {value!r}){over}", (1 - value) / lr),
        )
        for text, number in forms:
            if abs(number - share) <= 10 * EXACT * share:
                return text, number
    return None


def _numbers(seen: Observation) -> Iterator[float]:
    for moved in seen.numbers.values():
        if not moved.before.ndim and not moved.moved:
            yield float(moved.before)
    for tree in (
        *bodies_of(seen),
        ast.parse(seen.driver.text),
        ast.parse("\n".join(seen.driver.stage.scene.setup)),
    ):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and type(node.value) is float:
                yield node.value
    for call in seen.calls:
        yield from (value for value in call.given.values() if isinstance(value, float))


def without(decay: Decay, step: Step, params: Mapping[str, str]) -> Grads:
    """The gradient behind a step, its decay taken back.

    Args:
        decay: what to take back.
        step: the step.
        params: name -> expression of the parameters.
    """
    run = [f"was_{place} = np.array({said})" for place, said in enumerate(params.values())]
    of = {}
    for place, (name, said) in enumerate(params.items()):
        took = f"(was_{place} - {said}) / ({step.lr})"
        if name in decay.params:
            took = f"{took} - {decay.text} * was_{place}"
            took = f"({took}) / (1 - {step.lr} * {decay.text})" if decay.after else took
        of[name] = took
    return Grads("\n".join([*run, step.run]), of)
