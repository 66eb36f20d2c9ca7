"""Recipes for what a gradient is measured against: shapes and dtypes, the forward pass, the loss, likeliest first."""

from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.bypasses import bypass_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.loss_form import loss_form
from gradcheck.experiments.normalising import normalising_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.precision import precision_audit
from gradcheck.experiments.reads import read_audit
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.targets import target_audit
from gradcheck.experiments.truncation import truncation_audit
from gradcheck.experiments.variances import variance_audit
from gradcheck.repair.mending.arrays import columns, copies
from gradcheck.repair.mending.copying import own_activations
from gradcheck.repair.mending.forward import (
    added_biases,
    batch_statistics,
    categorical_terms,
    class_sums,
    instead,
    normalised_outputs,
    samples_alone,
    unclipped,
)
from gradcheck.repair.mending.losses import negations, other_names
from gradcheck.repair.mending.modes import own_statistics
from gradcheck.repair.mending.precision import doubles, float_arrays
from gradcheck.repair.mending.recipe import Recipe
from gradcheck.repair.mending.sampling import uncast_inputs

SHAPE_RECIPES = (
    Recipe(broadcast_audit, "crossed", columns),
    Recipe(overwrite_audit, "activations", own_activations),
    Recipe(overwrite_audit, "parameters", copies),
    Recipe(truncation_audit, "truncated", float_arrays),
    Recipe(precision_audit, "rounded", doubles),
    Recipe(coupling_audit, "couplings", class_sums),
    Recipe(coupling_audit, "couplings", samples_alone),
    Recipe(blindness_audit, "ignored", uncast_inputs),
    Recipe(bypass_audit, "bypassed", instead),
    Recipe(statistics_audit, "running", batch_statistics),
    Recipe(read_audit, "unread", added_biases, rights=True),
    Recipe(variance_audit, "fewer", instead, rights=True),
    Recipe(statistics_audit, "averaged", own_statistics),
    Recipe(target_audit, "binary", categorical_terms, rights=True),
    Recipe(target_audit, "unnormalised", normalised_outputs, rights=True),
    Recipe(normalising_audit, "logarithms", instead, rights=True),
    Recipe(clamp_audit, "clamped", unclipped, rights=True),
    Recipe(loss_form, "reversed", negations, rights=True),
    Recipe(loss_form, "ignored", other_names, rights=True),
)
# Of what a gradient is measured against: shapes and dtypes, the forward pass, the loss. These come before any search.
