"""Wiring: how to drive somebody's code, as a few Python expressions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.subject.live.given import Given
from gradcheck.subject.statements import assigned


@dataclass(frozen=True, slots=True)
class Grads:
    """A gradient that the code exposes.

    Attributes:
        run: statements that compute it.
        of: parameter name -> expression of its gradient, evaluated after `run`.
    """

    run: str
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A gradient that is only visible as an update, recovered as (before - after) / lr.

    Attributes:
        run: statements that update the parameters once.
        lr: expression of the rate, evaluated after `run`.
    """

    run: str
    lr: str


@dataclass(frozen=True, slots=True)
class Wiring:
    """How to drive the code. The module's globals are in scope, the module itself is `m`, numpy is `np`.

    Attributes:
        loss: expression of the loss, a number.
        params: parameter name -> expression that can be read and assigned.
        setup: statements run first; what they assign stays in scope.
        grads: how to obtain the gradient, where the code exposes it.
        step: how to obtain one update, where it does not. Exactly one of the two is set.
        inputs: expression of the samples that loss and gradient see, where known.
        labels: expression of their labels, where known.
        outputs: expression of the network's outputs for them, where known.
        train: the user's own training call, where known.
        update: how the code updates the parameters once, where `grads` is set and this is known too.
        until: first line of the module-level statement at which loading stops, for scripts that train there.
        shown: expression of a number that the code shows as its loss, where the gradient implies another.
        given: live objects that were handed over; None where the file itself makes what is needed.
        understood: plain sentences on what discovery took the code to be; empty for a wiring that was given.

    Example:
        >>> grads = Grads("g = slope(w)", {"w": "g"})
        >>> wiring = Wiring(loss="cost(w)", params={"w": "w"}, setup="w = start()", grads=grads)
        >>> wiring.run
        'g = slope(w)'
    """

    loss: str
    params: Mapping[str, str]
    setup: str = ""
    grads: Grads | None = None
    step: Step | None = None
    inputs: str = ""
    labels: str = ""
    outputs: str = ""
    train: str = ""
    update: Step | None = None
    until: str = ""
    shown: str = ""
    given: Given | None = None
    understood: tuple[str, ...] = field(default=())

    @property
    def run(self) -> str:
        """The statements that compute the gradient or the update."""
        if self.grads is not None:
            return self.grads.run
        return self.step.run if self.step is not None else ""

    @property
    def trains(self) -> bool:
        """Whether there is a training call that can reach the parameters: it speaks of them, or they are the module's.

        Example:
            >>> from dataclasses import replace
            >>> own = Wiring("cost(w)", {"w": "w"}, setup="w = start()", train="fit(X)")
            >>> own.trains, replace(own, train="w = fit(w, X)").trains, replace(own, setup="").trains
            (False, True, True)
        """
        made = {name for statement in ast.parse(self.setup).body for name in assigned(statement)}
        roots = set().union(*map(_names, self.params.values()))
        return bool(self.train) and not (roots & made and roots.isdisjoint(_names(self.train)))

    def table(self) -> dict[str, Any]:
        """The wiring as plain data, as it would stand in a TOML file; keys without a value are left out."""
        texts = {
            key: getattr(self, key)
            for key in ("setup", "loss", "inputs", "labels", "outputs", "train", "until")
        }
        found: dict[str, Any] = {key: text for key, text in texts.items() if text}
        found["params"] = dict(self.params)
        if self.grads is not None:
            found["grads"] = {"run": self.grads.run, "of": dict(self.grads.of)}
        for key, step in (("step", self.step), ("update", self.update)):
            if step is not None:
                found[key] = {"run": step.run, "lr": step.lr}
        return found


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
