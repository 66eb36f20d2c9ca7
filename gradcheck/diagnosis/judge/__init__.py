"""Judgement: evidence in, findings out. No rule here runs the user's code."""

from gradcheck.diagnosis.judge.audited import audited
from gradcheck.diagnosis.judge.divergence import divergence
from gradcheck.diagnosis.judge.evaluated import evaluated
from gradcheck.diagnosis.judge.fed import fed
from gradcheck.diagnosis.judge.floats import floats
from gradcheck.diagnosis.judge.forward import forward
from gradcheck.diagnosis.judge.gradient import repaired, scaled
from gradcheck.diagnosis.judge.implied import disagreeing, with_implied
from gradcheck.diagnosis.judge.located import unrepaired, without_effect
from gradcheck.diagnosis.judge.outcomes import causes_beyond_gradient, outcomes
from gradcheck.diagnosis.judge.passed import passed
from gradcheck.diagnosis.judge.sharing import shared_arrays
from gradcheck.diagnosis.judge.specification import folded, measured_again
from gradcheck.diagnosis.judge.starts import starts
from gradcheck.diagnosis.judge.symptoms import symptoms
from gradcheck.diagnosis.judge.trained import trained

__all__ = [
    "audited",
    "causes_beyond_gradient",
    "disagreeing",
    "divergence",
    "evaluated",
    "fed",
    "floats",
    "folded",
    "forward",
    "measured_again",
    "outcomes",
    "passed",
    "repaired",
    "scaled",
    "shared_arrays",
    "starts",
    "symptoms",
    "trained",
    "unrepaired",
    "with_implied",
    "without_effect",
]
