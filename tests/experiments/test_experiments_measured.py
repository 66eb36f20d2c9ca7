"""Each experiment tells a bad program from a good one, by figures that can be worked out by hand."""

import ast

import numpy as np
import pytest
from labs import lab_of, specimen_lab

from gradcheck.experiments.determinism import determinism
from gradcheck.experiments.forward import activation_kind, forward_pass
from gradcheck.experiments.lab import Lab, open_lab
from gradcheck.experiments.labels import permute_labels
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.residuals import multiple, residual_fits
from gradcheck.experiments.table import EXPERIMENTS
from gradcheck.experiments.training import accuracy, train_copy
from gradcheck.faults import find
from gradcheck.faults.bases import SOFTMAX_COLUMNS, SOFTMAX_ROWS
from gradcheck.subject.wiring import Grads, Step, Wiring


def facts(experiment, lab):
    return experiment(lab).facts


# --- labels


def test_a_gradient_that_never_saw_the_labels():
    found = facts(permute_labels, specimen_lab("label-ignored"))
    assert found["labels"] == "y"
    assert set(found["label_free"]) == {name for name, moved in found["true_moves"].items() if moved > 1e-9}
    assert {"W1", "b1", "W2"} <= set(found["label_free"])
    assert set(found["code_moves"].values()) == {0.0}
    assert found["loss_moves"] != 0.0


@pytest.mark.parametrize("base", [SOFTMAX_ROWS, SOFTMAX_COLUMNS], ids=lambda base: base.name)
def test_a_gradient_that_moves_with_the_labels(base):
    found = facts(permute_labels, Lab("net.py", base.source(), base.wiring))
    assert found["labels"]
    assert found["label_free"] == []
    for name, moved in found["true_moves"].items():
        assert found["code_moves"][name] == pytest.approx(moved, rel=1e-5, abs=1e-8)


# --- penalty


def penalised(code, loss="0.3 * lam * np.sum(w ** 2)"):
    return lab_of(
        f"""
        import numpy as np
        w, b, lam = np.array([1.0, -2.0, 3.0]), np.ones(3), 0.5
        def loss():
            return float(np.sum(np.tanh(w * b)) + {loss})
        def slope():
            d = 1 - np.tanh(w * b) ** 2
            return d * b + {code}, d * w
        """,
        loss="loss()",
        params={"w": "m.w", "b": "m.b"},
        grads=Grads("g = slope()", {"w": "g[0]", "b": "g[1]"}),
    )


@pytest.mark.parametrize(
    ("code", "own"),
    [("0.6 * lam * w", 0.3), ("lam * w", 0.5), ("-0.6 * lam * w", -0.3), ("0", 0.0), ("lam * w ** 2", None)],
    ids=["right", "scaled", "sign", "missing", "of another kind"],
)
def test_coefficients_of_the_penalty(code, own):
    observation = scale_penalty(penalised(code))
    assert observation.facts["scalar"] == "m.lam"
    assert observation.facts["value"] == 0.5
    term = observation.facts["terms"]["w"]
    assert term["loss"] == pytest.approx(0.3, rel=1e-6)
    assert term["code"] == (None if own is None else pytest.approx(own, rel=1e-9, abs=1e-12))
    assert "b" not in observation.facts["terms"]
    assert bool(observation.summary) is (own is None or own != 0.3)


def test_a_loss_without_a_penalty():
    found = facts(scale_penalty, penalised("0", loss="lam"))
    assert found == {"scalar": "", "terms": {}}


def test_a_penalty_whose_strength_stands_in_the_wiring():
    found = facts(scale_penalty, Lab("net.py", SOFTMAX_COLUMNS.source(), SOFTMAX_COLUMNS.wiring))
    assert found["scalar"] == "0.3"
    assert set(found["terms"]) == {"W1", "W2", "W3"}
    assert all(term["code"] == pytest.approx(term["loss"], rel=1e-5) for term in found["terms"].values())


# --- residuals


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("3 * G", "ratio", 3.0),
        ("-G", "ratio", -1.0),
        ("G + 0.25 * W", "weights", 0.25),
        ("G - 0.5 * np.sign(W)", "signs", -0.5),
        ("G.T.copy()", "transposed", True),
        ("0 * G", "zero", True),
    ],
)
def test_what_a_wrong_gradient_is_to_the_true_one(code, key, value):
    lab = lab_of(
        f"""
        import numpy as np
        W = np.array([[1.0, -2.0, 0.5], [0.3, 4.0, -1.0], [2.0, 1.5, 0.7]])
        def slope():
            G = 3 * W ** 2
            return {code}
        """,
        loss="float(np.sum(m.W ** 3))",
        params={"W": "m.W"},
        grads=Grads("g = slope()", {"W": "g"}),
    )
    found = facts(residual_fits, lab)
    assert found["fits"]["W"][key] == (pytest.approx(value, rel=1e-5) if isinstance(value, float) else value)
    scaled = key == "ratio" and value > 0
    assert found["common_ratio"] == (pytest.approx(value, rel=1e-5) if scaled else None)


