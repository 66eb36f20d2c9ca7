"""Files that cannot be diagnosed, through the whole house: one clear message, exit 2, nothing written."""

from __future__ import annotations

import pytest

NET = """\
import numpy as np

W = np.array([[0.5, -0.2], [0.1, 0.4]])
X, y = np.eye(2), np.array([0.3, -0.1])


def loss():
    return np.mean((np.tanh(X @ W).sum(axis=1) - y) ** 2)


def gradient():
    h = np.tanh(X @ W)
    return X.T @ ((h.sum(axis=1) - y)[:, None] * (1 - h**2))
"""

RIGHT = ["--loss", "loss()", "--params", "W=W", "--grads-run", "g = gradient()", "--grads", "W=g"]


def changed(**flags):
    """The right wiring with some expressions replaced."""
    wiring = dict(zip(RIGHT[::2], RIGHT[1::2], strict=True))
    wiring.update({f"--{name}".replace("_", "-"): value for name, value in flags.items()})
    return [part for pair in wiring.items() for part in pair]


CASES = {
    "no such file": (None, [], ["net.py"]),
    "a syntax error": ("def f(:\n    pass\n", [], ["net.py:1", "invalid syntax"]),
    "an empty file": ("", [], ["empty"]),
    "an error while it is imported": (
        "import numpy as np\n1 / 0\n",
        RIGHT,
        ["ZeroDivisionError", "division by zero"],
    ),
    "nothing that could be trained": ("print('hello')\n", [], ["net.py"]),
    "a loss that raises": (NET, changed(loss="1 / 0"), ["ZeroDivisionError"]),
    "a loss that is a name nobody knows": (NET, changed(loss="lss()"), ["lss"]),
    "a loss that is an array": (NET, changed(loss="X @ W"), ["loss", "number"]),
    "a parameter that is no number": (NET, changed(params="W='text'"), ["W"]),
    "a gradient of another shape": (NET, changed(grads="W=g[:, :1]"), ["shape", "(2, 1)", "(2, 2)"]),
    "a gradient nobody named": (NET, RIGHT[:-2], ["grads"]),
    "a file that never ends": (NET + "while True: pass\n", [*RIGHT, "--time-limit", "2"], ["2 s"]),
    "a file that ends the program": (NET + "raise SystemExit(3)\n", RIGHT, ["SystemExit"]),
}


@pytest.mark.parametrize("case", CASES)
def test_one_message_says_what_is_wrong_and_what_to_try(case, run, net):
    source, arguments, expected = CASES[case]
    net.unlink()
    if source is not None:
        net.write_text(source, encoding="utf-8")
    ran = run("diagnose", "net.py", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert "\n  try: " in ran.err
    assert "Traceback" not in ran.err
    for words in expected:
        assert words in ran.err
    assert [entry.name for entry in net.parent.iterdir()] == ([] if source is None else ["net.py"])


def test_the_right_wiring_is_diagnosed(run, net):
    net.write_text(NET, encoding="utf-8")
    ran = run("check", "net.py", *RIGHT)
    assert (ran.code, ran.err) == (0, "")
