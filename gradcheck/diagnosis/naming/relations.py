"""Names by relation: what the wrong quantity was to the right one says more than what one types to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OUTPUT = {
    "sign": "output-delta-sign",
    "times-loss": "loss-times-delta",
    "error-twice": "loss-times-delta",
    "loss-factor": "loss-factor",
    "label-free": "label-ignored",
    "label-scaled": "output-delta-wrong",
    "misaligned": "misaligned-labels",
    "reordered": "misaligned-labels",
    "logits": "logits-for-probabilities",
    "argmax": "argmax-for-probabilities",
    "loss-only": "loss-only-delta",
    "diagonal": "diagonal-softmax-jacobian",
    "missing-derivative": "missing-output-derivative",
    "extra-derivative": "extra-output-derivative",
    "derivative-at-activation": "wrong-output-derivative",
    "activation-for-derivative": "wrong-output-derivative",
    "other-derivative": "wrong-output-derivative",
    "other-layer": "wrong-output-derivative",
    "derivative-elsewhere": "wrong-output-derivative",
    "other-slope": "wrong-output-derivative",
    "one-sample": "single-sample-gradient",
}

HIDDEN = {
    "zero": "detached-hidden-layer",
    "sign": "hidden-delta-sign",
    "scale": "hidden-delta-wrong",
    "batch-scale": "repeated-batch-mean",
    "missing-derivative": "missing-hidden-derivative",
    "extra-derivative": "derivative-twice",
    "derivative-at-activation": "derivative-at-activation",
    "activation-for-derivative": "activation-for-derivative",
    "other-derivative": "other-activation-derivative",
    "other-layer": "wrong-layer-cache",
    "derivative-elsewhere": "hidden-delta-wrong",
    "other-slope": "hidden-delta-wrong",
    "missing-factor": "upstream-ignored",
    "untransposed": "weights-not-transposed",
    "missing-term": "branch-dropped",
    "missing-mask": "mask-absent-backward",
    "other-mask": "mask-from-another-pass",
    "uncentred": "constant-batch-statistics",
    "unprojected": "constant-batch-statistics",
    "moved": "pool-routing",
}

WEIGHT = {
    "sign": "one-block-scaled",
    "scale": "one-block-scaled",
    "batch-scale": "one-block-scaled",
    "transposed": "transposed-weight-gradient",
    "flipped": "unflipped-kernel",
    "preactivation": "preactivation-for-activation",
    "input": "input-for-activation",
    "weights": "weights-for-activation",
    "shuffled": "shuffled-inputs",
    "reordered": "shuffled-inputs",
    "one-sample": "rank-one-weight-gradient",
    "some-samples": "weight-gradient-wrong",
    "other-array": "weight-gradient-wrong",
}

BIAS = {
    "zero": "bias-gradient-missing",
    "sign": "bias-gradient-scaled",
    "scale": "bias-gradient-scaled",
    "batch-scale": "bias-gradient-mean",
    "one-number": "bias-summed-over-units",
    "wrong-axis": "bias-wrong-axis",
    "unsummed": "bias-unsummed",
    "other-array": "bias-from-wrong-array",
    "some-samples": "bias-gradient-wrong",
}

BY_RELATION = {"output": OUTPUT, "hidden": HIDDEN, "weight": WEIGHT, "bias": BIAS}


def by_relation(place: str, traits: Mapping[str, Any]) -> str:
    """The name for a relation at a place, such as "hidden"; empty where it has none."""
    relation, factor = traits["relation"], traits.get("factor")
    if relation == "scale" and traits.get("of_batch") and factor is not None and abs(factor) < 1.0:
        relation = "batch-scale"
    return BY_RELATION.get(place, {}).get(relation, "")
