"""Numbers that keep logarithms finite are allowed for, and nothing larger."""

import numpy as np
import pytest
from labs import lab_of

from gradcheck.subject.offsets import unguarded
from gradcheck.subject.wiring import Grads

NETWORK = """
import numpy as np

EPS = {size}
rng = np.random.default_rng(5)
X, y = rng.normal(size=(12, 4)), rng.integers(0, 3, 12)
W = {scale} * rng.normal(size=(4, 3))


class Cost:
    def __init__(self, tiny={size}):
        self.tiny = tiny

    def __call__(self, p, small={size}):
        return -np.mean({log})


cost = Cost()


def probabilities():
    z = X @ W
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss():
    return cost(probabilities()[np.arange(12), y])


def gradient():
    p = probabilities()
    d = p.copy()
    d[np.arange(12), y] -= 1
    {more}
    return X.T @ d / 12
"""
PLAIN = "pass"
EXACT = "chosen = p[np.arange(12), y]; d *= (chosen / (chosen + EPS))[:, None]"


def lab(log="np.log(p + EPS)", size="1e-8", scale="1.0", more=PLAIN):
    return lab_of(
        NETWORK.format(log=log, size=size, scale=scale, more=more),
        loss="loss()",
        params={"W": "m.W"},
        grads=Grads("g = gradient()", {"W": "g"}),
    )


@pytest.mark.parametrize(
    "log",
    [
        "np.log(p + EPS)",
        "np.log(EPS + p)",
        "np.log(p + self.tiny)",
        "np.log(p + small)",
        "np.log(p + 1e-8)",
        "np.log((p + 1e-8) / 1.0)",
    ],
)
@pytest.mark.parametrize("more", [PLAIN, EXACT], ids=["left out", "with its factor"])
def test_neither_gradient_is_wrong(log, more):
    checked = lab(log=log, more=more)
    assert checked.wrong == frozenset()
    assert float(checked.truth.numerical.bars["W"].max()) < 1e-5


def test_without_the_allowance_one_of_them_would_be():
    plain, exact = lab(size="1e-6"), lab(size="1e-6", more=EXACT)
    assert not np.allclose(plain.gradient["W"], exact.gradient["W"], rtol=1e-7, atol=0.0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"size": "1e-2"}, "a smoothing, and meant"),
        ({"scale": "20.0", "size": "1e-3"}, "it outweighs the probabilities"),
    ],
    ids=["large", "too much"],
)
def test_what_does_more_is_a_fault(changes, why):
    assert lab(**changes).wrong == {"W"}, why


@pytest.mark.parametrize("log", ["np.log(p)", "np.log(p * 0.5)", "np.log1p(p + EPS)", "np.sqrt(p + EPS)"])
def test_nothing_else_is_touched(log):
    assert unguarded(lab(log=log).program) is None


def test_the_program_without_it_has_the_loss_of_probabilities_alone():
    checked = lab(size="1e-4")
    plain = unguarded(checked.program)
    assert plain is not None
    live = plain.start()
    p = live.evaluate("probabilities()[np.arange(12), y]")
    assert live.loss() == pytest.approx(float(-np.mean(np.log(p))), abs=1e-8)
    assert checked.program.start().loss() != pytest.approx(live.loss(), abs=1e-5)
