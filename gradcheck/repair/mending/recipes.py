"""Recipes for what stands beside the gradient and its loss: arrays, training, evaluation, likeliest first."""

from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.averages import average_audit
from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.clipping import clipping_audit
from gradcheck.experiments.copies import copy_audit
from gradcheck.experiments.decays import decay_audit
from gradcheck.experiments.draws import draw_audit
from gradcheck.experiments.dropout import dropout_audit
from gradcheck.experiments.dtypes import parameter_dtypes
from gradcheck.experiments.lent import lent_audit
from gradcheck.experiments.logarithms import logarithm_audit
from gradcheck.experiments.norms import norm_audit
from gradcheck.experiments.optimisers import optimiser_audit
from gradcheck.experiments.orders import order_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.pairing import pairing_audit
from gradcheck.experiments.penalties import strength_audit
from gradcheck.experiments.predictions import prediction_audit
from gradcheck.experiments.rates import rate_audit
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.reports import report_audit
from gradcheck.experiments.reshapes import reshape_audit
from gradcheck.experiments.schedules import schedule_audit
from gradcheck.experiments.shifts import shift_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.splits import split_audit
from gradcheck.experiments.stability import softmax_audit
from gradcheck.experiments.starts import start_audit
from gradcheck.experiments.training import update_audit
from gradcheck.experiments.updates import update_watch
from gradcheck.repair.mending.arrays import (
    bias_corrections,
    copies,
    floats,
    keep_rates,
    kept_names,
    one_permutation,
    row_maxima,
)
from gradcheck.repair.mending.copying import deep_copies, own_inputs
from gradcheck.repair.mending.decays import no_decay
from gradcheck.repair.mending.dividing import kept_scalers, rest_of_samples
from gradcheck.repair.mending.forward import evaluation_paths, transposes
from gradcheck.repair.mending.modes import predicting_modes
from gradcheck.repair.mending.precision import safe_logarithms
from gradcheck.repair.mending.published import published_steps
from gradcheck.repair.mending.recipe import Recipe
from gradcheck.repair.mending.registering import registrations
from gradcheck.repair.mending.rounds import gathered_gradients, kept_optimisers
from gradcheck.repair.mending.sampling import (
    earlier_norms,
    flat_sides,
    like_reports,
    other_axes,
    plain_indices,
    same_rows,
    shuffled_orders,
    uncast_inputs,
    weighted_means,
)
from gradcheck.repair.mending.starting import centred_draws, one_generator, ordinary_starts
from gradcheck.repair.mending.updating import (
    clearings,
    descents,
    in_place,
    kept_updates,
    moving_schedules,
    nonzero_rates,
    other_rates,
    subtractions,
    weaker_penalties,
    whole_clips,
)

RECIPES = (
    Recipe(alias_audit, "writes", copies),
    Recipe(softmax_audit, "unstable", row_maxima),
    Recipe(optimiser_audit, "faulty", bias_corrections),
    Recipe(dropout_audit, "masks", keep_rates),
    Recipe(dropout_audit, "stuck", evaluation_paths),
    Recipe(dropout_audit, "predicting", predicting_modes),
    Recipe(reshape_audit, "mixed", transposes),
    Recipe(logarithm_audit, "unsafe", safe_logarithms),
    Recipe(overwrite_audit, "inputs", own_inputs),
    Recipe(optimiser_replay, "faulty", published_steps),
    Recipe(clipping_audit, "elementwise", whole_clips),
)
TRAINER_RECIPES = (
    Recipe(lent_audit, "changed", own_inputs),
    Recipe(snapshot_audit, "snapshots", copies),
    Recipe(copy_audit, "shallow", deep_copies),
    Recipe(snapshot_audit, "snapshots", deep_copies),
    Recipe(decay_audit, "decayed", no_decay, trains=True),
    Recipe(update_watch, "ascending", descents, trains=True),
    Recipe(update_watch, "replaced", subtractions, trains=True),
    Recipe(update_watch, "rebound", in_place, trains=True),
    Recipe(update_watch, "discarded", kept_updates, trains=True),
    Recipe(update_watch, "zero_rate", nonzero_rates, trains=True),
    Recipe(update_watch, "uncleared", clearings, trains=True),
    Recipe(update_watch, "unregistered", registrations, trains=True),
    Recipe(update_watch, "sequential", gathered_gradients, trains=True),
    Recipe(update_watch, "reset", kept_optimisers, trains=True),
    Recipe(schedule_audit, "stuck", moving_schedules),
    Recipe(pairing_audit, "parted", one_permutation),
    Recipe(pairing_audit, "parted", same_rows),
    Recipe(order_audit, "sorted", shuffled_orders),
    Recipe(split_audit, "leaked", rest_of_samples),
    Recipe(split_audit, "scaled", kept_scalers),
    Recipe(shift_audit, "shifted", plain_indices),
    Recipe(blindness_audit, "ignored", uncast_inputs),
    Recipe(average_audit, "unequal", weighted_means),
    Recipe(prediction_audit, "across", other_axes),
    Recipe(prediction_audit, "crossed", flat_sides),
    Recipe(report_audit, "penalised", like_reports),
    Recipe(norm_audit, "cleared", earlier_norms),
    Recipe(parameter_dtypes, "integers", floats),
    Recipe(update_audit, "unmoved", kept_names),
    Recipe(draw_audit, "one_sided", centred_draws),
    Recipe(draw_audit, "reused", one_generator),
    Recipe(start_audit, "stuck", ordinary_starts),
    Recipe(strength_audit, "strong", weaker_penalties),
    Recipe(rate_audit, "rates", other_rates),  # last: what starts badly needs another start, not another rate
)
