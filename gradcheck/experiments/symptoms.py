"""Look for what a cause leads to: layers dead or saturated, gradients out of scale, units alike, a loss that stays.

Every symptom is measured twice, as the code stands and with the cause removed on a copy; what removes it is its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.curves import SWINGS, loss_curve, rises
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.layers import SHARE, Layer, layers_at, layers_at_start
from gradcheck.experiments.removals import finite, removals
from gradcheck.experiments.starts import UNLEARNT, Ordinary, is_matrix, out_of_ordinary, single_outputs
from gradcheck.experiments.trained import trained_as_is
from gradcheck.experiments.watched import watch_training
from gradcheck.findings import Observation

ALIKE = 1e-9
APART = 1e-3
# Units differ by less than the one in a layer of copies, and by more than the other in any that is not.
VANISHED = (1e-3, 1e-4)
# Norm of the first layer's gradient over the last's, and by itself: AutoTrainer (Zhang et al. 2021).
EXPLODED = 1.0
TAMED = 0.1
# Norm of an update over that of the weights it changes: at most 0.1 is usual (TheDeepChecker, DeepDiagnosis).
STILL = 1e-3
# A loss that loses less than this share of itself stands still (Amazon SageMaker Debugger).
CALMER = 0.5
# Of the steps that raise the loss, at most this share still does where a lower rate has calmed it.

Fact = dict[str, Any]


def symptom_audit(lab: Lab) -> Observation:
    """Facts: `symptoms`, a list of {symptom, cause, own, other, when, line, text, units, samples, parameters}.

    `own` is the figure of the symptom as the code stands, `other` the same with the cause removed (None, and `cause`
    empty, where no cause that is known removes it); `when` is "start" or "training". What the figure is: dead,
    saturated: share of a layer; symmetric: how far its units differ; vanishing: first gradient over the last;
    exploding: update over weights; stuck: share of the loss that is left; oscillating: share of the steps that rise.
    `after`: {dead, saturated} of each layer behind the training. Where a gradient is wrong, what training does to the
    layers is listed without a cause: the repaired source shows whether that was it.
    """
    # Weights that are too large may have made the gradient wrong as well, by what the loss then clips.
    found = [*_layers(lab), *_symmetric(lab), *_exploding(lab)]
    if not lab.wrong:
        found += [*_vanishing(lab), *_stuck(lab), *_oscillating(lab)]
    after = [{"dead": layer.dead, "saturated": layer.saturated} for layer in _after(lab)]
    return Observation("symptom_audit", {"symptoms": found, "after": after})


def _layers(lab: Lab) -> Iterator[Fact]:
    """Layers of which more than half is dead or saturated, at the start or after training.

    Without a cause, a layer counts that was so from the start and stayed so while little was learned, and one of which
    nothing is left where there is no training to run.
    """
    early, late = lab.once(layers_at_start), _after(lab)
    for symptom, share in (("dead", _dead), ("saturated", _saturated)):
        shares = [tuple(map(share, layers)) for layers in (early, late)]
        seen: set[int] = set()
        for when, layers in (("start", early), ("training", late)):
            for place, layer in enumerate(layers):
                own = share(layer)
                if own <= SHARE or place in seen:
                    continue
                seen.add(place)
                cause, other = _cause(lab, place, when, share, lambda left: left <= SHARE)
                lasting = all(place < len(some) and some[place] > SHARE for some in shares)
                lasting |= not lab.wiring.train and own == 1.0
                if cause or (lasting and not _learned(lab)) or (lab.wrong and when == "training"):
                    fact = {**_of_layer(symptom, when, layer), "place": place}
                    yield {**fact, "own": own, "cause": cause, "other": other}


def _learned(lab: Lab) -> bool:
    """Whether training left only a small share of the loss."""
    own = lab.once(trained_as_is)
    return own is not None and own.after <= UNLEARNT * own.before


def _dead(layer: Layer) -> float:
    return layer.dead


def _saturated(layer: Layer) -> float:
    return layer.saturated


def _after(lab: Lab) -> list[Layer]:
    trained = lab.once(trained_as_is)
    return layers_at(lab, trained.parameters) if trained is not None and finite(trained) else []


def _symmetric(lab: Lab) -> Iterator[Fact]:
    """Layers whose units are copies of one another at the start and still after training."""
    for place, (early, late) in enumerate(zip(lab.once(layers_at_start), _after(lab), strict=False)):
        if max(early.apart, late.apart) <= ALIKE and np.any(late.values):
            cause, other = _cause(
                lab, place, "training", lambda layer: layer.apart, lambda left: left > APART
            )
            when = "training" if cause else "start"  # copies at the start need no training to be seen
            yield {
                **_of_layer("symmetric", when, late),
                "own": late.apart,
                "cause": cause,
                "other": other,
            }


def _cause(
    lab: Lab, place: int, when: str, figure: Callable[[Layer], float], gone: Callable[[float], bool]
) -> tuple[str, float | None]:
    """The first cause without which a layer's figure is what it should be, with that figure."""
    for removal in lab.once(removals):
        layers = removal.after if when == "training" else removal.before
        if layers is not None and place < len(layers) and gone(figure(layers[place])):
            return removal.kind, figure(layers[place])
    return "", None


