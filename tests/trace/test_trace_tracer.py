"""A tracer replays one program at one point, records it, disturbs it, and leaves nothing behind."""

import numpy as np
import pytest
from labs import lab_of

from gradcheck.subject.wiring import Grads
from gradcheck.trace import Recorder
from gradcheck.trace.influence import disturbed, scaled
from gradcheck.trace.recorder import KEPT

SOURCE = """\
import numpy as np

w = np.array([1.0, 2.0])


def square(v):
    return v * v


def loss():
    total = 0.0
    for i in range(2):
        total += square(w[i])
    return total


def slope():
    g = np.zeros(2)
    for i in range(2):
        g[i] = 2 * w[i]
    if g[0] > 100:
        raise ValueError("too large")
    return g
"""


@pytest.fixture
def tracer():
    return lab_of(SOURCE, loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"})).tracer


def site(tracer, text):
    return next(s for s in tracer.source.sites if tracer.source.text(s) == text)


def test_it_reports_values_scopes_and_order(tracer):
    seen = tracer.recorder.seen[site(tracer, "2 * w[i]").number]
    assert (seen.count, seen.values) == (2, [2.0, 4.0])
    statement = site(tracer, "g[i] = 2 * w[i]")
    assert tracer.recorder.scopes[statement.number]["i"] == 0
    reached = [tracer.source.text(tracer.source.sites[n]) for n in tracer.recorder.reached]
    assert reached[0] == "g = np.zeros(2)"
    assert reached[-1] == "return g"
    assert "return total" not in reached
    assert len(reached) == len(set(reached))


def test_disturbing_a_site_changes_that_run_alone(tracer):
    number = site(tracer, "2 * w[i]").number
    assert tracer.gradient_with({number: lambda value: 10 * value})["w"].tolist() == [20.0, 40.0]
    assert tracer.gradient_with({})["w"].tolist() == [2.0, 4.0] == tracer.gradient["w"].tolist()
    in_loss = site(tracer, "v * v").number
    assert tracer.loss_with({in_loss: lambda value: value + 1}) == 7.0
    assert tracer.loss_with({}) == 5.0 == tracer.truth.loss


def test_a_disturbed_run_that_raises_gives_none(tracer):
    assert tracer.gradient_with({site(tracer, "2 * w[i]").number: lambda value: value + 1000}) is None


def test_runs_after_the_first_are_not_recorded(tracer):
    before = {n: s.count for n, s in tracer.recorder.seen.items()}
    tracer.gradient_with({})
    tracer.loss_with({})
    assert {n: s.count for n, s in tracer.recorder.seen.items()} == before


def test_recording_another_run_gives_another_recorder(tracer):
    gradient_run = set(tracer.recorder.seen)
    other = tracer.recording(lambda live: live.loss())
    squares = other.seen[site(tracer, "v * v").number]
    assert (squares.count, squares.values) == (2, [1.0, 4.0])
    assert site(tracer, "2 * w[i]").number not in other.seen
    assert set(tracer.recorder.seen) == gradient_run


def test_functions_of_the_loss(tracer):
    assert {"loss", "square"} <= tracer.functions_of_loss()
    assert "slope" not in tracer.functions_of_loss()


def test_watching_is_told_of_every_statement_as_often_as_it_runs(tracer):
    lines = []
    result = tracer.watching(
        lambda number, names: lines.append((tracer.source.sites[number].line, names.get("i"))),
        lambda live: live.gradient(),
    )
    assert result["w"].tolist() == [2.0, 4.0]
    in_loop = site(tracer, "g[i] = 2 * w[i]").line
    assert [i for line, i in lines if line == in_loop] == [0, 1]
    lines.clear()
    tracer.gradient_with({})
    assert lines == []


def test_arrays_are_kept_as_they_were():
    recorder, array = Recorder(), np.zeros(2)
    assert recorder.see(0, array) is array
    array += 1
    assert recorder.seen[0].values[0].tolist() == [0.0, 0.0]


def test_only_the_first_values_are_kept_and_all_are_counted():
    recorder = Recorder()
    for value in range(KEPT + 5):
        recorder.see(3, value)
    assert (recorder.seen[3].count, recorder.seen[3].values) == (KEPT + 5, list(range(KEPT)))


def test_a_recorder_told_to_keep_nothing():
    recorder = Recorder(keep=False)
    assert recorder.see(1, "x") == "x"
    recorder.enter(2, {"x": 1})
    assert (recorder.seen, recorder.scopes, recorder.reached) == ({}, {}, [])


@pytest.mark.parametrize(
    "value",
    [np.array([0.0, 1.0]), np.array(2.0), 0.0, np.float64(3.0), (1.0, 2.0), [1.0], {"k": np.ones(2)}],
    ids=str,
)
def test_every_number_in_a_value_is_disturbed_a_little(value):
    before, after = np.asarray(_flat(value), dtype=float), np.asarray(_flat(disturbed(value)), dtype=float)
    assert type(disturbed(value)) is type(value) or isinstance(value, np.ndarray)
    assert np.all(before != after)
    assert np.all(np.abs(after - before) <= 0.01 * np.maximum(np.abs(before), 1.0))


@pytest.mark.parametrize("value", [3, True, "text", None, np.arange(3)], ids=str)
def test_what_is_no_floating_number_is_left_alone(value):
    assert disturbed(value) is value


def test_disturbances_do_not_cancel():
    """A sum over equal entries of both signs still moves."""
    assert disturbed(np.array([1.0, -1.0, 1.0, -1.0])).sum() != 0.0
    assert np.ptp(disturbed(np.ones(5))) > 0.0


def test_scaling_multiplies_numbers_and_leaves_the_rest():
    assert scaled(np.arange(3), 2.0).tolist() == [0.0, 2.0, 4.0]
    assert scaled(1.5, 2.0) == 3.0
    assert scaled(True, 2.0) is True
    assert scaled("x", 2.0) == "x"


def _flat(value):
    if isinstance(value, dict):
        return [x for item in value.values() for x in _flat(item)]
    if isinstance(value, list | tuple):
        return [x for item in value for x in _flat(item)]
    return np.ravel(value).tolist()
