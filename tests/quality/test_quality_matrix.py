"""The short form of the matrix: the networks are right, the faults find their places, and a few are judged."""

from __future__ import annotations

import pytest

from tests.faults.faults_driver import AGREES, gradient_errors
from tests.quality.injections import EVERYWHERE, TABLE, injections
from tests.quality.outcomes import judged, matrix
from tests.quality.planted import Planted, broken, broken_lines
from tests.quality.styles import STYLES

EVERY_STYLE = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.network.name)


@EVERY_STYLE
def test_the_network_is_right(style):
    assert max(gradient_errors(style.network.source, style.network.wiring).values()) < AGREES


@EVERY_STYLE
def test_its_roles_stand_in_it_once(style):
    roles = style.roles
    texts = [roles.delta, *(h.at for h in roles.hidden), *roles.weights, *roles.biases]
    assert [style.network.source.count(text) for text in texts] == [1] * len(texts)


def test_every_code_has_a_place_and_there_are_enough():
    found = [fault for style in STYLES for fault in injections(style.network.source, style.roles)]
    particular = {code for style in STYLES for code in style.roles.particular}
    assert {fault.kind for fault in found} == {*TABLE, EVERYWHERE, *particular}
    assert len(found) >= 900


def test_further_lines_of_a_fault_are_indented_as_the_first():
    style = STYLES[0]
    [fault] = [f for f in injections(style.network.source, style.roles) if f.kind == "GC110"]
    row = broken(style.network.source, (fault,)).split("\n")[fault.line]
    assert row == "        delta2[1:] = 0"


def test_a_penalty_left_out_everywhere_is_one_fault():
    style = next(style for style in STYLES if style.network.name == "leaky_tuple")
    [fault] = [f for f in injections(style.network.source, style.roles) if f.kind == EVERYWHERE]
    source = broken(style.network.source, (fault,))
    assert "+ lam * W" in style.network.source
    assert "+ lam * W" not in source
    assert len(source.split("\n")) == len(style.network.source.split("\n"))


@pytest.mark.parametrize("code", ["GC210", "GC266", "GC303"])
def test_a_fault_is_named_placed_and_mended(code):
    style = STYLES[0]
    planted = injections(style.network.source, style.roles)
    outcome = judged((style.network, (next(fault for fault in planted if fault.code == code),)))
    marks = (outcome.state, outcome.detected, outcome.named, outcome.line, outcome.repaired, outcome.refuted)
    assert marks == ("faulty", True, True, True, True, False)
    assert "100.0%" in matrix([outcome])[1]


def test_lines_of_faults_are_those_of_the_broken_source():
    """Of one that adds a line, both; of one behind it, the line it has been moved to."""
    source = "a = 1\nb = 2\nc = 3\n"
    first = Planted("GC110", 0, 5, "a = 1\na += 1", 1)
    second = Planted("GC102", 12, 17, "c = -3", 3)
    found = broken_lines(source, (second, first))
    rows = broken(source, (first, second)).split("\n")
    assert [rows[line - 1] for line in sorted(found)] == ["a = 1", "a += 1", "c = -3"]
