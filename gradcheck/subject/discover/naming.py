"""What names of functions and variables say about a loss."""

from __future__ import annotations

import re

LOSSY = re.compile(
    r"loss|cost|err|mse|sse|rmse|entropy|nll|likelihood|objective|energy|criterion|xent|cce|bce|hinge|elbo|risk|residual|squared"
)
NOT_LOSSY = re.compile(
    r"acc|predict|grad|deriv|prime|delta|backw|bprop|slope|d_|_d$|score|forward|update|step|train|fit"
)


def prior_of(name: str) -> float:
    """How much a name speaks for a loss, from -0.7 to 1."""
    plain = name.lower()
    return 1.0 * bool(LOSSY.search(plain)) - 0.7 * bool(NOT_LOSSY.search(plain))
