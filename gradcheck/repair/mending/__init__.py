"""Repairs beyond the gradient: an audit finds something, an edit is tried, and the same audit judges it."""

from gradcheck.repair.mending.recipes import RECIPES, SHAPE_RECIPES, TRAINER_RECIPES
from gradcheck.repair.mending.search import Mended, mend_audits

__all__ = ["RECIPES", "SHAPE_RECIPES", "TRAINER_RECIPES", "Mended", "mend_audits"]
