"""Roles: which statement of a network computes what, so that a named fault finds its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.quality.networks import Network


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden delta.

    Attributes:
        at: the statement that multiplies what comes from above with act'(z).
        z: expression of the values before the activation; empty where they are not kept.
        h: expression of those after it.
        above: what comes from above, where another statement computes it.
    """

    at: str
    z: str
    h: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Roles:
    """Which statement of a network computes what; empty where it has no such statement.

    Attributes:
        delta: the output's delta, or the last of the statements that make it.
        out: expression of the outputs at that statement.
        logits: expression of the outputs before their activation.
        labels: expression of the labels there, where it is an array of the outputs' shape.
        one_hot: statement that subtracts one where the label is.
        n: expression of the number of samples; empty where there is one sample.
        x: expression of the inputs.
        hidden: the hidden deltas, output side first.
        weights: statements of the weight gradients.
        biases: statement of a bias gradient -> expression of the bias.
        penalties: expressions that a weight gradient adds for the penalty -> expression of the weight.
        rows: whether samples are rows.
        matrices: expressions of the weights, in the order of `weights`.
        classes: "softmax" or "sigmoid" where the outputs are probabilities of classes.
        squared: whether the loss is a squared error.
        particular: code -> the places of faults that only a network of this kind has.
    """

    delta: str
    out: str
    n: str
    x: str
    hidden: tuple[Hidden, ...]
    weights: tuple[str, ...]
    biases: Mapping[str, str]
    penalties: Mapping[str, str] = field(default_factory=dict)
    logits: str = ""
    labels: str = ""
    one_hot: str = ""
    rows: bool = True
    matrices: tuple[str, ...] = ()
    classes: Literal["", "softmax", "sigmoid"] = ""
    squared: bool = False
    particular: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """A network and the roles of its statements."""

    network: Network
    roles: Roles
