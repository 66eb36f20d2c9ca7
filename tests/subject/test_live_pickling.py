"""Live objects through bytes, into a module in which the definitions of their source were run anew."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.subject.live.codes import Codes
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.live.home import home_of_class
from gradcheck.subject.live.pickling import from_bytes, to_bytes

SOURCE = """
import numpy as np


def leaky(slope):
    def act(z):
        return np.where(z > 0, z, slope * z)
    return act


class Net:
    def __init__(self):
        self.theta = np.arange(6.0)
        self.W = self.theta[:4].reshape(2, 2)
        self.act = leaky(0.5)
        self.double = lambda z: 2 * z

    def forward(self, x):
        return self.act(x @ self.W)
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    (tmp_path / "their_net.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("their_net", None)
    import their_net

    yield their_net.Net()
    del sys.modules["their_net"]


def again(value, kind, source=SOURCE):
    """A value made again where a form of its source was run."""
    home = home_of_class(kind)
    data = to_bytes(value, home)
    module = types.ModuleType("anew")
    code = compile(definitions_alone(source), "anew.py", "exec")
    exec(code, module.__dict__)  # noqa: S102 -- the test's own source
    return from_bytes(data, module.__dict__, Codes(code)), module


def test_an_object_comes_back_as_one_of_the_new_class(net):
    made, module = again(net, type(net))
    assert type(made) is module.Net
    x = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(made.forward(x), net.forward(x))


def test_views_go_on_sharing_memory(net):
    made, _ = again(net, type(net))
    made.theta[:] = 7.0
    assert made.W.tolist() == [[7.0, 7.0], [7.0, 7.0]]
    assert net.W[0, 0] == 0.0


def test_functions_without_a_name_come_back_from_the_source_as_it_is_there(net):
    edited = SOURCE.replace("lambda z: 2 * z", "lambda z: 3 * z").replace("slope * z", "slope * z - 1")
    made, module = again(net, type(net), edited)
    assert made.double(1.0) == 3.0
    assert made.act(np.array([-2.0])) == -2.0
    assert made.act.__globals__ is module.__dict__


def test_a_function_from_elsewhere_brings_its_code_and_what_it_reads(net):
    shift = 4.0
    made, _ = again(lambda: net.W.sum() + shift, type(net))
    assert made() == net.W.sum() + 4.0


def test_a_function_that_calls_itself(net):
    def count(n):
        return 0 if n == 0 else 1 + count(n - 1)

    made, _ = again(count, type(net))
    assert made(5) == 5


def test_the_home_of_a_class_is_its_file(net, tmp_path):
    home = home_of_class(type(net))
    assert home.target.path == tmp_path / "their_net.py"
    assert home.target.display == "their_net.py"


def test_a_class_typed_where_no_text_is_kept_has_no_home():
    space: dict[str, object] = {}
    exec("class Net:\n    def forward(self, x): return x", space)  # noqa: S102 -- the test's own source
    with pytest.raises(UsageError, match=r"the source of .* is not to be found") as told:
        home_of_class(space["Net"])
    assert "gradcheck.subject(loss=" in told.value.hint