def _of_layer(symptom: str, when: str, layer: Layer) -> Fact:
    samples, units = layer.values.shape
    place = {"line": layer.line, "text": layer.text, "kind": layer.kind, "units": units, "samples": samples}
    return {"symptom": symptom, "when": when, "parameters": [], **place}


def _vanishing(lab: Lab) -> Iterator[Fact]:
    """A first gradient that is a tiny part of the last, and is not with the cause removed."""
    norms = _norms(lab, None)
    names = list(norms)
    if len(names) < 2 or norms[names[0]] == 0.0 or norms[names[-1]] == 0.0:
        return
    own = norms[names[0]] / norms[names[-1]]
    if own >= VANISHED[0] or norms[names[0]] >= VANISHED[1]:
        return
    for cause in _starts(lab):
        left = _norms(lab, cause)
        other = left[names[0]] / left[names[-1]] if left.get(names[-1]) else 0.0
        if other > VANISHED[0]:
            fact = {"symptom": "vanishing", "when": "start", "own": own, "other": other, "cause": cause.kind}
            yield {**fact, "line": 0, "text": names[-1], "parameters": names[:1]}
            return


def _exploding(lab: Lab) -> Iterator[Fact]:
    """A first update larger than the weights it changes, and a usual one with the cause removed."""
    first: dict[str, float] = {}
    for change in lab.once(watch_training).changes:
        size = float(np.linalg.norm(change.before))
        if min(change.before.shape, default=0) > 1 and change.parameter not in first and size > 0.0:
            first[change.parameter] = float(np.linalg.norm(change.after - change.before)) / size
    large = {name: ratio for name, ratio in first.items() if ratio > EXPLODED}
    norms = _norms(lab, None) if large else {}
    sizes = lab.program.start().parameters()
    for cause in _starts(lab) if large else ():
        if cause.kind not in {"large", "inputs"}:
            continue
        left = _norms(lab, cause)
        for name, ratio in large.items():
            if name in cause.parameters or not norms.get(name):
                continue
            size = float(np.linalg.norm(cause.start.get(name, sizes[name])))
            if size == 0.0:
                continue  # biases that start at 0 may double at every step
            other = ratio * (left[name] / norms[name]) * (float(np.linalg.norm(sizes[name])) / size)
            if other < TAMED:
                fact = {"symptom": "exploding", "when": "start", "own": ratio, "other": other}
                yield {**fact, "cause": cause.kind, "line": 0, "text": name, "parameters": [name]}
                return


def _starts(lab: Lab) -> list[Ordinary]:
    """What is out of the ordinary about the start and a cause: of training that fails, or of a loss that clips."""
    if not lab.wrong:
        return [removal.ordinary for removal in lab.once(removals) if removal.ordinary is not None]
    causes = {fact["cause"] for fact in lab.once(clamp_audit).facts["clamped"]}
    return [ordinary for ordinary in out_of_ordinary(lab) if ordinary.kind in causes]


def _norms(lab: Lab, change: Ordinary | None) -> dict[str, float]:
    """Norms of the gradients of the weights at the code's start, or at a changed one, in the order of the layers."""
    try:
        live = lab.program.start()
        if change is not None:
            change.apply(live)
        gradient = live.gradient()
    except GradcheckError:
        return {}
    values = lab.truth.values
    weights = {**{n: v for n, v in values.items() if is_matrix(v)}, **single_outputs(lab, values)}
    return {name: float(np.linalg.norm(gradient[name])) for name in weights if name in gradient}


def _stuck(lab: Lab) -> Iterator[Fact]:
    """A loss that training leaves as it was, and that falls with the cause removed."""
    own = lab.once(trained_as_is)
    if own is None or not np.isfinite(own.after) or not 0.0 < (1.0 - STILL) * own.before < own.after:
        return
    for removal in lab.once(removals):
        other = removal.trained.after / removal.trained.before
        if other < 1.0 - STILL:
            fact = {"symptom": "stuck", "when": "training", "own": own.after / own.before, "other": other}
            yield {**fact, "cause": removal.kind, "line": 0, "text": "", "parameters": []}
            return


def _oscillating(lab: Lab) -> Iterator[Fact]:
    """A loss over all data that rises in many steps, and hardly ever with a lower rate."""
    for removal in lab.once(removals):
        if removal.kind != "rate-high":
            continue
        own, other = rises(lab.once(loss_curve)), rises(loss_curve(removal.lab))
        if own is not None and other is not None and own[0] >= SWINGS and other[0] <= CALMER * own[0]:
            fact = {"symptom": "oscillating", "when": "training", "own": own[0], "other": other[0]}
            yield {**fact, "cause": removal.kind, "line": 0, "text": str(own[1]), "parameters": []}
