"""Compare training with evaluation: a mask keeps the mean of what it lets through, and is taken off to evaluate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.evaluating import biased_masks, masked_predictions
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.predictors import predictions
from gradcheck.experiments.switches import Switched, switched
from gradcheck.findings import Observation

SIZE = 40_000
DEVIATIONS = 6.0
LEAST, MOST = 0.01, 0.99
# A mask keeps some of the units, and not all of them.

Array = NDArray[np.float64]


def dropout_audit(lab: Lab) -> Observation:
    """Facts: three lists of what lets a random share `kept` of units through, each {function, line, kept}.

    `masks`: those whose flag switches the mask off, and whose mask multiplies the mean by a `ratio` that is not 1.
    `stuck`: those whose mask stays on whatever the flag, and that the outputs pass; with the `flag`, the first
    `argument`, whether what is returned `scales` with that, as no mask by itself does, and what the flag `was` when the
    outputs were evaluated. `predicting`: functions that predict with a
    mask on, where no flag of a layer is to blame; see `masked_predictions`. A mask that none of the layers makes may
    be among `masks` too; see `biased_masks`. `answering` are the functions that predict anything, which no edit may
    silence.
    """
    masks: dict[str, dict[str, Any]] = {}
    stuck: dict[str, dict[str, Any]] = {}
    free: set[str] = set()
    for way in switched(lab, lab.program.start()):
        found = _tried(way)
        if found is None:
            continue
        kept, ratio, on_always = found
        fact = {"function": way.label, "line": way.line, "kept": kept}
        if on_always:
            place = {"flag": way.flag, "argument": way.argument, "scales": _scales(way)}
            stuck.setdefault(way.label, {**fact, **place})
        else:
            free.add(way.label)
            if abs(ratio - 1.0) > _spread(kept, ratio):
                masks.setdefault(way.label, {**fact, "ratio": ratio})
    passed = (_passed(lab, fact) for key, fact in stuck.items() if key not in free)
    always = [fact for fact in passed if fact]
    facts = {
        "masks": list(masks.values()) or biased_masks(lab),
        "stuck": always,
        "predicting": [] if always else masked_predictions(lab),
        "answering": sorted({function for function, _ in lab.once(predictions)}),
    }
    return Observation("dropout_audit", facts)


def _passed(lab: Lab, fact: dict[str, Any]) -> dict[str, Any] | None:
    """A mask, where it begins, and its flag while outputs are evaluated; None where they do not pass it."""
    outputs = lab.wiring.outputs
    recorder = lab.tracer.recording(lambda live: live.evaluate(outputs)) if outputs else None
    for number in recorder.reached if recorder is not None else []:
        site = lab.tracer.source.sites[number]
        names = recorder.scopes[number] if recorder is not None else {}
        if site.function == fact["function"] and fact["flag"] in names:
            return {**fact, "line": site.line, "was": bool(names[fact["flag"]])}
    return None


def _tried(way: Switched) -> tuple[float, float, bool] | None:
    """The share of ones let through with the mask on, the mean then, and whether it stays on with the flag off too."""
    ones = np.ones((SIZE // 4, 4))
    on, off = way.call(ones, True), way.call(ones, False)
    if on is None or off is None or on.shape != ones.shape or off.shape != ones.shape:
        return None
    if np.all(on == 1.0):
        on, off = off, on  # the flag says that the network is evaluated
    if not _is_mask(on):
        return None
    always = _is_mask(off)
    if not always and not np.allclose(off, off.flat[0]):
        return None
    level = 1.0 if always else float(off.flat[0])  # the older form multiplies by the share when it evaluates
    return float(np.mean(on != 0.0)), float(np.mean(on)) / level if level else 1.0, always


def _scales(way: Switched) -> bool:
    """Whether twice the input gives other numbers than the input does: it is let through, and not only its shape."""
    one, two = way.call(np.ones((SIZE // 4, 4)), True), way.call(np.full((SIZE // 4, 4), 2.0), True)
    return one is not None and two is not None and float(one.max()) != float(two.max())


def _is_mask(value: Array) -> bool:
    kept = float(np.mean(value != 0.0))
    return LEAST < kept < MOST and len(np.unique(value)) == 2


def _spread(kept: float, ratio: float) -> float:
    """How far the mean of a mask may be from its expectation by chance."""
    return DEVIATIONS * abs(ratio) * float(np.sqrt((1.0 - kept) / kept / SIZE))
