"""Roles of a network that trains: which text of it does what before, beside and after the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.quality.networks import Network

Change: TypeAlias = tuple[str, str]
"""A text that stands in the network once, and what replaces it."""

Changes: TypeAlias = tuple[Change, ...]
"""All that has to be changed for one fault."""


@dataclass(frozen=True, slots=True)
class Activation:
    """A hidden activation.

    Attributes:
        at: the text that computes it.
        z: the expression that it is computed from.
        slope: the text of act'(z) where the delta is multiplied with it, sign of the product and all.
        overwriting: what computes the same and leaves it in the array of `z`; empty where numpy has no short way.
    """

    at: str
    z: str
    slope: str
    overwriting: str = ""


@dataclass(frozen=True, slots=True)
class Softmax:
    """A softmax.

    Attributes:
        shift: what is subtracted from the logits, with the sign.
        total: what the exponentials are divided by.
        e: the exponentials.
    """

    shift: str
    total: str
    e: str


@dataclass(frozen=True, slots=True)
class Draw:
    """An array of weights, drawn at random.

    Attributes:
        before: the text that its value follows, so that it can be told from others.
        value: the expression that draws it.
        shape: expression of its shape.
        parameters: its name in the wiring, or those of all that are drawn there.
    """

    before: str
    value: str
    shape: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A right network that trains, and the roles of its statements; empty where it has none of a kind.

    Attributes:
        network: the network; its wiring trains it.
        probes: expressions evaluated after training, whose values are part of what the network does.
        activations: the hidden ones.
        additions: the text that adds a bias, before -> after it is left out.
        softmax: how the outputs are normalised.
        output: expression of the outputs where the forward pass gives them back.
        draws: the weights of the layers, input side first.
        rates: text of the rate -> its number.
        high: what a rate is multiplied with to be far too high.
        strength: text that gives the penalty its strength, up to the number -> the number.
        squares: the penalties in the loss -> expression of the weight.
        penalised: statement of a weight gradient -> its penalty.
        updates: statements that change the parameters, `w -= step`, one each or one in a loop for all.
        delta: statement of the output's delta.
        outputs: expression of the outputs there.
        loss: the text at which the loss gets its sign.
        entry: the first statement of the forward pass.
        x: the inputs there.
        rows: whether samples are rows.
        particular: code -> the faults that are written out for this network.
    """

    network: Network
    probes: tuple[str, ...]
    activations: tuple[Activation, ...] = ()
    additions: Mapping[str, str] = field(default_factory=dict)
    softmax: Softmax | None = None
    output: str = ""
    draws: tuple[Draw, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    high: float = 100.0
    strength: tuple[str, float] = ("", 0.0)
    squares: Mapping[str, str] = field(default_factory=dict)
    penalised: Mapping[str, str] = field(default_factory=dict)
    updates: tuple[str, ...] = ()
    delta: str = ""
    outputs: str = ""
    loss: str = ""
    entry: str = ""
    x: str = ""
    rows: bool = True
    particular: Mapping[str, tuple[Changes, ...]] = field(default_factory=dict)
