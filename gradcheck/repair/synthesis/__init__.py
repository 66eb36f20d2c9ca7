"""Synthesis: what an expression should have come to, and the expressions in scope that come to it."""

from gradcheck.repair.synthesis.match import Match, combination, matches
from gradcheck.repair.synthesis.pool import Pool
from gradcheck.repair.synthesis.required import Required, required

__all__ = ["Match", "Pool", "Required", "combination", "matches", "required"]
