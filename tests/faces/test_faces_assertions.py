from __future__ import annotations

import pickle

import numpy as np
import pytest
from handmade import clean_report, faulty_report, unsure_report

import gradcheck
import gradcheck.diagnosis
from gradcheck import GradientMismatch, assert_gradients
from gradcheck.errors import InputError, UsageError
from gradcheck.report import as_text


def loss(parameters):
    return np.sum(np.tanh(parameters["W"]) ** 2) + 3 * parameters["b"] ** 2


def gradient(parameters):
    h = np.tanh(parameters["W"])
    return {"W": 2 * h * (1 - h**2), "b": 6 * parameters["b"]}


POINT = {"W": np.linspace(-1, 1, 6).reshape(2, 3), "b": 0.5}


def test_a_right_gradient_passes():
    assert_gradients(loss, gradient, POINT)


def test_the_value_of_a_gradient_will_do():
    assert_gradients(loss, gradient(POINT), POINT)


def test_a_wrong_entry_is_named_with_both_numbers(words):
    def wrong(parameters):
        g = gradient(parameters)
        g["W"][1, 2] += 0.25
        return g

    with pytest.raises(GradientMismatch) as caught:
        assert_gradients(loss, wrong, POINT)
    assert str(caught.value) == words
    assert caught.value.comparisons["W"].verdict == "fail"
    assert caught.value.comparisons["b"].verdict == "pass"
    assert "W         2x3" in caught.value.details


def test_a_scalar_is_named_without_an_index():
    with pytest.raises(GradientMismatch, match=r"b = 3.5, measured 3; 1 of 1 entries"):
        assert_gradients(loss, gradient(POINT) | {"b": 3.5}, POINT)


def test_a_gradient_that_writes_into_its_argument_spoils_nothing():
    point = {"W": POINT["W"].copy(), "b": 0.5}

    def writing(parameters):
        g = gradient(parameters)
        parameters["W"][:] = 0
        return g

    assert_gradients(loss, writing, point)
    assert np.array_equal(point["W"], POINT["W"])


def test_what_cannot_be_measured_does_not_pass():
    with pytest.raises(GradientMismatch, match="could not tell whether the gradient of x is right"):
        assert_gradients(lambda x: float("nan") if x[0] != 1 else 1.0, np.array([0.0]), np.array([1.0]))


def test_a_gradient_of_another_shape_is_an_error_of_its_own():
    with pytest.raises(InputError, match="shape"):
        assert_gradients(loss, {"W": np.zeros((3, 2)), "b": 0.0}, POINT)


@pytest.fixture
def diagnosed(monkeypatch):
    def answer(report):
        monkeypatch.setattr(gradcheck.diagnosis, "diagnose", lambda *_, **__: report, raising=False)

    return answer


def test_a_clean_file_passes(diagnosed):
    diagnosed(clean_report())
    assert_gradients("net.py")


def test_a_faulty_file_is_named_code_first(diagnosed, words):
    diagnosed(faulty_report())
    with pytest.raises(GradientMismatch) as caught:
        assert_gradients("net.py")
    assert str(caught.value) == words
    assert caught.value.report == faulty_report()
    assert caught.value.details == as_text(faulty_report())


def test_a_file_that_cannot_be_judged_does_not_pass(diagnosed):
    diagnosed(unsure_report())
    with pytest.raises(GradientMismatch, match=r"could not tell whether the gradients of net\.py are right"):
        assert_gradients("net.py")


@pytest.mark.parametrize(
    "arguments",
    [(loss,), (loss, gradient), ("net.py", gradient), ("net.py", None, POINT)],
    ids=["f", "fg", "pg", "px"],
)
def test_a_mixture_of_both_forms_is_refused(arguments):
    with pytest.raises(UsageError, match=r"a loss needs its gradient|a file takes no gradient"):
        assert_gradients(*arguments)


def test_a_mismatch_crosses_processes_whole():
    mismatch = GradientMismatch("m", "d", {}, faulty_report())
    again = pickle.loads(pickle.dumps(mismatch))  # noqa: S301 - our own bytes
    assert (str(again), again.details, again.report) == ("m", "d", faulty_report())


def test_the_public_name_is_the_one_users_import():
    assert GradientMismatch.__module__ == "gradcheck"
    assert issubclass(GradientMismatch, AssertionError)
