"""Change the start: where training gets nowhere from the code's own start, train from an ordinary one and compare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live, Values
from gradcheck.subject.whole import whole_of

STUCK = 0.98
# A training that leaves more than this share of the loss has got nowhere.
FREED = 0.8
# From another start, less than this share of that must be left for the start to be the cause.
SMALL = 0.2
# Weights whose deviation is below this share of Glorot's are small.
LONGEST = 5.0


def start_audit(lab: Lab) -> Observation:
    """Facts: `stuck`, at most one of {kind, own, other, spread, parameters}.

    `own` and `other` are the losses after training from the code's own start and from an ordinary one (Glorot and
    Bengio 2010: deviation sqrt(2 / (fan_in + fan_out))); `kind` is how the weights start: "zero", "constant" or
    "small"; `spread` their deviation in units of the ordinary one.
    """
    stuck: list[dict[str, Any]] = []
    kind, spread, names = _kind(lab.program.start().parameters())
    if lab.wiring.train and kind:
        begin, own, left = _trained(lab, None)
        if begin is not None and own is not None and (own > STUCK * begin or _still_zero(kind, left, names)):
            ordinary = _ordinary(lab.program.start().parameters(), lab.seed)
            _, other, _ = _trained(lab, ordinary)
            if other is not None and other < FREED * own:
                fact = {"kind": kind, "own": own, "other": other, "spread": spread, "parameters": names}
                stuck.append(fact)
    return Observation("start_audit", {"stuck": stuck})


def _still_zero(kind: str, left: Values, names: list[str]) -> bool:
    """Whether training left every weight at the zero where it started; a bias may have taken some loss away."""
    return kind == "zero" and not any(np.any(left[name]) for name in names if name in left)


def _trained(lab: Lab, start: Values | None) -> tuple[float | None, float | None, Values]:
    """The loss before and after the training call and the parameters then; None where it does not run to its end."""
    loss = whole_of(lab.wiring).loss
    try:
        live = lab.program.start()
        if start is not None:
            live.set(start)
        before = _number(live, loss)
        with patience(LONGEST):
            live.execute(lab.wiring.train)
        return before, _number(live, loss), live.parameters()
    except (GradcheckError, OutOfTimeError, TypeError, ValueError):
        return None, None, {}


def _number(live: Live, loss: str) -> float:
    return float(np.asarray(live.evaluate(loss)).reshape(()))


def _kind(parameters: Values) -> tuple[str, float, list[str]]:
    """How the weight matrices start, with the largest deviation among them in units of an ordinary one."""
    weights = {name: value for name, value in parameters.items() if _is_matrix(value)}
    if not weights:
        return "", 0.0, []
    spread = max(float(np.std(value)) / _glorot(value) for value in weights.values())
    if not any(np.any(value) for value in weights.values()):
        return "zero", 0.0, list(weights)
    if all(np.ptp(value) == 0.0 for value in weights.values()):
        return "constant", 0.0, list(weights)
    return ("small" if spread < SMALL else ""), spread, list(weights)


def _ordinary(parameters: Values, seed: int) -> Values:
    rng = np.random.default_rng([seed, 0x57A7])
    return {
        name: rng.normal(0.0, _glorot(value), value.shape)
        for name, value in parameters.items()
        if _is_matrix(value)
    }


def _glorot(value: NDArray[np.float64]) -> float:
    return float(np.sqrt(2.0 / (value.shape[0] + value.shape[1])))


def _is_matrix(value: NDArray[np.float64]) -> bool:
    return value.ndim == 2 and value.size > max(value.shape)
