"""Follow the samples in: somewhere they may have become all alike, and the network learns nothing of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import Recorder

FEWEST = 4

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
    """Alike where all samples are one, unread where no loss at weights of order 1 depends on them, else nothing."""
    try:
        live = lab.program.start()
        value = live.evaluate(inputs)
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
            return ""
        if not np.any(np.ptp(value.astype(float), axis=axis)):
            return "alike"
        rng = np.random.default_rng([lab.seed, 0xB1])
        live.set({name: rng.normal(0.0, 0.5, kept.shape) for name, kept in live.parameters().items()})
        before = live.loss()
        if value.dtype.kind != "f" or not np.isfinite(before):
            return ""  # numbers of words, say, that random ones would not replace
        value[...] = rng.normal(value.mean(), value.std(), value.shape)
        return "unread" if live.loss() == before else ""
    except (GradcheckError, ValueError):  # the latter: an array that cannot be written to
        return ""


def _place(lab: Lab, samples: int) -> Fact:
    """The first expression by which a matrix with a row for each sample becomes alike in all of them."""
    source = lab.tracer.source
    recorder = _from_setup(lab)
    for number, seen in recorder.seen.items():
        site, value = source.sites[number], seen.values[0]
        if not _has_rows(value, samples) or _varies(value):
            continue
        parts = [
            other for other in source.sites if other.statement == site.statement and _inside(other, site)
        ]
        varied = [
            part
            for part in parts
            if (held := recorder.seen.get(part.number)) is not None
            and _has_rows(held.values[0], samples)
            and _varies(held.values[0])
        ]
        if varied:
            before = max(varied, key=lambda part: part.end - part.start)
            return {"line": site.line, "text": source.text(site), "before": source.text(before)}
    return {"line": 0, "text": "", "before": ""}


def _from_setup(lab: Lab) -> Recorder:
    """What is seen of the setup and of one loss behind it."""
    recorder = lab.tracer.recorder
    kept = recorder.seen
    recorder.seen, recorder.keep = {}, True
    try:
        live: Live = lab.tracer.program.start()
        live.loss()
        return Recorder(recorder.seen, keep=False)
    finally:
        recorder.seen, recorder.keep = kept, False


def _inside(other: Any, site: Any) -> bool:
    return other is not site and site.start <= other.start and other.end <= site.end


def _has_rows(value: Any, samples: int) -> bool:
    kind = isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind in "fiu"
    return kind and samples in value.shape and min(value.shape) > 0


def _varies(value: Any) -> bool:
    return all(
        bool(np.any(np.ptp(value.astype(float), axis=axis))) for axis in (0, 1) if value.shape[axis] > 1
    )
