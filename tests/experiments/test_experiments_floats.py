"""What experiments see of floating-point numbers and of where a check stands, and what they take for no fault."""

from dataclasses import replace

import numpy as np
import pytest
from labs import lab_of, specimen_lab

from gradcheck.experiments.chance import chance_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.dominance import dominance_audit
from gradcheck.experiments.finiteness import finiteness_audit
from gradcheck.experiments.kinks import kink_audit
from gradcheck.experiments.logarithms import logarithm_audit
from gradcheck.experiments.precision import precision_audit
from gradcheck.experiments.truncation import truncation_audit
from gradcheck.subject.wiring import Grads


def lab(body, *, gradient="2.0 * w", train="", w="np.array([0.5, -2.0, 3.0])", outputs="", more="pass"):
    """A loss of three numbers w, given by the body of a function."""
    return lab_of(
        f"""
import numpy as np
w = {w}
calls, state = 0, np.zeros(3)
def cost(w):
    global calls
    {body}
def slope(w):
    {more}
    return {gradient}
def train(rate):
    global w
    for _ in range(50):
        w = w - rate * slope(w)
""",
        loss="cost(m.w)",
        params={"w": "m.w"},
        grads=Grads("g = slope(m.w)", {"w": "g"}),
        outputs=outputs,
        train=train,
    )


@pytest.mark.parametrize(
    ("body", "random", "mask"),
    [
        ("return float(np.sum(w**2) + np.random.normal(0, 1, 3).sum())", True, False),
        ("z = w + np.random.normal(0, 1, (40, 3)); return float(np.sum((z > 0) * z))", True, False),
        ("return float(np.sum((w * (np.random.rand(40, 3) < 0.5)) ** 2))", True, True),
        ("return float(np.sum(w**2) + np.random.default_rng(3).normal(0, 1, 3).sum())", False, False),
        ("calls += 1; return float(np.sum(w**2) + calls)", False, False),
        ("state[:] = state + 1; return float(np.sum(w**2) + np.random.rand(3).sum())", True, False),
        ("return float(np.sum(w**2))", False, False),
    ],
    ids=["noise", "noise into a ReLU", "a mask", "seeded", "a count", "beside state", "plain"],
)
def test_a_loss_that_draws(body, random, mask):
    found = chance_audit(lab(body, outputs="m.w * np.random.rand(3)")).facts["random"]
    assert len(found) == random
    for fact in found:
        assert fact["first"] != fact["second"]
        assert (fact["outputs"], "rand" in fact["text"]) == (True, True)
    assert [fact["mask"] for fact in found] == [mask] * random


def test_samples_that_the_wiring_draws_are_no_noise_in_the_loss():
    source = """
import numpy as np
w = np.array([0.5, -2.0])
rng = np.random.default_rng(2)
def batch():
    x = rng.normal(size=(6, 2))
    return x, x.sum(axis=1)
def loss(x, y):
    return float(np.mean((x @ w - y) ** 2))
"""
    drawn = "loss((drawn := batch())[0], drawn[1])"
    assert chance_audit(lab_of(source, loss=drawn, params={"w": "m.w"})).facts["random"] == []
    assert chance_audit(lab_of(source, loss="loss(*batch())", params={"w": "m.w"})).facts["random"] == []
    noise = source.replace("x @ w", "x @ w + rng.normal()")
    assert chance_audit(lab_of(noise, loss="loss(np.eye(2), w)", params={"w": "m.w"})).facts["random"]


P = "np.array([0.5, 1e-9, 1e-7, 0.2]) * w[0]"


@pytest.mark.parametrize(
    ("clip", "clipped"),
    [
        ("np.maximum(p, 1e-3)", 2),
        ("np.clip(p, 1e-3, 1 - 1e-3)", 2),
        ("p.clip(1e-3, 1)", 2),
        ("np.where(p > 1e-3, p, 1e-3)", 2),
        ("np.maximum(p, 1e-12)", 0),
        ("np.maximum(p - 0.1, 0)", 0),
        ("np.exp(p)", 0),
        ("np.exp(0.0 * p)", 0),
    ],
)
def test_probabilities_that_are_clipped(clip, clipped):
    found = clamp_audit(lab(f"p = {P}; return float(-np.sum(np.log(1e-30 + {clip})))"))
    assert [fact["clipped"] for fact in found.facts["clamped"]] == ([clipped] if clipped else [])
    assert {(fact["floor"], fact["entries"], fact["of"]) for fact in found.facts["clamped"]} <= {
        (1e-3, 4, "p")
    }


