"""Change the start: train again with one thing about it made ordinary, and compare what training leaves of the loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.births import birth_lines, never_negative
from gradcheck.experiments.inlets import inlet_lines
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.experiments.trained import trained_as_is, trained_from
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values
from gradcheck.subject.wiring import Wiring

FREED = 0.8
# With one thing made ordinary, less than this share of the loss must be left for it to be a cause.
UNLEARNT = 0.1
# A training that leaves less than this share of the loss has nothing the matter with its start.
SMALL = 0.2
# Weights whose deviation is below this share of Glorot's are small.
LARGE = 10.0**0.5
# Weights whose variance is more than ten times He's are large (Amazon SageMaker Debugger, rule on weights).
FAR = 3.0
# Biases further from zero than this, on average, decide for the unit whatever comes in.
RAW = 10.0
# Inputs of a root mean square above this are on a raw scale.
LEAST = 14
# A fair draw has so many entries of one sign with a chance of 2^-13.


@dataclass(frozen=True, slots=True)
class Ordinary:
    """One thing about a start, made ordinary, with everything else left alone.

    Attributes:
        kind: what was out of the ordinary: "zero", "constant", "small" or "large" weights, weights of one sign
            ("one-sided"), "biases" far from zero, or "inputs" on a raw scale.
        figure: how far: the deviation in units of the ordinary one, the mean bias, the root mean square.
        parameters: the names concerned; none for inputs.
        start: the parameters that are changed.
        inputs: expression of the inputs that are standardised; empty where they stay.
        axis: the axis of the inputs that runs over the samples.
    """

    kind: str
    figure: float
    parameters: list[str] = field(default_factory=list)
    start: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    inputs: str = ""
    axis: int = 0

    def apply(self, live: Live) -> None:
        """Make it so in a network that has just been set up."""
        live.set(self.start)
        if self.inputs:
            value = live.evaluate(self.inputs)
            deviation = value.std(axis=self.axis, keepdims=True)
            scaled = (value - value.mean(axis=self.axis, keepdims=True)) / np.where(
                deviation > 0, deviation, 1.0
            )
            if value.dtype.kind == "f":
                value[...] = scaled
            else:
                live.scope["_scaled"] = scaled
                live.execute(f"{self.inputs} = _scaled")


def start_audit(lab: Lab) -> Observation:
    """Facts: `stuck`, a list of {kind, own, other, figure, parameters, lines}.

    `own` and `other` are the losses after training from the code's own start and from one with what `kind` says made
    ordinary: see `Ordinary`. Ordinary weights have the deviation sqrt(2 / (fan_in + fan_out)) of Glorot and Bengio
    (2010); those that are only small or large keep their numbers in proportion.
    """
    own = None if lab.wrong else lab.once(trained_as_is)
    stuck: list[dict[str, Any]] = []
    for ordinary in out_of_ordinary(lab) if own is not None else ():
        other = trained_from(lab, change=ordinary.apply)
        if own is None or other is None:
            continue
        learnt = own.after <= UNLEARNT * min(own.before, other.before)
        if not learnt and other.after < FREED * min(own.after, other.before):
            names = ordinary.parameters
            lines = birth_lines(lab, names) if names else inlet_lines(lab)
            fact = {"kind": ordinary.kind, "own": own.after, "other": other.after, "figure": ordinary.figure}
            stuck.append({**fact, "parameters": names, "lines": lines, "line": lines[0] if lines else 0})
    return Observation("start_audit", {"stuck": stuck})


def out_of_ordinary(lab: Lab) -> list[Ordinary]:
    """Everything about the start that is out of the ordinary, each thing by itself."""
    given = _given(lab.wiring)
    parameters = {n: value for n, value in lab.program.start().parameters().items() if n not in given}
    weights = {name: value for name, value in parameters.items() if is_matrix(value)}
    rng = np.random.default_rng([lab.seed, 0x57A7])
    return [
        *_blank(lab, weights, parameters, rng),
        *_scaled(parameters, single_outputs(lab, parameters)),
        *_one_sided(lab, weights),
        *_biases({name: value for name, value in parameters.items() if not is_matrix(value)}),
        *_inputs(lab),
    ]


def _given(wiring: Wiring) -> set[str]:
    """The parameters that the wiring's own setup changes: a point to check at, and none that the file starts from."""
    changed = {
        text
        for node in ast.walk(ast.parse(wiring.setup))
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AugAssign) and isinstance(target, ast.Attribute | ast.Subscript)
        for text in (ast.unparse(target), ast.unparse(target.value))
    }
    return {name for name, text in wiring.params.items() if text in changed}


