"""Many perturbed copies of x in one call of f, on a leading axis of every parameter."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.objective import Function, Lines, evaluate
from gradcheck.numerics.parameters import Form, Parameters

MEMORY = (
    2**24
)  # bytes of parameters in one call; f's own intermediates come on top, some tens of times as much
MAX_COPIES = 512
SAMPLE = 6  # evaluations below which batching is not tried
PROOFS = 2  # values computed both ways


@dataclass(slots=True)
class Batches:
    """Evaluates in batches where f was seen to broadcast and to gain by it, one by one elsewhere.

    Attributes:
        copies: how many at a time; 0 for one by one; None until tried. Real and complex numbers are tried apart.
    """

    copies: dict[bool, int] = field(default_factory=dict)

    def __call__(
        self,
        function: Function,
        parameters: Parameters,
        lines: Lines,
        which: NDArray[np.intp],
        steps: NDArray[Any],
    ) -> NDArray[Any]:
        """See `gradcheck.numerics.objective.evaluate`."""
        if any(leaf.form is not Form.ARRAY for leaf in parameters.leaves):
            raise InputError(
                "batched=True needs every parameter to be an array", hint="pass np.asarray(...) of lists"
            )
        kind = steps.dtype.kind == "c"
        if kind not in self.copies:
            if which.size < SAMPLE:
                return evaluate(function, parameters, lines, which, steps)
            return self._try(kind, function, parameters, lines, which, steps)
        return self._evaluate(self.copies[kind], function, parameters, lines, which, steps)

    def _evaluate(
        self,
        copies: int,
        function: Function,
        parameters: Parameters,
        lines: Lines,
        which: NDArray[np.intp],
        steps: NDArray[Any],
    ) -> NDArray[Any]:
        if not copies or not which.size:
            return evaluate(function, parameters, lines, which, steps)
        parts = []
        for start in range(0, which.size, copies):
            part = slice(start, start + copies)
            values = _together(function, parameters, lines, which[part], steps[part])
            if values is None:  # outside the domain some copy may raise for all
                values = evaluate(function, parameters, lines, which[part], steps[part])
            parts.append(values)
        return np.concatenate(parts)

    def _try(
        self,
        kind: bool,
        function: Function,
        parameters: Parameters,
        lines: Lines,
        which: NDArray[np.intp],
        steps: NDArray[Any],
    ) -> NDArray[Any]:
        """Evaluate, and settle how many copies at a time: some values are computed both ways and compared."""
        sample = np.linspace(0, which.size - 1, PROOFS).astype(np.intp)
        began = time.perf_counter()
        single = evaluate(function, parameters, lines, which[sample], steps[sample])
        alone = (time.perf_counter() - began) / PROOFS
        largest = int(min(MAX_COPIES, max(SAMPLE, MEMORY // (8 * parameters.size)), which.size))
        chosen = np.unique(np.concatenate([sample, np.arange(largest)]))
        began = time.perf_counter()
        together = _together(function, parameters, lines, which[chosen], steps[chosen])
        each = (time.perf_counter() - began) / chosen.size
        right = together is not None and np.allclose(
            together[np.searchsorted(chosen, sample)], single, rtol=1e-9, atol=0, equal_nan=True
        )
        self.copies[kind] = largest if right and each < alone else 0
        if not right or together is None:
            return evaluate(function, parameters, lines, which, steps)
        rest = np.setdiff1d(np.arange(which.size), chosen)
        values = np.empty(which.size, dtype=together.dtype)
        values[chosen] = together
        values[rest] = self._evaluate(
            self.copies[kind], function, parameters, lines, which[rest], steps[rest]
        )
        return values


def _together(
    function: Function, parameters: Parameters, lines: Lines, which: NDArray[np.intp], steps: NDArray[Any]
) -> NDArray[Any] | None:
    """The values of one batch; None where f does not give one number for each copy."""
    x = parameters.vector
    kind = np.complex128 if steps.dtype.kind == "c" else np.float64
    points = np.empty((which.size, x.size), dtype=kind)
    points[:] = x
    if lines.directions is None:
        points[np.arange(which.size), lines.entries[which]] += steps
    else:
        points += steps[:, None] * lines.directions[which]
    with np.errstate(all="ignore"):
        try:
            values = np.asarray(function(parameters.build(points)))
        except Exception:  # noqa: BLE001  # f need not broadcast, and may say so in any way
            return None
    if values.shape != (which.size,) or values.dtype.kind not in "fiuc":
        return None
    if kind is np.float64 and values.dtype.kind == "c":
        return np.where(values.imag == 0, values.real, np.nan)
    return values.astype(kind)
