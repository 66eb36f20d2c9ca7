"""Where discovery cannot know, it asks for one expression, fills in the rest, and never waits for ever."""

import re
import time

import pytest
from discovered import NETWORKS

from gradcheck.errors import DiscoveryError, SubjectError
from gradcheck.subject import Grads, discover_wiring, load_wiring, resolve_target
from gradcheck.subject.missing import MissingExpressionError

HEAD = "import numpy as np\nrng = np.random.default_rng(0)\n"


@pytest.fixture
def found(tmp_path):
    def find(source, **options):
        path = tmp_path / "net.py"
        path.write_text(source, encoding="utf-8")
        return discover_wiring(resolve_target(path), **options)

    return find


def test_an_update_whose_loss_cannot_be_guessed_is_handed_back_with_everything_else(found):
    source = HEAD + (
        "w = rng.normal(size=4)\n"
        "def nudge(w, pace):\n    return w * (1 - pace)\n"
        "for _ in range(50):\n    w = nudge(w, 0.1)\n"
    )
    with pytest.raises(MissingExpressionError) as caught:
        found(source)
    assert "nothing seems its loss" in caught.value.message
    assert "write the loss as one expression" in caught.value.hint
    assert "m.w" in caught.value.wiring.params.values()
    assert caught.value.wiring.step is not None
    assert "[params]" in caught.value.toml
    assert "# MISSING: one number" in caught.value.toml


def test_a_script_that_trains_nothing_is_asked_how_to_update(found):
    with pytest.raises(DiscoveryError, match="no loop in it changed the same numbers"):
        found(HEAD + "print(sum(range(10)))\n")


def test_a_script_that_raises_before_it_trains_shows_what_it_raised(found):
    with pytest.raises(SubjectError, match="ZeroDivisionError"):
        found(HEAD + "x = 1 / 0\n")


def test_a_script_that_would_train_for_hours_is_understood_in_seconds(found):
    source = HEAD + (
        "X = rng.normal(size=(500, 3)); y = X @ [1.0, -2.0, 0.5]\n"
        "class Line:\n"
        "    def __init__(self):\n        self.w = np.zeros(3)\n"
        "    def cost(self, X, y):\n        return np.mean((X @ self.w - y) ** 2)\n"
        "    def fit(self, X, y, epochs):\n"
        "        for _ in range(epochs):\n"
        "            self.w -= 0.01 * 2 * X.T @ (X @ self.w - y) / len(y)\n"
        "line = Line()\nline.fit(X, y, 10**9)\n"
    )
    started = time.monotonic()
    wiring = found(source)
    assert time.monotonic() - started < 15
    assert wiring.loss == "line.cost(x, t)"


def test_a_script_that_never_gets_to_train_is_stopped_at_the_limit_which_is_named(found):
    with pytest.raises(DiscoveryError, match=r"ran for 2 s .* --time-limit|ran for 2 s"):
        found("import time\nwhile True:\n    time.sleep(0.01)\n", time_limit=2)


def test_an_except_that_catches_everything_does_not_keep_it_running(found):
    source = HEAD + (
        "w = np.ones(3)\n"
        "while True:\n"
        "    try:\n        w = w + rng.normal(size=3)\n"
        "    except BaseException:\n        pass\n"
    )
    with pytest.raises((DiscoveryError, SubjectError)):
        found(source, time_limit=2)


def test_a_script_that_reads_the_keyboard_and_shows_plots_is_wired(found):
    source = HEAD + (
        "if __name__ == '__main__':\n"
        "    w = np.zeros(2)\n"
        "    def cost(w, X, y):\n        return np.mean((X @ w - y) ** 2)\n"
        "    def slope(w, X, y):\n        return 2 * X.T @ (X @ w - y) / len(y)\n"
        "    X = rng.normal(size=(30, 2)); y = X @ [1.0, 2.0]\n"
        "    for _ in range(20):\n        w = w - 0.1 * slope(w, X, y)\n"
        "    print(cost(w, X, y))\n"
    )
    wiring = found(source)
    assert wiring.grads is not None
    assert wiring.loss.startswith("cost(")


def test_a_gradient_that_an_optimiser_hides_is_asked_for(tmp_path):
    with pytest.raises(
        MissingExpressionError, match="by steps of one length whatever the gradient"
    ) as caught:
        discover_wiring(resolve_target(NETWORKS / "steps_hidden.py"))
    assert "say how to get it: [grads] run" in caught.value.hint
    assert caught.value.wiring.loss == "loss(x, y, W, b)"
    assert set(caught.value.wiring.params) == {"W", "b"}
    toml = caught.value.toml
    assert "# MISSING: statements that compute the gradient" in toml
    filled = tmp_path / "wiring.toml"
    filled.write_text(re.sub(r"^# (?=\[grads|run =|W = \"g|b = \"g)", "", toml, flags=re.MULTILINE))
    assert load_wiring(filled).grads == Grads("g = net.backward(X, y)", {"W": "g[0]", "b": "g[1]"})
