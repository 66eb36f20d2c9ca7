"""A program is started afresh as often as one likes, and its errors say what was being done."""

import contextlib
import time
import types

import numpy as np
import pytest

from gradcheck.errors import SubjectError, WiringError
from gradcheck.faults import find
from gradcheck.faults.bases import NORM_DROPOUT, OPTIMISERS, SIGMOID_SGD, SOFTMAX_COLUMNS
from gradcheck.subject.loading import load_module
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Program
from gradcheck.subject.wiring import Grads, Step, Wiring

NET = """\
import numpy as np

calls = []
w = np.array([1.0, -2.0, 3.0])
rate = 0.5


def loss(x):
    calls.append("loss")
    return float(w @ w) * x


def slope(x):
    calls.append("slope")
    return 2 * w * x


def update(x):
    global w
    w -= rate * slope(x)
"""


def exposed(**changes):
    given = {
        "setup": "x = 2.0",
        "loss": "loss(x)",
        "params": {"w": "m.w"},
        "grads": Grads("g = slope(x)", {"w": "g"}),
    }
    return Wiring(**{**given, **changes})


def program(source=NET, **changes):
    return Program("net.py", source, exposed(**changes))


def stepping(run="update(x)", lr="m.rate", source=NET):
    return Program("net.py", source, exposed(grads=None, step=Step(run, lr)))


def test_loss_and_gradient():
    live = program().start()
    assert live.loss() == 28.0
    assert live.gradient()["w"].tolist() == [4.0, -8.0, 12.0]


def test_a_gradient_seen_through_an_update():
    assert stepping().start().gradient()["w"].tolist() == [4.0, -8.0, 12.0]


def test_every_start_finds_the_module_as_it_was_loaded():
    net = program()
    net.start().execute("m.w *= 100; calls.append('noise'); m.rate = 9.0")
    again = net.start()
    assert again.loss() == 28.0
    assert (again.evaluate("calls"), again.evaluate("rate")) == (["loss"], 0.5)


def test_one_array_of_two_names_stays_one():
    net = program(NET + "\nboth = [w, w]\n")
    live = net.start()
    live.set({"w": np.array([5.0, 6.0, 7.0])})
    assert live.evaluate("both[1]").tolist() == [5.0, 6.0, 7.0]
    assert live.evaluate("both[0] is both[1] and both[0] is m.w")


def test_parameters_are_copies_and_objects_are_not():
    live = program().start()
    live.parameters()["w"][:] = 0
    assert live.loss() == 28.0
    live.object("w")[:] = 0
    assert live.loss() == 0.0


def test_setting_some_parameters_leaves_the_others():
    net = program(
        "a, b = 1.0, 2.0\n", setup="", loss="m.a + m.b", params={"a": "m.a", "b": "m.b"}, grads=Grads("", {})
    )
    live = net.start()
    live.set({"b": np.array(5.0)})
    assert live.loss() == 6.0


RANDOM = """\
import random
import numpy as np
w = np.ones(3)
own = np.random.default_rng(4)
def loss():
    return float(w @ np.random.rand(3)) + random.random() + own.random()
def slope():
    return w * own.random() + random.random()
"""


def test_random_numbers_are_replayed():
    net = program(RANDOM, setup="", loss="loss()", grads=Grads("g = slope()", {"w": "g"}))
    live = net.start()
    first = live.loss()
    assert [live.loss() for _ in range(3)] == [first] * 3
    assert net.start().loss() == first
    assert net.start().gradient()["w"].tolist() == net.start().gradient()["w"].tolist()


def test_another_seed_draws_other_numbers():
    losses = {
        Program("net.py", RANDOM, exposed(setup="", loss="loss()"), seed=s).start().loss() for s in (0, 0, 1)
    }
    assert len(losses) == 2


@pytest.mark.parametrize(
    "base", [SOFTMAX_COLUMNS, SIGMOID_SGD, OPTIMISERS, NORM_DROPOUT], ids=lambda base: base.name
)
def test_frozen_programs_start_the_same_network(base):
    plain, frozen = (Program("net.py", base.source(), base.wiring) for _ in range(2))
    assert frozen.freeze()
    for _ in range(2):
        assert frozen.start().loss() == plain.start().loss()
        one, other = frozen.start().gradient(), plain.start().gradient()
        assert all(one[name].tobytes() == other[name].tobytes() for name in other)


def test_frozen_starts_do_not_share_the_network():
    net = program()
    assert net.freeze()
    net.start().set({"w": np.zeros(3)})
    assert net.start().loss() == 28.0


def test_state_that_hides_in_closures_is_not_frozen():
    source = """
import numpy as np
def make():
    w = np.ones(2)
    count = [0]
    def loss():
        count[0] += 1
        return float(w @ w) * count[0]
    return w, loss
"""
    wiring = {
        "setup": "w, loss = make()",
        "loss": "loss()",
        "params": {"w": "w"},
        "grads": Grads("g = w", {"w": "g"}),
    }
    net = program(source, **wiring)
    assert not net.freeze()
    assert [net.start().loss() for _ in range(3)] == [2.0] * 3


def test_what_cannot_be_copied_is_set_up_again():
    net = program(NET + "\nlock = __import__('threading').Lock()\n")
    net.start().execute("m.w *= 100")
    assert net.start().loss() == 28.0


