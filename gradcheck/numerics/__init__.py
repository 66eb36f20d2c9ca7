"""Numerical gradients with an error bar on every number. Knows functions and vectors, nothing of networks."""

from gradcheck.numerics.compare import Comparison, Verdict, compare
from gradcheck.numerics.differences import NumericalGradient, numerical_gradient
from gradcheck.numerics.parameters import Parameters

__all__ = ["Comparison", "NumericalGradient", "Parameters", "Verdict", "compare", "numerical_gradient"]
