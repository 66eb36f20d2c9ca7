"""Faults of whole training programs in other styles than the specimens': each is seen, and not in the right network."""

import pytest

from gradcheck.experiments.batches import batch_audit
from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.clipping import clipping_audit
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.decays import decay_audit
from gradcheck.experiments.dominance import dominance_audit
from gradcheck.experiments.finiteness import finiteness_audit
from gradcheck.experiments.lab import open_lab
from gradcheck.experiments.lent import lent_audit
from gradcheck.experiments.logarithms import logarithm_audit
from gradcheck.experiments.loss_form import loss_form
from gradcheck.experiments.normalising import normalising_audit
from gradcheck.experiments.norms import norm_audit
from gradcheck.experiments.orders import order_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.rates import rate_audit
from gradcheck.experiments.reads import read_audit
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.reports import report_audit
from gradcheck.experiments.schedules import schedule_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.softmaxes import softmax_twice
from gradcheck.experiments.splits import split_audit
from gradcheck.experiments.stability import softmax_audit
from gradcheck.experiments.starts import out_of_ordinary, start_audit
from gradcheck.experiments.symptoms import symptom_audit
from gradcheck.experiments.truncation import truncation_audit
from gradcheck.experiments.updates import update_watch
from tests.quality.courses import COURSES
from tests.quality.courses.injections import course_injections
from tests.quality.planted import broken, broken_lines

CASES = [
    ("waves_lists", "GC310", decay_audit, "decayed"),
    ("clouds_dict", "GC310", decay_audit, "decayed"),
    ("rings_class", "GC509", softmax_audit, "unstable"),
    ("digits_layers", "GC509", softmax_audit, "unstable"),
    ("halves_columns", "GC823", optimiser_replay, "faulty"),
    ("halves_columns", "GC826", optimiser_replay, "faulty"),
    ("rings_class", "GC821", optimiser_replay, "faulty"),
    ("digits_layers", "GC824", optimiser_replay, "faulty"),
    ("pairs_attributes", "GC405", overwrite_audit, "parameters"),
    ("spots_functional", "GC405", overwrite_audit, "parameters"),
    ("clouds_dict", "GC404", lent_audit, "changed"),
    ("rings_class", "GC404", lent_audit, "changed"),
    ("halves_columns", "GC404", lent_audit, "changed"),
    ("waves_lists", "GC407", snapshot_audit, "snapshots"),
    ("halves_columns", "GC504", clamp_audit, "clamped"),
    ("digits_layers", "GC504", clamp_audit, "clamped"),
    ("rings_class", "GC623", clamp_audit, "clamped"),
    ("rings_class", "GC608", rate_audit, "rates"),
    ("spots_functional", "GC608", rate_audit, "rates"),
    ("sides_globals", "GC703", order_audit, "sorted"),
    ("digits_layers", "GC704", split_audit, "leaked"),
    ("spots_functional", "GC704", split_audit, "leaked"),
    ("clouds_dict", "GC705", split_audit, "scaled"),
    ("halves_columns", "GC705", split_audit, "scaled"),
    ("rings_class", "GC705", split_audit, "scaled"),
    ("waves_lists", "GC705", split_audit, "scaled"),
    ("spots_functional", "GC724", report_audit, "penalised"),
    ("digits_layers", "GC803", update_watch, "uncleared"),
    ("pairs_attributes", "GC805", update_watch, "unregistered"),
    ("digits_layers", "GC806", update_watch, "replaced"),
    ("halves_columns", "GC802", update_watch, "zero_rate"),
    ("votes_dicts", "GC802", update_watch, "zero_rate"),
    ("digits_layers", "GC802", update_watch, "zero_rate"),
    ("sides_globals", "GC801", update_watch, "ascending"),
    ("clouds_dict", "GC623", start_audit, "stuck"),
    ("halves_columns", "GC624", start_audit, "stuck"),
    ("digits_layers", "GC146", softmax_twice, "twice"),
    ("digits_layers", "GC122", batch_audit, "summed"),
    ("rings_class", "GC725", norm_audit, "cleared"),
    ("beans_columns", "GC725", norm_audit, "cleared"),
    ("letters_parameters", "GC725", norm_audit, "cleared"),
    ("beans_columns", "GC141", read_audit, "unread"),
    ("tides_records", "GC827", clipping_audit, "elementwise"),
    ("votes_dicts", "GC827", clipping_audit, "elementwise"),
    ("hills_locals", "GC828", schedule_audit, "stuck"),
    ("moons_written", "GC828", schedule_audit, "stuck"),
    (
        "beans_columns",
        "GC310",
        decay_audit,
        "decayed",
    ),  # of a penalty whose strength is an argument's default
    ("moons_written", "GC508", dominance_audit, "dominated"),  # a strength that is a whole number
    ("moons_written", "GC503", logarithm_audit, "latent"),
    ("kites_script", "GC503", logarithm_audit, "latent"),
    ("votes_dicts", "GC504", clamp_audit, "later"),
    ("votes_dicts", "GC808", rate_audit, "rates"),  # the rate multiplies the gradient in a velocity
    (
        "waves_lists",
        "GC501",
        rate_audit,
        "rates",
    ),  # ten thousand times too high, and brought home by early stopping
    ("beans_columns", "GC704", split_audit, "leaked"),  # a slice object along the second axis
    ("letters_parameters", "GC821", optimiser_replay, "faulty"),  # parameters that hold their gradients
    ("digits_layers", "GC144", coupling_audit, "couplings"),
    ("digits_layers", "GC145", coupling_audit, "couplings"),
    ("digits_layers", "GC147", normalising_audit, "logarithms"),
    ("digits_layers", "GC124", loss_form, "reversed"),  # of outputs that the loss drops units from
    ("halves_columns", "GC521", broadcast_audit, "crossed"),
]


