"""Follow the samples in: somewhere they may have become all alike, and the network learns nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.births import setup_seen
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import Recorder, Site, SourceMap

FEWEST = 4
WEIGHTS = 8
# Draws of all weights: with some of them every unit of a narrow layer may be dead for all samples.

Fact = dict[str, Any]


def blindness_audit(lab: Lab) -> Observation:
    """Facts: `ignored`, at most one of {line, text, before, kind, samples}.

    The loss does not change by a bit when the inputs are replaced by random ones, or the inputs themselves are alike
    for all samples. `line` is the first expression that is alike for all samples though `before`, which it is made
    of, is not; 0 where the samples were so from the start.
    """
    samples = samples_of(lab)
    if samples is None:
        return Observation("blindness_audit", {"ignored": []})
    kind = _kind(lab, samples.inputs, samples.axes[0])
    ignored = [{"kind": kind, "samples": samples.count, **_place(lab, samples.count)}] if kind else []
    return Observation("blindness_audit", {"ignored": ignored})


def _kind(lab: Lab, inputs: str, axis: int) -> str:
    """Alike where all samples are one, unread where no loss at any weights depends on them, else nothing."""
    try:
        live = lab.program.start()
        value = live.evaluate(inputs)
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
            return ""
        if not np.any(np.ptp(value.astype(float), axis=axis)):
            return "alike"
        if value.dtype.kind != "f":
            return ""  # numbers of words, say, that random ones would not replace
        rng = np.random.default_rng([lab.seed, 0xB1])
        return "unread" if all(_is_unread(live, value, rng) for _ in range(WEIGHTS)) else ""
    except (GradcheckError, ValueError):  # the latter: an array that cannot be written to
        return ""


def _is_unread(live: Live, value: NDArray[Any], rng: np.random.Generator) -> bool:
    """Whether other inputs leave the loss as it is, to the bit, at weights of order 1."""
    live.set({name: rng.normal(0.0, 0.5, kept.shape) for name, kept in live.parameters().items()})
    before = live.loss()
    value[...] = rng.normal(value.mean(), value.std() or 1.0, value.shape)
    return bool(np.isfinite(before) and live.loss() == before)


def _place(lab: Lab, samples: int) -> Fact:
    """The first expression by which a matrix with a row for each sample becomes alike in all of them."""
    runs = (lab.once(setup_seen), lab.tracer.recording(lambda live: live.loss()))
    places = (fact for recorder in runs for fact in _alike(lab.tracer.source, recorder, samples))
    return next(places, {"line": 0, "text": "", "before": ""})


def _alike(source: SourceMap, recorder: Recorder, samples: int) -> Iterator[Fact]:
    """Expressions alike for all samples, made of one that is not, in the order in which they were computed."""
    for number, seen in recorder.seen.items():
        site, value = source.sites[number], seen.values[0]
        if not _has_rows(value, samples) or _varies(value):
            continue
        varied = [
            part
            for part in source.sites
            if part.statement == site.statement
            and _inside(part, site)
            and (held := recorder.seen.get(part.number)) is not None
            and _has_rows(held.values[0], samples)
            and _varies(held.values[0])
        ]
        if varied:
            before = max(varied, key=lambda part: part.end - part.start)
            yield {"line": site.line, "text": source.text(site), "before": source.text(before)}


def _inside(other: Site, site: Site) -> bool:
    return other is not site and site.start <= other.start and other.end <= site.end


def _has_rows(value: Any, samples: int) -> bool:
    kind = isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind in "fiu"
    return kind and samples in value.shape and min(value.shape) > 0


def _varies(value: Any) -> bool:
    return all(
        bool(np.any(np.ptp(value.astype(float), axis=axis))) for axis in (0, 1) if value.shape[axis] > 1
    )