def _blank(lab: Lab, weights: Values, parameters: Values, rng: np.random.Generator) -> Iterator[Ordinary]:
    """Matrices that all hold one number each; zeros that pass some gradient on are a constant like any other."""
    if weights and all(np.ptp(value) == 0.0 for value in weights.values()):
        some = any(np.any(value) for value in weights.values())
        passing = sum(bool(np.any(lab.truth.numerical.values[name])) for name in weights)
        last = {n: v for n, v in single_outputs(lab, parameters).items() if np.ptp(v) == 0.0}
        start = {name: rng.normal(0.0, glorot(v), v.shape) for name, v in {**weights, **last}.items()}
        yield Ordinary("constant" if some or passing else "zero", 0.0, list(start), start)


def single_outputs(lab: Lab, parameters: Values) -> Values:
    """Weights of a single output: one row, or column, with a number for each unit of the layer before it."""
    samples = samples_of(lab)
    came, went = (1, 0) if samples is not None and samples.axes[0] == 1 else (0, 1)
    tables = {name: value for name, value in parameters.items() if value.ndim == 2}
    matrices = [value.shape for value in tables.values() if is_matrix(value)]
    widths = {shape[went] for shape in matrices} - {1}
    if samples is None:  # a column may be of biases, then
        widths -= {shape[came] for shape in matrices}
    return {n: v for n, v in tables.items() if v.shape[went] == 1 and v.shape[came] in widths}


def _scaled(parameters: Values, last: Values) -> Iterator[Ordinary]:
    """Matrices that are all small, or two that are, those of a single output with them; and large ones of any shape."""
    weights = {name: value for name, value in parameters.items() if is_matrix(value)}
    spread = {name: value for name, value in weights.items() if np.ptp(value) > 0.0}
    shares = {name: float(np.std(value)) / glorot(value) for name, value in {**spread, **last}.items()}
    tables = {name: value for name, value in parameters.items() if value.ndim == 2 and value.size > 1}
    shrunk = {name: parameters[name] for name in parameters if 0.0 < shares.get(name, 0.0) < SMALL}
    if spread and (spread.keys() <= shrunk.keys() or len(shrunk) > 1):
        yield Ordinary("small", max(shares[name] for name in shrunk), list(shrunk), _at_ordinary(shrunk))
    large = {name: value for name, value in tables.items() if np.std(value) > LARGE * _he(value)}
    if large:
        most = max(float(np.std(value)) / glorot(value) for value in large.values())
        yield Ordinary("large", most, list(large), _at_ordinary(large))


def _at_ordinary(weights: Values) -> Values:
    return {
        name: value * (glorot(value) / np.std(value))
        for name, value in weights.items()
        if np.std(value) > 0.0
    }


def _one_sided(lab: Lab, weights: Values) -> Iterator[Ordinary]:
    one_sided = {
        name: value
        for name, value in weights.items()
        if np.ptp(value) > 0.0 and (value.min() > 0.0 or value.max() < 0.0)
    }
    found = {n: v for n, v in one_sided.items() if v.size >= LEAST or never_negative(lab, n)}
    if found:
        share = max(abs(float(value.mean())) / float(np.std(value)) for value in found.values())
        yield Ordinary("one-sided", share, list(found), {name: v - v.mean() for name, v in found.items()})


def _biases(vectors: Values) -> Iterator[Ordinary]:
    """Vectors far from zero, and further than their own entries are from each other."""
    sizes = {name: (abs(float(value.mean())), float(np.std(value))) for name, value in vectors.items()}
    far = {name: vectors[name] for name, (mean, spread) in sizes.items() if mean > max(FAR, 2.0 * spread)}
    means = {name: float(value.mean()) for name, value in far.items() if value.size > 1}
    if means:
        start = {name: np.zeros(vectors[name].shape) for name in means}
        yield Ordinary("biases", max(means.values(), key=abs), list(means), start)


def _inputs(lab: Lab) -> Iterator[Ordinary]:
    samples = samples_of(lab)
    if samples is None:
        return
    try:
        value = lab.program.start().evaluate(samples.inputs)
    except GradcheckError:
        return
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.ndim == 2:
        size = float(np.sqrt(np.mean(np.square(value.astype(float)))))
        if size > RAW:
            yield Ordinary("inputs", size, inputs=samples.inputs, axis=samples.axes[0])


def glorot(value: NDArray[np.float64]) -> float:
    """The ordinary deviation of a weight matrix."""
    return float(np.sqrt(2.0 / (value.shape[0] + value.shape[1])))


def _he(value: NDArray[np.float64]) -> float:
    """He's deviation for the smaller of the two fans: which of them is the one coming in cannot be told."""
    return float(np.sqrt(2.0 / min(value.shape)))


def is_matrix(value: NDArray[np.float64]) -> bool:
    """Whether a parameter has several rows and several columns."""
    return value.ndim == 2 and min(value.shape) > 1
