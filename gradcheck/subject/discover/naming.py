"""What names of functions and variables say about a loss, a forward pass and a backward one."""

from __future__ import annotations

import re

LOSSY = re.compile(
    r"loss|cost|err|mse|sse|rmse|entropy|nll|likelihood|objective|energy|criterion|xent|cce|bce|hinge|elbo|risk|residual|squared"
)
NOT_LOSSY = re.compile(
    r"acc|predict|grad|deriv|prime|delta|backw|bprop|slope|d_|_d$|score|forward|update|step|train|fit"
)
FORWARD = re.compile(
    r"forward|predict|output|proba|run|call|feed|prop|net|model|activate|out|classify|hypothesis|^h$|softmax|think|infer|query"
)
BACKWARD = re.compile(r"back|grad|delta|err|train|fit|learn|update|step|loss|cost|error|deriv|prime")

BIASES = frozenset({"b", "bias", "biases", "bh", "bo", "by", "c", "intercept", "offset"})


def prior_of(name: str) -> float:
    """How much a name speaks for a loss, from -0.7 to 1."""
    plain = name.lower()
    return 1.0 * bool(LOSSY.search(plain)) - 0.7 * bool(NOT_LOSSY.search(plain))


def is_forward(name: str) -> bool:
    """Whether a name is one for what computes outputs."""
    return bool(FORWARD.search(name.lower())) and not is_backward(name)


def is_backward(name: str) -> bool:
    """Whether a name is one for what learns, or for what learning goes by."""
    return bool(BACKWARD.search(name.lower()))
