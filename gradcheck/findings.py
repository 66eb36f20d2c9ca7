"""The nouns that measurement, judgement and rendering share: plain, frozen data that can be pickled and saved."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.cells import NO_CELLS, Cells
from gradcheck.numerics import Comparison


class Family(enum.StrEnum):
    """Where in a training program a fault lives; the words of the JSON contract."""

    FORWARD = "forward"
    LOSS = "loss"
    OUTPUT_DELTA = "output_delta"
    HIDDEN_DELTA = "hidden_delta"
    WEIGHT_GRAD = "weight_grad"
    BIAS_GRAD = "bias_grad"
    REGULARIZATION = "regularization"
    SCALING = "scaling"
    UPDATE = "update"
    OPTIMIZER = "optimizer"
    INITIALIZATION = "initialization"
    DATA = "data"
    STABILITY = "stability"
    DTYPE_SHAPE = "dtype_shape"
    ALIASING = "aliasing"
    EVALUATION = "evaluation"
    ARCHITECTURE = "architecture"


class Kind(enum.StrEnum):
    """A fault is a cause in the code; a symptom is what a cause leads to."""

    FAULT = "fault"
    SYMPTOM = "symptom"


class Severity(enum.StrEnum):
    """An error or a warning makes a network faulty; a note never spoils a clean verdict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Outcome(enum.StrEnum):
    """The verdict of a whole report."""

    CLEAN = "clean"
    FAULTY = "faulty"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one experiment measured.

    Attributes:
        experiment: the experiment's name, such as ``"permute_labels"``.
        facts: the figures, as plain data (numbers, strings, lists, dicts); the experiment's module says which.
        summary: one sentence a person can read, empty when nothing was out of the ordinary.
    """

    experiment: str
    facts: Mapping[str, Any]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the user's source that was tried and kept.

    Attributes:
        line: first line it replaces, 1-based, in the file as typed.
        end_line: last line it replaces.
        before: those lines as typed.
        after: what stands there afterwards (may hold several lines, or none).
        operator: the kind of edit, such as ``"insert-factor"``.
        parameters: the parameters it makes right.
        influences: every parameter whose gradient passes through the place.
    """

    line: int
    end_line: int
    before: str
    after: str
    operator: str
    parameters: tuple[str, ...] = ()
    influences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """A verified repair.

    Attributes:
        diff: unified diff that applies with ``patch FILE``.
        verified: whether it was applied to a copy, run at fresh points and measured right.
        before: the figure it was judged by, before it (a relative error, or an experiment's own measure).
        after: the same figure afterwards.
        measure: what that figure is, such as ``"relative error of W1"``.
        edits: the changes, in the order of the file.
        odd: a word of warning where the patch verifies but does not read as a person would have written it.
    """

    diff: str
    verified: bool
    before: float
    after: float
    measure: str = "relative error"
    edits: tuple[Edit, ...] = ()
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A region of the source with words beside it; the primary label says what, the others say why.

    Attributes:
        line: 1-based.
        column: 0-based first column, as `ast` counts, in characters.
        end_column: 0-based column after the last.
        text: what is to be seen there.
        primary: drawn with carets when true, with dashes when false.
    """

    line: int
    column: int
    end_column: int
    text: str = ""
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or symptom, with everything a renderer may show of it.

    Attributes:
        code: the catalogue's code, such as ``"GC101"``.
        name: the catalogue's name, such as ``"label-ignored"``.
        family: see `Family`.
        kind: see `Kind`.
        severity: see `Severity`.
        confidence: the share of such findings that are right, 0 to 1.
        message: one sentence: what is wrong here.
        file: the user's file, as given.
        lines: the lines at fault, most suspect first, 1-based.
        labels: regions of those lines.
        parameters: names of the parameters it spoils.
        evidence: what was measured, a sentence each.
        algebra: what the gradient should have been, in the field's letters; empty when it does not apply.
        explains: codes of the findings that follow from this one.
        explained_by: code of the finding that this one follows from; empty for a root cause.
        fix: a verified patch for this finding alone, or None.
        advice: what to do, in words, where no patch is offered.
    """

    code: str
    name: str
    family: Family
    kind: Kind
    severity: Severity
    confidence: float
    message: str
    file: str
    lines: tuple[int, ...] = ()
    labels: tuple[Label, ...] = ()
    parameters: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    algebra: str = ""
    explains: tuple[str, ...] = ()
    explained_by: str = ""
    fix: Patch | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One training run of the user's own call, on a copy.

    Attributes:
        loss_before: the loss at the start.
        loss_after: the loss at the end; NaN where it overflowed.
        accuracy_before: share of right answers at the start, or None where outputs are not classes.
        accuracy_after: the same at the end.
    """

    loss_before: float
    loss_after: float
    accuracy_before: float | None = None
    accuracy_after: float | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """The user's own training call, run as it is and run with the patch, from one seed.

    Attributes:
        call: the call as typed, such as ``"net.sgd(5000, X, y)"``.
        seed: the seed both runs started from.
        original: the run as the file stands.
        patched: the run with every verified fix applied; None where there is no patch.
    """

    call: str
    seed: int
    original: Run
    patched: Run | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything measured about one subject, before and after repair; a rule reads nothing else.

    Attributes:
        target: the user's file, as given.
        source: its text.
        comparisons: the gradient check, one per parameter.
        observations: by experiment name.
        edits: the repairs that verified, if repair has run.
    """

    target: str
    source: str
    comparisons: Mapping[str, Comparison]
    observations: Mapping[str, Observation] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()

    def fact(self, experiment: str, name: str, default: Any = None) -> Any:
        """The figure `name` of `experiment`, or `default` where it was not measured."""
        observation = self.observations.get(experiment)
        return default if observation is None else observation.facts.get(name, default)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Names of the parameters whose gradient fails the check."""
        return tuple(name for name, comparison in self.comparisons.items() if comparison.verdict == "fail")


@dataclass(frozen=True, slots=True)
class Report:
    """What a diagnosis hands to the renderers.

    Attributes:
        target: the user's file, as given.
        source: its text.
        outcome: see `Outcome`.
        understood: plain sentences: what was taken to be the network, its loss and its update.
        parameters: the gradient check, one per parameter, in the order of the wiring.
        findings: ranked; the first is the root cause.
        patch: one unified diff of all verified fixes together, or empty.
        patched_error: largest relative error over the parameters with the patch applied; None without one.
        training: before and after the patch, or None where the file has no training call that could be run.
        suppressed: how many findings the author knew of, and are left out.
        notices: what the user's code did that it was not let do, or that made a measurement weaker.
        wiring: the wiring as plain data, as it would stand in a TOML file.
        seed: the seed of every random choice.
        evaluations: how often the loss was evaluated.
        seconds: wall time.
        cells: where cells stand in the source, where it is a notebook's.
    """

    target: str
    source: str
    outcome: Outcome
    understood: tuple[str, ...]
    parameters: tuple[Comparison, ...]
    findings: tuple[Finding, ...] = ()
    patch: str = ""
    patched_error: float | None = None
    training: Training | None = None
    suppressed: int = 0
    notices: tuple[str, ...] = ()
    wiring: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    cells: Cells = NO_CELLS

    @property
    def exit_code(self) -> int:
        """0 clean, 1 faulty, 2 could not tell."""
        return {Outcome.CLEAN: 0, Outcome.FAULTY: 1, Outcome.INCONCLUSIVE: 2}[self.outcome]
