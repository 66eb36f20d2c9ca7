"""A row of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.faults.specimen import Specimen
from gradcheck.findings import Family, Kind, Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break a network: its name, its explanation and a program that has it.

    The texts are plain sentences for one screen of 80 columns. Their letters: N samples, K classes, L the
    loss, W and b the weights and biases of a layer, z = h W + b what it computes, h = act(z) what it passes
    on, p the outputs, y the labels, δ = ∂L/∂z the delta of a layer, λ the strength of the penalty, η the
    rate, ⊙ the product entry by entry, ᵀ the transpose; samples are rows. "First" to "fourth equation" are
    those of backpropagation: delta of the output, delta of a hidden layer, gradient of the biases, gradient
    of the weights (BP1 to BP4 in M. Nielsen, Neural Networks and Deep Learning, chapter 2).

    Attributes:
        code: stable for ever. 1xx output and loss, 2xx chain rule, 3xx penalty and scale, 4xx aliasing and
            state, 5xx numerics and dtype, 6xx training and initialisation, 7xx data and evaluation, 8xx
            optimiser and update.
        name: what people say, in kebab case; unique.
        family: where in a training program it lives.
        title: one line, lower case, without full stop.
        what: what happens in such code.
        algebra: what it computes and what it should, in formulas; one a line.
        shows: how it shows, in measurements and in training.
        fix: how to repair it.
        exceptions: when the same lines are no fault.
        specimen: a bad and a good program.
        kind: a cause in the code, or a symptom of one.
        severity: how much harm it does.
        number: its place in the list of 124 faults that the catalogue was built from; None for later
            additions and for symptoms.
    """

    code: str
    name: str
    family: Family
    title: str
    what: str
    algebra: str
    shows: str
    fix: str
    exceptions: str
    specimen: Specimen
    kind: Kind = Kind.FAULT
    severity: Severity = Severity.ERROR
    number: int | None = None