def test_clips_that_a_gradient_follows_are_meant():
    following = lab(
        "return float(np.sum(np.maximum(np.abs(w) / 9, 0.3)))",
        gradient="np.sign(w) / 9 * (np.abs(w) / 9 > 0.3)",
    )
    assert clamp_audit(following).facts["clamped"] == []


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_the_first_number_of_less_than_double_precision(dtype):
    found = precision_audit(lab(f"z = w.astype(np.{dtype}); return float(np.sum(z**2))")).facts["rounded"]
    expected = [] if dtype == "float64" else [(dtype, float(np.finfo(dtype).eps) / 2)]
    assert [(fact["dtype"], fact["unit"]) for fact in found] == expected
    assert {fact["text"] for fact in found} <= {f"w.astype(np.{dtype})"}


@pytest.mark.parametrize(
    ("body", "text", "ties"),
    [
        ("return float(np.sum(np.maximum(w, 0)))", "np.maximum(w, 0)", 2),
        ("return float(np.abs(w).sum())", "np.abs(w)", 2),
        ("return float(np.sum(w * (w > 0)))", "w > 0", 2),
        ("return float(np.sum(0 * np.maximum(w + 9, 0) + np.abs(w)))", "np.abs(w)", 2),
    ],
)
def test_where_a_loss_has_two_slopes(body, text, ties):
    at = lab(body, w="np.array([0.0, 1.0, 0.0])", gradient="(w > 0) * 1.0")
    fact = kink_audit(at).facts["kinks"][0]
    assert (fact["parameters"], fact["text"], fact["ties"], fact["entries"]) == (["w"], text, ties, 3)
    assert [at.source.splitlines()[line - 1].split(" = ")[0].strip() for line in fact["lines"]][-1] == "w"
    assert kink_audit(lab(body, gradient="(w > 0) * 1.0")).facts["kinks"] == []


@pytest.mark.parametrize(
    ("made", "written", "lost"),
    [
        ("np.zeros_like(np.arange(3))", [0.5, -2.25, 3.0], 0.5),
        ("np.zeros_like(np.arange(3))", [1.0, -2.0, 3.0], 0.0),
        ("np.zeros(3)", [0.5, -2.25, 3.0], 0.0),
        ("np.zeros_like(np.arange(3), dtype=float)", [0.5, -2.25, 3.0], 0.0),
    ],
)
def test_fractions_written_into_integers(made, written, lost):
    gradient = lab(
        "return float(np.sum(w**2))", more=f"d = {made}; d[:] = np.array({written})", gradient="2 * w"
    )
    found = truncation_audit(gradient).facts["truncated"]
    assert [fact["lost"] for fact in found] == ([lost] if lost else [])
    assert {(fact["target"], fact["dtype"]) for fact in found} <= {("d", "int64")}


def test_integers_are_traced_to_where_they_come_from():
    specimen = specimen_lab("truncated-delta")
    fact = truncation_audit(specimen).facts["truncated"][0]
    texts = [specimen.source.splitlines()[line - 1].strip() for line in fact["lines"]]
    assert texts[0].startswith("dZ3[:] =")
    assert texts[1].startswith("dZ3 = np.zeros_like")
    assert "dtype=int" in texts[2]


@pytest.mark.parametrize(
    ("rate", "what"),
    [("0.1", ""), ("1e200", "overflow"), ("-1e3", "overflow")],
)
def test_training_that_leaves_the_finite_numbers(rate, what):
    lost = finiteness_audit(lab("return float(np.sum(w**2))", train=f"train({rate})")).facts["lost"]
    assert [what in fact["what"] and fact["line"] > 0 for fact in lost] == ([True] if what else [])


def test_an_error_that_comes_to_nothing_is_none():
    harmless = lab("return float(np.sum(np.where(w == w, w**2, np.log(w - w))))", train="train(0.1)")
    assert finiteness_audit(harmless).facts["lost"] == []


def test_a_logarithm_beside_a_safe_one():
    specimen = specimen_lab("log-of-zero")
    fact = logarithm_audit(specimen).facts["unsafe"][0]
    assert (fact["text"], fact["function"]) == ("np.log(p)", "log_softmax")
    assert "self.z2" in fact["logits"]
    assert logarithm_audit(specimen_lab("log-of-zero", bad=False)).facts["unsafe"] == []
    assert logarithm_audit(specimen_lab("missing-softmax", bad=False)).facts["unsafe"] == []


def test_a_logarithm_beside_one_that_is_no_safer():
    specimen = specimen_lab("log-of-zero")
    safe = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
    assert safe in specimen.source
    unsafe = "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))"
    other = replace(specimen, source=specimen.source.replace(safe, unsafe))
    assert logarithm_audit(other).facts["unsafe"] == []


def test_a_gradient_that_is_all_penalty():
    fact = dominance_audit(specimen_lab("degenerate-check-point")).facts["dominated"][0]
    assert (fact["parameters"], fact["value"]) == (["W1", "W2"], 30.0)
    assert 0.0 < fact["share"] < 0.01
    assert dominance_audit(specimen_lab("degenerate-check-point", bad=False)).facts["dominated"] == []
