"""The subject as a diagnosis sees it: asked one whole task at a time, through the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gradcheck.diagnosis.answers import Measurement, Related, Repair
from gradcheck.diagnosis.patches import original_line
from gradcheck.errors import GradcheckError, SubjectTimeoutError
from gradcheck.findings import Observation, Run, Training
from gradcheck.numerics import Comparison, Verdict
from gradcheck.repair.mended import Mended
from gradcheck.subject.faraway import Faraway
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target
from gradcheck.subject.wiring import Wiring

if TYPE_CHECKING:
    from gradcheck.diagnosis.tasks import audits, gradient
    from gradcheck.experiments import training
else:
    audits = Faraway("gradcheck.diagnosis.tasks.audits")
    gradient = Faraway("gradcheck.diagnosis.tasks.gradient")
    training = Faraway("gradcheck.experiments.training")

SEARCH_SECONDS = 20.0
CUT_SHORT = (
    "the search for a patch of the gradient was stopped after {:g} s, in the middle of a run of the code"
)


@dataclass(frozen=True, slots=True)
class Mending:
    """Everything that repair did to a source.

    Attributes:
        repairs: the edits that made gradients right, in the order in which they were made.
        mended: the edits that audits judged.
        source: the source after all of them.
        wrong: the parameters whose gradient is wrong still.
        related: what wrong gradients, and the deltas behind them, are to the true ones before any gradient is mended.
        remaining: the same of those that are wrong still.
        cut_short: what to say of a search that was stopped before it could tell; empty where none was.
    """

    repairs: tuple[Repair, ...]
    mended: tuple[Mended, ...]
    source: str
    wrong: tuple[str, ...]
    related: Related = field(default_factory=Related)
    remaining: Related = field(default_factory=Related)
    cut_short: str = ""

    @classmethod
    def none(cls, source: str, measured: Measurement) -> Mending:
        """Nothing done: the source as it is, wrong where it was measured wrong."""
        return cls((), (), source, wrong_of(measured.comparisons))


@dataclass(frozen=True, slots=True)
class Subject:
    """A file in its sandbox, with the wirings that drive it.

    Attributes:
        sandbox: where it runs.
        target: the file.
        wiring: how its gradient is driven.
        seed: of everything random.
        trainer: how its training is driven, where another wiring does that.
    """

    sandbox: Sandbox
    target: Target
    wiring: Wiring
    seed: int
    trainer: Wiring | None = None

    def measure(self, source: str | None = None) -> Measurement:
        """The gradient check."""
        return self.sandbox.call(gradient.measure_subject, *self._it(source))

    def experiments(self) -> dict[str, Observation]:
        """What all experiments observe, by name."""
        path, source, wiring, seed = self._it()
        return self.sandbox.call(audits.run_experiments, path, source, wiring, self.trainer, seed)

    def mend_gradient(self, measured: Measurement) -> Mending:
        """Repair shapes first, which may be all that is wrong with a gradient; then gradients."""
        shapes = self.sandbox.call(gradient.repair_shapes, *self._it())
        source = shapes[-1].after if shapes else self.target.source
        wrong = wrong_of(self.measure(source).comparisons if shapes else measured.comparisons)
        related = self._related(source) if wrong else Related()
        repairs, cut_short = self._repairs(source) if wrong else ([], "")
        source = repairs[-1].after if repairs else source
        made_right = {name for repair in repairs for name in repair.edit.parameters}
        left = tuple(name for name in wrong if name not in made_right)
        if left and repairs:  # an error too small for an edit to be tried for it may be gone with the others
            still = wrong_of(self.measure(source).comparisons)
            left = tuple(name for name in left if name in still)
        return Mending(
            tuple(repairs),
            tuple(shapes),
            source,
            left,
            related,
            related if not repairs else self._related(source) if left else Related(),
            cut_short,
        )

    def mend_audits(self, mending: Mending) -> Mending:
        """Repair what the other audits found, after the gradient."""
        path, original, wiring, seed = self._it()
        found = self.sandbox.call(
            audits.repair_audits, path, mending.source, wiring, self.trainer, seed, original
        )
        return replace(
            mending,
            mended=(*mending.mended, *found),
            source=found[-1].after if found else mending.source,
        )

    def verify(self, source: str) -> list[dict[str, Comparison]]:
        """Gradient checks at fresh points; none where the source cannot be run there, so that it is not offered."""
        try:
            return self.sandbox.call(gradient.verify, *self._it(source))
        except GradcheckError:
            return []

    def trained(self, source: str | None = None) -> tuple[Run, Observation] | None:
        """The training call, with the source as it stands or another; None where there is none to run."""
        path, text, wiring, seed = self._it(source)
        return self.sandbox.call(training.train_copy, path, text, self.trainer or wiring, seed)

    def training(self, original: Run, source: str) -> Training:
        """The training call as it stands, which was run already, and with another source."""
        how = self.trainer or self.wiring
        patched = self.trained(source) if source != self.target.source else None
        call = f"{how.until} ..." if how.until else how.train
        return Training(call, self.seed, original, patched[0] if patched is not None else None)

    def _related(self, source: str) -> Related:
        try:
            found = self.sandbox.call(gradient.relate, *self._it(source))
        except GradcheckError:
            return Related()  # it can be measured, and not be traced
        if not found.delta:
            return found
        line = found.delta.get("line", 0)
        at = original_line(self.target.source, source, line) if line else 0
        return replace(found, delta={**found.delta, "line": at})

    def symptoms_without(
        self, mending: Mending, observations: Mapping[str, Observation]
    ) -> Observation | None:
        """The symptoms of the repaired source, where some of the original's are still without a cause."""
        observed = observations.get("symptom_audit")
        seen = observed.facts.get("symptoms", []) if observed is not None else []
        open_ones = [fact for fact in seen if not fact["cause"] and fact["when"] == "training"]
        if not open_ones or not mending.repairs:
            return None
        path, text, _, seed = self._it(mending.source)
        try:
            return self.sandbox.call(audits.symptoms_of, path, text, self.trainer or self.wiring, seed)
        except GradcheckError:
            return None

    def _repairs(self, source: str) -> tuple[list[Repair], str]:
        """The edits that make gradients right, and what to say where the search had to be stopped."""
        limit = SEARCH_SECONDS * 3
        try:
            found, _ = self.sandbox.call(
                gradient.repair_gradient, *self._it(source), SEARCH_SECONDS, time_limit=limit
            )
        except SubjectTimeoutError:
            return [], CUT_SHORT.format(limit)
        return found, ""

    def _it(self, source: str | None = None) -> tuple[str, str, Wiring, int]:
        return str(self.target.path), self.target.source if source is None else source, self.wiring, self.seed


def wrong_of(comparisons: Mapping[str, Comparison]) -> tuple[str, ...]:
    """Names of the parameters that fail their check."""
    return tuple(name for name, found in comparisons.items() if found.verdict is Verdict.FAIL)


def any_wrong(comparisons: Mapping[str, Comparison]) -> bool:
    """Whether any parameter fails its check."""
    return bool(wrong_of(comparisons))
