"""Right networks drawn from the strategies run as files of their own, and nothing is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.faults import CATALOGUE
from tests.faults.faults_driver import AGREES, gradient_errors
from tests.quality.clean import Alarm, drawn_networks, false_alarms, good_specimens, listened


@pytest.fixture(scope="module")
def drawn():
    return drawn_networks(6, seed=1)


def test_a_draw_is_repeated_by_its_seed(drawn):
    assert [network.source for network in drawn_networks(6, seed=1)] == [network.source for network in drawn]
    assert [network.source for network in drawn_networks(6, seed=2)] != [network.source for network in drawn]


def test_a_drawn_network_is_a_file_whose_gradient_is_right(drawn):
    for network in drawn[-3:]:
        errors = gradient_errors(network.source, network.wiring)
        assert all(error < AGREES or np.isnan(error) for error in errors.values()), network.source


def test_nothing_is_said_of_a_right_network(drawn):
    assert listened(drawn[-1]) == Alarm(drawn[-1].name, "quiet")


def test_something_is_said_of_a_wrong_one(drawn):
    right = "return network.with_parameters(parameters).gradient(Batch(x, y, batch.layout))"
    wrong = (
        f"g = {right.removeprefix('return ')}\n    return {{name: 3 * value for name, value in g.items()}}"
    )
    assert drawn[-1].source.count(right) == 1
    assert listened(replace(drawn[-1], source=drawn[-1].source.replace(right, wrong))).state == "alarm"


def test_the_figures_say_what_was_said_of_right_networks():
    found = Alarm("other", "alarm", ("GC101",), offered=True)
    assert false_alarms([found, Alarm("one", "quiet"), Alarm("two", "does not run")])[:2] == [
        "right networks: 3, false alarms 1, patches offered 1, do not run 1",
        "  GC101: 1",
    ]


def test_good_specimens_come_once():
    found = [(network.source, repr(network.wiring)) for network in good_specimens()]
    assert len(found) == len(set(found)) > 20
    assert {source for source, _ in found} == {fault.specimen.good_source() for fault in CATALOGUE.values()}
