"""Numerical gradients with an error bar on every number. Knows functions and vectors, nothing of networks."""
from gradcheck.numerics.compare import Comparison, Verdict

__all__ = ["Comparison", "Verdict"]