def test_names_in_scope():
    live = program().start()
    assert live.evaluate("m.w is w")
    assert live.evaluate("np") is np
    assert isinstance(live.evaluate("m"), types.ModuleType)
    assert live.evaluate("x") == 2.0


def test_a_script_does_not_run_as_main():
    module = load_module(
        "net.py", "import sys\nran = []\nif __name__ == '__main__':\n    ran.append(1)\n    sys.exit()\n"
    )
    assert module.ran == []


def test_warnings_of_user_code_are_silent():
    source = "import warnings\nimport numpy as np\nw = np.zeros(1)\n"
    source += "def loss():\n    warnings.warn('!')\n    return np.log(w)[0]\n"
    assert program(source, setup="", loss="loss()", grads=Grads("", {})).start().loss() == -np.inf


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"setup": "x = 2.0 +"}, "setup"),
        ({"loss": "loss(x"}, "loss"),
        ({"grads": Grads("g = = 1", {"w": "g"})}, "grads.run"),
        ({"grads": Grads("g = 1", {"w": "g["})}, "grads.of.w"),
        ({"grads": None, "step": Step("update(", "1")}, "step.run"),
        ({"grads": None, "step": Step("update(x)", "m.")}, "step.lr"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wiring_that_is_no_python(changes, what):
    with pytest.raises(WiringError, match=f"{what}: .* is not valid Python"):
        program(**changes)


@pytest.mark.parametrize(
    ("ask", "changes", "message"),
    [
        ("loss", {"loss": "missing(x)"}, "the loss raised NameError: name 'missing' is not defined"),
        ("loss", {"loss": "loss(x, 1)"}, "the loss raised TypeError"),
        ("gradient", {"grads": Grads("g = slope('a' + 1)", {"w": "g"})}, "the gradient raised TypeError"),
        ("gradient", {"grads": Grads("pass", {"w": "g"})}, "the gradient raised NameError"),
        ("loss", {"loss": "__import__('sys').exit(3)"}, "the loss raised SystemExit: 3"),
    ],
    ids=["unknown name", "wrong arguments", "types", "no such gradient", "it leaves"],
)
def test_wirings_that_raise(ask, changes, message):
    live = program(**changes).start()
    with pytest.raises(SubjectError) as caught:
        getattr(live, ask)()
    assert message in str(caught.value)


def test_a_setup_that_raises():
    with pytest.raises(SubjectError, match="the wiring's setup raised ZeroDivisionError"):
        program(setup="x = 1 / 0").start()


def test_a_module_that_raises_names_the_line():
    with pytest.raises(SubjectError, match=r"importing net\.py raised ValueError: no.* at line 2"):
        load_module("net.py", "x = 1\nraise ValueError('no')\n")


def test_a_module_that_does_not_parse():
    with pytest.raises(SubjectError, match=r"net\.py:2: the file is not valid Python"):
        load_module("net.py", "x = 1\ndef f(:\n")


def test_an_interrupt_is_no_error_of_the_subject():
    with pytest.raises(KeyboardInterrupt):
        program(loss="(_ for _ in ()).throw(KeyboardInterrupt)").start().loss()


@pytest.mark.parametrize(
    ("expression", "came"),
    [("m.w", r"an array of shape \(3,\)"), ("'three'", "str"), ("[]", r"an array of shape \(0,\)")],
)
def test_a_loss_that_is_no_single_number(expression, came):
    with pytest.raises(WiringError, match=f"loss: expected a single number, but {came} came"):
        program(loss=expression).start().loss()


@pytest.mark.parametrize(
    "expression", ["np.array([[28.0]])", "np.float32(28)", "28", "np.array(28.0)", "[28.0]"]
)
def test_a_loss_may_be_wrapped(expression):
    assert program(loss=expression).start().loss() == 28.0


def test_a_rate_of_zero():
    with pytest.raises(WiringError, match=r"step\.lr is 0"):
        stepping(lr="0.0").start().gradient()


def test_an_update_that_broadcasts_its_parameter():
    with pytest.raises(WiringError, match=r"w: the update changed its shape from \(3,\) to \(3, 3\)"):
        stepping(run="m.w = m.w - m.w[:, None]").start().gradient()


def test_a_gradient_that_is_not_made_of_numbers():
    with pytest.raises(WiringError, match="w: expected numbers"):
        program(grads=Grads("g = {}", {"w": "g"})).start().gradient()


def _loop_for_ever(handler):
    while True:
        with handler:
            time.sleep(0.01)


def test_patience_runs_out():
    started = time.monotonic()
    with pytest.raises(OutOfTimeError), patience(0.05):
        _loop_for_ever(contextlib.nullcontext())
    assert time.monotonic() - started < 5.0


def test_patience_passes_over_handlers_of_exceptions():
    with pytest.raises(OutOfTimeError), patience(0.05):
        _loop_for_ever(contextlib.suppress(Exception))


def test_patience_that_was_not_needed_rings_no_more():
    with patience(0.05):
        pass
    time.sleep(0.1)


def test_a_wiring_as_a_table():
    wiring = find("GC101").specimen.wiring
    table = wiring.table()
    assert table["loss"] == wiring.loss
    assert table["grads"]["of"] == dict(wiring.grads.of)
    assert "step" not in table
    bare = Wiring(loss="f()", params={"w": "w"}, step=Step("go()", "0.1"))
    assert bare.table() == {"loss": "f()", "params": {"w": "w"}, "step": {"run": "go()", "lr": "0.1"}}
    assert bare.run == "go()"