def test_a_right_gradient_has_no_residual():
    found = facts(residual_fits, specimen_lab("label-ignored", bad=False))
    assert found == {"fits": {}, "common_ratio": None}


def test_a_parameter_that_the_loss_does_not_see():
    assert "no_effect" in facts(residual_fits, specimen_lab("bias-not-added"))["fits"]["b2"]


@pytest.mark.parametrize(
    ("fault", "ratio"),
    [("summed-gradient", None), ("mean-twice", None), ("label-ignored", None), ("stray-factor", None)],
)
def test_one_ratio_for_everything_or_none(fault, ratio):
    """The common ratio is that of every parameter by itself, worked out here from the two gradients."""
    lab = specimen_lab(fault)
    ratios = {
        float(np.vdot(lab.gradient[name], n) / np.vdot(n, n))
        for name, n in lab.truth.numerical.values.items()
    }
    everywhere = max(ratios) - min(ratios) < 1e-4 and all(
        np.allclose(lab.gradient[name], max(ratios) * n, rtol=1e-4, atol=1e-6)
        for name, n in lab.truth.numerical.values.items()
    )
    found = facts(residual_fits, lab)["common_ratio"]
    assert found == (pytest.approx(max(ratios), rel=1e-4) if everywhere else ratio)


def test_some_specimen_has_a_common_ratio():
    assert facts(residual_fits, specimen_lab("loss-factor"))["common_ratio"] == pytest.approx(0.5, rel=1e-5)


def test_a_gradient_with_the_sign_turned_round_is_no_matter_of_scale():
    assert facts(residual_fits, specimen_lab("output-delta-sign"))["common_ratio"] is None


@pytest.mark.parametrize(
    ("target", "column", "k"),
    [
        ([2, 4, 6], [1, 2, 3], 2.0),
        ([2, 4, 6.1], [1, 2, 3], None),
        ([0, 0], [1, 2], None),
        ([1, 2], [0, 0], None),
    ],
)
def test_multiples(target, column, k):
    assert multiple(np.array(target, float), np.array(column, float)) == k


# --- determinism


@pytest.mark.parametrize(("bad", "repeats"), [(True, False), (False, True)], ids=["bad", "good"])
def test_a_loss_that_does_not_repeat_itself(bad, repeats):
    source = "import time\nimport numpy as np\nw = np.ones(2)\n"
    noise = "time.perf_counter()" if bad else "1.0"
    lab = lab_of(
        source,
        loss=f"float(m.w @ m.w) * {noise}",
        params={"w": "m.w"},
        grads=Grads("g = 2 * m.w", {"w": "g"}),
    )
    found = determinism(lab)
    assert found.facts["loss_repeats"] is repeats
    assert bool(found.summary) is bad
    assert found.facts["gradient_repeats"] is True
    assert found.facts["draws"] is False
    assert found.facts["second_call"] == pytest.approx(1.0)


def counted(run):
    return lab_of(
        """
        import numpy as np
        w = np.array([1.0, 2.0])
        kept = np.zeros(2)
        def accumulate():
            kept[...] += 2 * w
            return kept.copy()
        def drawn():
            return 2 * w * np.random.rand()
        """,
        loss="float(m.w @ m.w)",
        params={"w": "m.w"},
        grads=Grads(run, {"w": "g"}),
    )


def test_a_gradient_that_adds_up_over_calls():
    assert facts(determinism, counted("g = accumulate()"))["second_call"] == pytest.approx(2.0)


def test_a_gradient_that_draws_random_numbers():
    found = facts(determinism, counted("g = drawn()"))
    assert found["draws"] is True
    assert found["gradient_repeats"] is True


def test_gradients_not_cleared():
    assert facts(determinism, specimen_lab("gradients-not-cleared"))["second_call"] != pytest.approx(1.0)
    assert facts(determinism, specimen_lab("gradients-not-cleared", bad=False))[
        "second_call"
    ] == pytest.approx(1.0)


# --- the forward pass


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("np.tanh(z)", "tanh"),
        ("np.maximum(z, 0)", "relu"),
        ("np.maximum(0, z)", "relu"),
        ("np.maximum(z, 1)", ""),
        ("z * (z > 0)", "relu"),
        ("1 / (1 + np.exp(-z))", "sigmoid"),
        ("1.0 / (1.0 + np.exp(-z))", "sigmoid"),
        ("np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)", "softmax"),
        ("np.exp(z) / np.exp(z).sum(axis=0)", "softmax"),
        ("z / 2", ""),
        ("z @ z.T", ""),
    ],
)
def test_activations_are_known_by_what_they_compute(text, kind):
    z = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, -3.0]])
    node = ast.parse(text, mode="eval").body
    assert activation_kind(node, eval(text, {"np": np, "z": z})) == kind  # noqa: S307 -- expressions of this file


