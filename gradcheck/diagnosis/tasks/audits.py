"""Tasks beside the gradient: every experiment, the training of a copy, and the repair of what audits find."""

from __future__ import annotations

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import open_lab
from gradcheck.experiments.symptoms import symptom_audit
from gradcheck.experiments.table import EXPERIMENTS, TRAINER_EXPERIMENTS
from gradcheck.findings import Observation
from gradcheck.repair.mended import Mended
from gradcheck.repair.mending.recipes import RECIPES, TRAINER_RECIPES
from gradcheck.repair.mending.search import mend_audits
from gradcheck.subject.wiring import Wiring
from gradcheck.subject.worker import report_progress


def run_experiments(
    path: str, source: str, wiring: Wiring, trainer: Wiring | None, seed: int
) -> dict[str, Observation]:
    """Every experiment; one that the subject does not allow leaves an observation that says so."""
    plan = [(experiment, wiring) for experiment in EXPERIMENTS]
    plan += [(experiment, trainer or wiring) for experiment in TRAINER_EXPERIMENTS]
    found: dict[str, Observation] = {}
    for done, (experiment, how) in enumerate(plan):
        report_progress("experiments", done, len(plan))
        try:
            observation = open_lab(path, source, how, seed).once(experiment)
        except GradcheckError as problem:
            observation = Observation(experiment.__name__, {"failed": problem.message})
        found[observation.experiment] = observation
    return found


def symptoms_of(path: str, source: str, wiring: Wiring, seed: int) -> Observation:
    """What a source's training leads to, such as a repaired one's."""
    return open_lab(path, source, wiring, seed).once(symptom_audit)


def repair_audits(
    path: str, source: str, wiring: Wiring, trainer: Wiring | None, seed: int, original: str
) -> list[Mended]:
    """Repair what the other audits found in the original, in a source that may be repaired already."""
    mended = mend_audits(path, source, RECIPES, wiring, seed, original)
    source = mended[-1].after if mended else source
    return mended + mend_audits(path, source, TRAINER_RECIPES, trainer or wiring, seed, original)
