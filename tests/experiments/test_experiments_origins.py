"""Where a number comes from, and which way round outputs lie."""

import numpy as np
import pytest
from labs import lab_of

from gradcheck.experiments.origins import origins
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.training import train_copy
from gradcheck.subject.wiring import Grads, Wiring

SETTINGS = """
from dataclasses import dataclass

import numpy as np

N, M = 3, 12
w = np.arange(1.0, 4.0)
{given}

class Cost:
    def __init__(self, settings):
        self.settings = settings
    def __call__(self, w):
        return float(np.sum(w) + self.settings.rate * np.sum(w**2))
"""


def lab(given, setup):
    return lab_of(
        SETTINGS.format(given=given),
        setup=setup,
        loss="cost(m.w)",
        params={"w": "m.w"},
        grads=Grads("pass", {"w": "1.0 + 2 * cost.settings.rate * m.w"}),
    )


FIELD = "@dataclass\nclass Settings:\n    rate: float = 0.25"
COUNTED = "class Settings:\n    def __init__(self):\n        self.rate = N / M"
HANDED = (
    "class Settings:\n    def __init__(self, value=0.25):\n        rate = value\n        self.rate = rate"
)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (FIELD, "    rate: float = 0.25"),
        (COUNTED, "        self.rate = N / M"),
        (HANDED, "    def __init__(self, value=0.25):"),
    ],
    ids=["a field", "computed from names", "handed on"],
)
def test_where_a_setting_of_an_object_that_can_be_called_is_given_its_value(given, text):
    subject = lab(given, "cost = Cost(Settings())")
    assert scale_penalty(subject).facts["scalar"] == "cost.settings.rate"
    lines = origins(subject, subject.tracer.source, "cost.settings.rate", {0.25})
    assert [subject.source.split("\n")[line - 1] for line in lines] == [text]


@pytest.mark.parametrize(
    ("outputs", "labels", "share"),
    [
        ("np.array([[0.7, 0.7, 0.7, 0.7], [0.3, 0.3, 0.3, 0.3]])", "np.array([0, 1, 1, 0])", [0.7, 0.3]),
        ("np.array([[0.7, 0.3], [0.7, 0.3], [0.7, 0.3]])", "np.array([0, 1, 1])", [0.7, 0.3]),
        ("np.array([[0.7, 0.7, 0.7], [0.3, 0.3, 0.3]])", "np.eye(2)[:, [0, 1, 1]]", [0.7, 0.3]),
        ("np.array([[0.4, 0.4, 0.4, 0.4]])", "np.array([[0, 1, 1, 0]])", [0.4]),
        ("np.array([[0.7, 0.2, 0.7], [0.3, 0.8, 0.3]])", "np.array([0, 1, 1])", None),
    ],
    ids=["columns", "rows", "one-hot columns", "one output", "not uniform"],
)
def test_uniform_outputs_are_those_of_samples_whichever_way_they_lie(outputs, labels, share):
    wiring = Wiring(
        setup=f"p, y = {outputs}, {labels}",
        loss="1.0",
        params={},
        grads=Grads("pass", {}),
        labels="y",
        outputs="p",
        train="pass",
    )
    _, observation = train_copy("net.py", "import numpy as np\n", wiring, 0)
    assert observation.facts["uniform_after"] == (share is not None)
    if share is not None:
        assert np.allclose(observation.facts["share"], share)
        assert observation.facts["classes"] == len(share)