def test_how_parameters_start():
    lab = lab_of(
        "import numpy as np\na, b, c, d = np.zeros(3), np.full(3, 0.5), np.arange(3.0), np.ones(1)\n",
        loss="float(m.a.sum() + m.b.sum() + m.c.sum() + m.d.sum())",
        params={name: f"m.{name}" for name in "abcd"},
        grads=Grads("pass", {name: f"m.{name}" for name in "abcd"}),
    )
    assert facts(forward_pass, lab)["start"] == {"a": "zero", "b": "constant", "c": "spread", "d": "spread"}


# --- training


def test_a_copy_is_trained():
    wiring = SOFTMAX_ROWS.wiring
    run, observation = train_copy("net.py", SOFTMAX_ROWS.source(), wiring, 0)
    assert run.loss_after < run.loss_before
    assert run.accuracy_after > 0.9
    assert all(observation.facts["changed"].values())
    assert observation.facts["finite"]
    assert not observation.facts["uniform_after"]
    assert observation.facts["classes"] == 3
    again, _ = train_copy("net.py", SOFTMAX_ROWS.source(), wiring, 0)
    assert again == run


def test_outputs_that_become_uniform():
    specimen = find("uniform-outputs").specimen
    found = [
        train_copy("net.py", source, specimen.wiring, 0)[1].facts["uniform_after"]
        for source in (specimen.bad_source(), specimen.good_source())
    ]
    assert found == [True, False]


def test_training_that_moves_nothing():
    specimen = find("zero-learning-rate").specimen
    _, observation = train_copy("net.py", specimen.bad_source(), specimen.wiring, 0)
    assert not any(observation.facts["changed"].values())
    _, good = train_copy("net.py", specimen.good_source(), specimen.wiring, 0)
    assert any(good.facts["changed"].values())


@pytest.mark.parametrize("train", ["", "missing()", "1 / 0"])
def test_training_that_cannot_be_run(train):
    wiring = Wiring(loss="1.0", params={}, grads=Grads("", {}), train=train)
    assert train_copy("net.py", "x = 1\n", wiring, 0) is None


def test_training_that_takes_too_long(monkeypatch):
    monkeypatch.setattr("gradcheck.experiments.training.LONGEST", 0.1)
    wiring = Wiring(loss="1.0", params={}, grads=Grads("", {}), train="f()")
    assert train_copy("net.py", "def f():\n    while True:\n        pass\n", wiring, 0) is None


P = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]])


@pytest.mark.parametrize(
    ("outputs", "labels", "share"),
    [
        (P, np.array([0, 1, 2, 2]), 0.75),
        (P, np.array([[0], [1], [2], [2]]), 0.75),
        (P, np.eye(3)[[0, 1, 2, 2]], 0.75),
        (np.array([[0.9], [0.2], [0.6]]), np.array([1, 0, 0]), 2 / 3),
        (np.array([[3.0], [-2.0], [0.5]]), np.array([1.0, 0.0, 0.0]), None),
        (P, np.array([0.5, 1.5, 0.1, 0.2]), None),
        (P, np.array([0, 1, 2, 7]), None),
        (P, None, None),
    ],
    ids=[
        "classes",
        "a column of classes",
        "one-hot rows",
        "one output",
        "scores",
        "targets that are no classes",
        "a class too many",
        "no labels",
    ],
)
def test_accuracy(outputs, labels, share):
    assert accuracy(outputs, labels) == (None if share is None else pytest.approx(share))


# --- all of them


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.__name__)
def test_every_experiment_leaves_plain_facts_under_its_own_name(experiment):
    observation = experiment(specimen_lab("label-ignored"))
    assert observation.experiment == experiment.__name__
    assert _is_plain(dict(observation.facts))


def _is_plain(value):
    if isinstance(value, dict):
        return all(isinstance(key, str | int) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | bool | int | float)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.__name__)
def test_a_correct_network_is_out_of_the_ordinary_nowhere(experiment):
    assert experiment(Lab("net.py", SOFTMAX_ROWS.source(), SOFTMAX_ROWS.wiring)).summary == ""


def test_a_lab_is_kept_between_tasks():
    wiring = SOFTMAX_ROWS.wiring
    one = open_lab("net.py", SOFTMAX_ROWS.source(), wiring, 0)
    assert open_lab("net.py", SOFTMAX_ROWS.source(), wiring, 0) is one
    assert open_lab("net.py", SOFTMAX_ROWS.source() + "\n", wiring, 0) is not one
    assert open_lab("net.py", SOFTMAX_ROWS.source(), wiring, 1) is not one


def test_a_variant_has_the_wiring_it_is_given():
    lab = lab_of("w = 1.0\nk = 2.0\n", loss="m.k * m.w", params={"w": "m.w"}, step=Step("m.w -= m.k", "1.0"))
    assert lab.with_setup("m.k = 5.0").start().loss() == 5.0
    assert lab.program.start().loss() == 2.0
