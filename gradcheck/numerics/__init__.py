"""Numerical gradients with an error bar on every number. Knows functions and vectors, nothing of networks."""

from gradcheck.numerics.check import GradientCheck, check_gradient
from gradcheck.numerics.compare import Comparison, Verdict, compare, entry_verdicts
from gradcheck.numerics.curves import SlopeTest, StepSizeCurve, slope_test, step_size_curve
from gradcheck.numerics.differences import NumericalGradient, numerical_gradient
from gradcheck.numerics.directional import DirectionalCheck
from gradcheck.numerics.examine import Cause, Examination, examine, is_analytic
from gradcheck.numerics.hessian import HessianCheck, check_hessian
from gradcheck.numerics.locate import Located, WrongEntry, locate_errors
from gradcheck.numerics.parameters import Parameters
from gradcheck.numerics.vjp import LayerCheck, check_jvp, check_vjp

__all__ = [
    "Cause",
    "Comparison",
    "DirectionalCheck",
    "Examination",
    "GradientCheck",
    "HessianCheck",
    "LayerCheck",
    "Located",
    "NumericalGradient",
    "Parameters",
    "SlopeTest",
    "StepSizeCurve",
    "Verdict",
    "WrongEntry",
    "check_gradient",
    "check_hessian",
    "check_jvp",
    "check_vjp",
    "compare",
    "entry_verdicts",
    "examine",
    "is_analytic",
    "locate_errors",
    "numerical_gradient",
    "slope_test",
    "step_size_curve",
]
