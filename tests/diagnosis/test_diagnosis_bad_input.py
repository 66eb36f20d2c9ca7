"""What cannot be diagnosed is refused in words that say what was expected, what came and what to try."""

import pytest

from gradcheck.diagnosis import diagnose
from gradcheck.errors import GradcheckError, InputError, SubjectError, UsageError, WiringError
from gradcheck.subject.wiring import Grads, Step, Wiring

NET = """\
import numpy as np

w = np.array([[1.0, -2.0, 3.0], [0.5, 0.2, 0.1]])
rate = 0.5


def loss():
    return float(np.sum(w**2))


def slope():
    return 2 * w


def update():
    global w
    w = w - rate * slope()
"""


@pytest.fixture
def refuse(tmp_path):
    """Diagnose under a wiring and give the error's text."""

    def refused(kind, source=NET, **changes):
        (tmp_path / "net.py").write_text(source, encoding="utf-8")
        given = {
            "loss": "loss()",
            "params": {"w": "m.w"},
            "grads": Grads("g = slope()", {"w": "g"}),
            **changes,
        }
        with pytest.raises(kind) as caught:
            diagnose(tmp_path / "net.py", wiring=Wiring(**given))
        assert isinstance(caught.value, GradcheckError)
        assert caught.value.exit_code == 2
        assert [path.name for path in tmp_path.iterdir()] == ["net.py"]
        return str(caught.value)

    return refused


def test_the_network_of_these_tests_is_clean(tmp_path):
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    wiring = Wiring(loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
    assert diagnose(tmp_path / "net.py", wiring=wiring).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "doing", "problem"),
    [
        ({"loss": "lost()"}, "the loss", "NameError: name 'lost' is not defined"),
        ({"setup": "1 / 0"}, "the wiring's setup", "ZeroDivisionError"),
        ({"params": {"w": "m.W"}}, "the parameters", "has no attribute 'W'"),
        ({"grads": Grads("g = slope(3)", {"w": "g"})}, "the gradient", "TypeError"),
        ({"grads": Grads("g = slope()", {"w": "g['w']"})}, "the gradient", "IndexError"),
        ({"grads": None, "step": Step("update(1)", "0.5")}, "the update", "TypeError"),
    ],
    ids=["loss", "setup", "parameters", "gradient", "gradient of w", "update"],
)
def test_a_wiring_expression_that_raises(refuse, changes, doing, problem):
    text = refuse(SubjectError, **changes)
    assert doing in text
    assert problem in text


def test_a_wiring_expression_that_is_no_python(refuse):
    text = refuse(WiringError, loss="loss(")
    assert "loss" in text
    assert "'loss('" in text
    assert "try:" in text


@pytest.mark.parametrize("expression", ["m", "loss", "'text'", "{'a': 1}"])
def test_parameters_that_are_no_numbers(refuse, expression):
    text = refuse(WiringError, setup=f"p = {{'w': {expression}}}", params={"w": "p['w']"})
    assert text.startswith("w: expected numbers")
    assert "try:" in text


def test_a_gradient_that_is_no_number(refuse):
    assert "w: expected numbers" in refuse(WiringError, grads=Grads("g = {'w': 1}", {"w": "g"}))


@pytest.mark.parametrize(
    ("expression", "shape"), [("g.T", "(3, 2)"), ("g[0]", "(3,)"), ("np.ones((4, 4))", "(4, 4)")]
)
def test_a_gradient_of_another_shape_is_named_with_both_shapes(refuse, expression, shape):
    text = refuse(WiringError, grads=Grads("g = slope()", {"w": expression}))
    assert text.startswith("w: ")
    assert shape in text
    assert "(2, 3)" in text
    assert "try:" in text


@pytest.mark.parametrize("value", ["np.nan", "np.inf", "-np.inf", "np.log(-1.0)"])
def test_a_loss_that_is_not_finite(refuse, value):
    text = refuse(InputError, loss=f"loss() * 0 + {value}")
    assert "nan" in text or "inf" in text
    assert "try:" in text


def test_a_loss_of_many_numbers(refuse):
    text = refuse(WiringError, loss="m.w")
    assert "expected a single number" in text
    assert "(2, 3)" in text


@pytest.mark.parametrize("lr", ["0", "0.0", "m.rate * 0"])
def test_a_rate_of_zero(refuse, lr):
    text = refuse(WiringError, grads=None, step=Step("update()", lr))
    assert "step.lr is 0" in text
    assert "rate that is not zero" in text


def test_an_update_that_changes_the_shape(refuse):
    text = refuse(WiringError, grads=None, step=Step("m.w = m.w - m.w[:, :1, None]", "1.0"))
    assert "(2, 3)" in text
    assert "broadcast" in text


def test_no_such_file(tmp_path):
    with pytest.raises(UsageError, match=r"there is no .*gone\.py"):
        diagnose(tmp_path / "gone.py")


def test_a_file_that_is_no_python(refuse):
    assert "2" in refuse(SubjectError, source="x = 1\ndef f(:\n")


def test_a_file_that_raises(refuse):
    text = refuse(SubjectError, source="x = 1\nraise RuntimeError('no data')\n")
    assert "RuntimeError: no data" in text
    assert "line 2" in text


def test_a_loss_that_never_ends(tmp_path):
    (tmp_path / "net.py").write_text(
        NET + "\n\ndef loss():\n    while True:\n        pass\n", encoding="utf-8"
    )
    wiring = Wiring(loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
    with pytest.raises(SubjectError, match="1 s"):
        diagnose(tmp_path / "net.py", wiring=wiring, time_limit=1.0)


def test_a_search_that_takes_too_long_costs_the_patch_and_not_the_diagnosis(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "gradcheck.diagnosis.subject.SEARCH_SECONDS", 1e-4
    )  # a third of what it is stopped after
    (tmp_path / "net.py").write_text(NET.replace("return 2 * w", "return -2 * w"), encoding="utf-8")
    wiring = Wiring(loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
    report = diagnose(tmp_path / "net.py", wiring=wiring)
    assert report.exit_code == 1
    assert [finding.parameters for finding in report.findings][:1] == [("w",)]
    assert not report.patch
    assert any(notice.startswith("the search for a patch") for notice in report.notices)