def course_of(name):
    return next(course for course in COURSES if course.network.name == name)


def lab_with(name, code, which=0):
    """The lab of a network with a fault of a code in it, and the lines at fault."""
    course = course_of(name)
    faults = [faults for faults in course_injections(course) if faults[0].code == code][which]
    network = course.network
    source = broken(network.source, faults)
    return open_lab(network.path, source, network.wiring, 0), broken_lines(network.source, faults)


@pytest.mark.parametrize(("name", "code", "experiment", "key"), CASES)
def test_it_is_seen_on_its_line(name, code, experiment, key):
    lab, lines = lab_with(name, code)
    found = experiment(lab).facts[key]
    assert found
    assert {line for fact in found for line in fact.get("lines") or [fact["line"]]} & lines


@pytest.mark.parametrize(
    ("name", "experiment", "key"),
    list(dict.fromkeys((name, experiment, key) for name, _, experiment, key in CASES)),
)
def test_nothing_is_seen_in_the_right_network(name, experiment, key):
    network = course_of(name).network
    assert experiment(open_lab(network.path, network.source, network.wiring, 0)).facts[key] == []


def test_a_floor_that_bites_because_of_the_start_names_the_weights():
    lab, lines = lab_with("rings_class", "GC623")
    [fact] = clamp_audit(lab).facts["clamped"]
    assert (fact["cause"], fact["parameters"]) == ("large", ["A"])
    assert set(fact["lines"]) <= lines


def test_a_bias_that_is_never_read_is_looked_for_beside_its_weights():
    lab, lines = lab_with("halves_columns", "GC141")
    assert set(read_audit(lab).facts["lines"]["b1"]) & lines


def test_where_the_loss_takes_the_size_of_weights():
    lab, lines = lab_with("pairs_attributes", "GC309")
    penalised = read_audit(lab).facts["penalised"]
    assert set(penalised) == {"w1", "w2"}
    assert {line for found in penalised.values() for line in found} == lines


def test_biases_that_start_at_zero_have_no_size_for_an_update_to_exceed():
    lab, _ = lab_with("leaves_stack", "GC701")
    kinds = [fact["symptom"] for fact in symptom_audit(lab).facts["symptoms"]]
    assert kinds == ["saturated"]


def test_a_cast_to_integers_of_what_a_wrong_gradient_is_made_of_is_told():
    lab, lines = lab_with("spots_functional", "GC522", which=1)
    [fact] = truncation_audit(lab).facts["truncated"]
    assert set(fact["lines"]) == lines
    assert ".astype(int)" in fact["target"]


def test_training_that_breaks_off_for_want_of_a_finite_number_is_told():
    lab, _ = lab_with("leaves_stack", "GC501")
    [fact] = finiteness_audit(lab).facts["lost"]
    assert (fact["loss"], fact["raised"]) == ("nan", "AttributeError")
    assert "overflow" in fact["what"]


def test_two_small_layers_of_three_shrink_what_they_are_given_and_the_gradient():
    lab, lines = lab_with("halves_columns", "GC604")
    [fact] = start_audit(lab).facts["stuck"]
    assert (fact["kind"], fact["parameters"], set(fact["lines"])) == ("small", ["W2", "W3"], lines)
    [symptom] = [fact for fact in symptom_audit(lab).facts["symptoms"] if fact["symptom"] == "vanishing"]
    assert (symptom["text"], symptom["parameters"]) == ("W3", ["W1"])  # W3 is a row: of a single output


@pytest.mark.parametrize("name", ["spots_functional", "pairs_attributes"])  # softplus, leaky ReLU
def test_units_that_stay_alike_are_told_of_any_activation(name):
    lab, _ = lab_with(name, "GC606")
    kinds = {fact["symptom"] for fact in symptom_audit(lab).facts["symptoms"]}
    assert "symmetric" in kinds


def test_updates_explode_because_of_weights_that_make_the_gradient_wrong_as_well():
    lab, _ = lab_with("shades_list", "GC605")
    assert lab.wrong
    assert ("exploding", "large") in {
        (f["symptom"], f["cause"]) for f in symptom_audit(lab).facts["symptoms"]
    }


def test_a_penalty_on_a_single_number_is_known_by_that_of_the_others():
    lab, _ = lab_with("kites_script", "GC312")
    term = scale_penalty(lab).facts["terms"]["b3"]
    assert term["code"] == 0.0
    assert term["loss"] == pytest.approx(0.002, rel=1e-6)


def test_corrections_that_never_change_are_those_of_the_first_step():
    lab, lines = lab_with("moons_written", "GC823", which=2)
    [fact] = optimiser_replay(lab).facts["faulty"]
    assert (fact["fault"], set(fact["lines"])) == ("uncorrected", lines)


def test_a_rate_that_is_computed_and_left_is_meant_for_what_multiplies_the_update():
    lab, lines = lab_with("tides_records", "GC828", which=1)
    [fact] = schedule_audit(lab).facts["stuck"]
    assert (fact["kind"], fact["base"], set(fact["lines"])) == ("unused", "optimiser.rate", lines)


def test_entries_of_one_sign_are_no_chance_where_they_are_drawn_so():
    lab, _ = lab_with("tides_records", "GC625")  # ten entries, as many as chance may make of one sign
    assert [(one.kind, one.parameters) for one in out_of_ordinary(lab)] == [("one-sided", ["U"])]
