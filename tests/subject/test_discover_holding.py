"""Scripts left half-way and functions held at a loop: one pass at a time, from whatever the names are set to."""

import sys
import types

import numpy as np
import pytest

from gradcheck.errors import WiringError
from gradcheck.subject.inside import Inside
from gradcheck.subject.loading import load_module
from gradcheck.subject.partway import in_main_block, one_pass, run_until
from gradcheck.subject.seen import locals_of

SCRIPT = "import math\nw = [1.0, 2.0]\nturns = 0\nfor turn in range(100):\n    w[0] += w[1]\n    turns += 1\n"
ENDLESS = "w = 1.0\nwhile True:\n    w = 2 * w\n    v = w\n"
MAIN = "def f():\n    return 1\nif __name__ == '__main__':\n    w = f()\n    for _ in range(9):\n        w += 1\n"


def left_at(source, until):
    return load_module("/script.py", source, until=until)


def test_a_script_is_left_before_its_loop():
    m = left_at(SCRIPT, "for turn in range(100):")
    assert (m.w, m.turns) == ([1.0, 2.0], 0)


def test_one_pass_goes_on_from_the_names_as_they_are():
    m = left_at(SCRIPT, "for turn in range(100):")
    m.w = [10.0, 0.5]
    one_pass(m)
    assert (m.w, m.turns) == ([10.5, 0.5], 1)
    one_pass(m)
    assert (m.w, m.turns) == ([11.0, 0.5], 2)


def test_a_loop_without_end_makes_one_pass_too():
    m = left_at(ENDLESS, "while True:")
    m.w = 5.0
    one_pass(m)
    assert (m.w, m.v) == (10.0, 10.0)


def test_a_statement_of_the_main_block_is_reached_as_a_script_reaches_it():
    assert in_main_block(MAIN, "for _ in range(9):")
    assert not in_main_block(MAIN, "def f():")
    m = left_at(MAIN, "for _ in range(9):")
    one_pass(m)
    assert m.w == 2


def test_without_such_a_statement_the_script_runs_to_its_end():
    module = types.ModuleType("script")
    run_until(compile(SCRIPT, "/script.py", "exec"), SCRIPT, "for nothing in range(100):", module)
    assert module.turns == 100


def descend(w, rate, rounds):
    noise = np.random.default_rng(0)
    for _ in range(rounds):
        slope = 2 * w + 0 * noise.normal()
        w = w - rate * slope
    return w


HEADER = "for _ in range(rounds):"
LOOP = descend.__code__.co_firstlineno + 2


def test_a_function_is_held_where_its_loop_begins():
    at = Inside(lambda: descend(np.array([1.0, -3.0]), 0.1, 50), "descend", HEADER)
    assert at.rate == 0.1
    assert not hasattr(at, "slope")


def test_a_pass_of_a_held_function_starts_from_the_attributes():
    at = Inside(lambda: descend(np.array([1.0, -3.0]), 0.1, 50), "descend", HEADER)
    at.w = np.array([10.0, 20.0])
    at.rate = 0.25
    at.once()
    assert at.w.tolist() == [5.0, 10.0]
    assert at.slope.tolist() == [20.0, 40.0]


def test_another_tracer_sees_what_a_held_function_does():
    lines = set()

    def tracer(frame, event, _):
        if frame.f_code is descend.__code__ and event == "line":
            lines.add(frame.f_lineno)
        return tracer

    at = Inside(lambda: descend(1.0, 0.1, 50), "descend", HEADER)
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        at.once()
    finally:
        sys.settrace(before)
    assert {LOOP, LOOP + 1, LOOP + 2} <= lines


def test_locals_are_copies_as_they_were_when_each_call_ended():
    def fill(buffer, value):
        buffer[:] = value
        delta = buffer
        delta += 0

    buffer = np.zeros(2)
    found = locals_of(fill, lambda: [fill(buffer, 1.0), fill(buffer, 2.0)])
    assert [call["delta"].tolist() for call in found] == [[1.0, 1.0], [2.0, 2.0]]


def test_what_a_held_function_raises_is_not_swallowed():
    def breaks():
        for _ in range(3):
            raise ZeroDivisionError

    at = Inside(breaks, "breaks", "for _ in range(3):")
    with pytest.raises(ZeroDivisionError):
        at.once()


TWICE = (
    "def fit(w):\n    for i in range(2):\n        w = w + 1\n"
    "    for i in range(2):\n        w = 2 * w\n    return w\n"
)


def held_in(source, nth):
    m = load_module("/fit.py", source)
    return Inside(lambda: m.fit(1.0), "fit", "for i in range(2):", nth)


@pytest.mark.parametrize("above", ["", "# a line more\nimport math\n"])
@pytest.mark.parametrize(("nth", "there", "then"), [(0, 1.0, 2.0), (1, 3.0, 6.0)])
def test_a_loop_is_known_by_its_text_wherever_an_edit_has_moved_it(above, nth, there, then):
    at = held_in(above + TWICE, nth)
    assert at.w == there
    at.once()
    assert at.w == then


def test_a_loop_that_is_gone_is_said_to_be():
    with pytest.raises(WiringError, match="never come to"):
        held_in(TWICE.replace("for i", "for j"), 0)
