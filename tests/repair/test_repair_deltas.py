"""True deltas without a repair: the first one that departs, what it is to the true one, and its line."""

import pytest

from gradcheck.experiments.lab import open_lab
from gradcheck.faults import find
from gradcheck.repair.context import Context
from gradcheck.repair.relations import departure, gradient_relations, ground_of
from gradcheck.repair.traits import parameter_role


def context_of(specimen, source):
    lab = open_lab("net.py", source, specimen.wiring, 0)
    return Context(lab.tracer, lab.influence, lab.wrong)


def departure_of(specimen, source):
    context = context_of(specimen, source)
    return departure(context, ground_of(context))


@pytest.mark.parametrize(
    ("fault", "place", "relation"),
    [
        ("output-delta-sign", "output", "sign"),
        ("extra-output-derivative", "output", "extra-derivative"),
        ("missing-output-derivative", "output", "missing-derivative"),
        ("diagonal-softmax-jacobian", "output", "diagonal"),
        ("loss-only-delta", "output", "loss-only"),
        ("wrong-output-derivative", "output", "derivative-elsewhere"),
        ("missing-hidden-derivative", "hidden", "missing-derivative"),
        ("derivative-at-activation", "hidden", "derivative-at-activation"),
        ("derivative-twice", "hidden", "extra-derivative"),
        ("other-activation-derivative", "hidden", "other-derivative"),
        ("activation-for-derivative", "hidden", "activation-for-derivative"),
        ("wrong-layer-cache", "hidden", "other-layer"),
        ("weights-not-transposed", "hidden", "untransposed"),
        ("hidden-delta-sign", "hidden", "sign"),
        ("detached-hidden-layer", "hidden", "zero"),
    ],
)
def test_the_delta_of_a_bad_specimen(fault, place, relation):
    specimen = find(fault).specimen
    found = departure_of(specimen, specimen.bad_source())
    assert (found.place, found.relation.name) == (place, relation)
    assert found.line in {0, *specimen.bad_lines()}


@pytest.mark.parametrize("fault", ["output-delta-sign", "derivative-twice", "weights-not-transposed"])
def test_no_delta_of_a_good_specimen_departs(fault):
    specimen = find(fault).specimen
    assert departure_of(specimen, specimen.good_source()) is None


@pytest.mark.parametrize("fault", ["preactivation-for-activation", "bias-gradient-mean", "penalty-half"])
def test_a_gradient_that_is_wrong_by_itself_is_no_delta(fault):
    specimen = find(fault).specimen
    assert departure_of(specimen, specimen.bad_source()) is None


@pytest.mark.parametrize(
    ("fault", "relations"),
    [
        ("preactivation-for-activation", {"W2": "preactivation"}),
        ("rank-one-weight-gradient", {"W1": "one-sample"}),
        ("bias-gradient-mean", {"b2": "scale"}),
        ("penalty-half", {"W1": "penalty", "W2": "penalty"}),
        ("penalty-kind", {"W1": "penalty-kind", "W2": "penalty-kind"}),
    ],
)
def test_the_gradients_of_a_bad_specimen(fault, relations):
    specimen = find(fault).specimen
    context = context_of(specimen, specimen.bad_source())
    roles = {name: parameter_role(context, name) for name in context.tracer.truth.values}
    found = gradient_relations(context, ground_of(context), roles)
    assert {name: relation.name for name, relation in found.items()} == relations
