"""The short form of `python -m tests.quality`: a few faults in two of the networks, and what counts as one."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.quality.__main__ import drawn
from tests.quality.grading import grade
from tests.quality.networks import networks
from tests.quality.planted import Planted, broken
from tests.quality.soils import places


@pytest.fixture(scope="module")
def network():
    [found] = networks("softmax_rows")
    return found


def test_faults_of_every_kind_find_a_place(network):
    kinds = {mutant.kind for mutant in places(network)}
    assert {"sign", "missing factor", "extra factor", "transpose", "axis", "power", "derivative"} <= kinds


def test_a_draw_is_repeated_by_its_seed_and_puts_faults_on_different_lines(network):
    soil = [(network, [(fault,) for fault in places(network)])]
    pairs = list(drawn(soil, faults=2, seed=3))
    assert pairs == list(drawn(soil, faults=2, seed=3)) != list(drawn(soil, faults=2, seed=4))
    assert all(one.line != other.line for _, (one, other) in pairs)


def test_splices_do_not_disturb_each_other():
    faults = (Planted("", 0, 1, "long", 1), Planted("", 4, 5, "", 2))
    assert broken("a\nb\nc", faults) == broken("a\nb\nc", faults[::-1]) == "long\nb\n"


def test_what_changes_no_gradient_is_no_fault(network):
    assert grade(network, network.source.replace("(1 - ", "(1.0 - "), frozenset()).equivalent


def test_what_cannot_run_is_left_out(network):
    assert grade(network, network.source + "\nraise ValueError\n", frozenset()) is None


def test_faults_are_found_on_their_lines_and_mended(network):
    for _, faults in islice(drawn([(network, [(fault,) for fault in places(network)])], faults=1, seed=1), 9):
        source = broken(network.source, faults)
        result = grade(network, source, frozenset(mutant.line for mutant in faults))
        if result is None or result.equivalent:
            continue
        assert (result.detected, result.line, result.repaired) == (True, True, True), (faults, result)
        assert not result.refuted
