"""Data that a function changes in its caller's array: who reads it again, and who need not."""

import pytest
from labs import lab_of

from gradcheck.experiments.lent import lent_audit
from gradcheck.subject.wiring import Grads

NETWORK = """
    import numpy as np

    W = np.full((2, 1), 0.5)

    def scaled(X, mean):
        X -= mean
        return X

    def data():
        X = np.arange(12.0).reshape(6, 2)
        return scaled(X, X.mean(axis=0)), X[:, :1] * 1.0

    def outputs(X):
        return X @ W

    def cost(X, y):
        return 0.5 * np.sum((outputs(X) - y) ** 2)

    def slope(X, y):
        return X.T @ (outputs(X) - y)

    def main():
        X = np.arange(16.0).reshape(8, 2)
        Z = scaled(X, 3.0)
        return cost(Z, Z[:, :1])

    if __name__ == "__main__":
        main()
"""


def changed(source):
    lab = lab_of(
        source,
        setup="X, y = data()",
        loss="cost(X, y)",
        params={"W": "W"},
        grads=Grads("g = slope(X, y)", {"W": "g"}),
        inputs="X",
        labels="y",
    )
    return lent_audit(lab).facts["changed"]


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [
        (", X[:, :1] * 1.0", ", np.ones((6, 1))", False),
        ("return cost(Z, Z[:, :1])", "return cost(Z, X[:, :1])", True),
    ],
)
def test_a_caller_that_reads_its_array_again_is_named(before, after, again):
    [fact] = changed(NETWORK.replace(before, after))
    assert (fact["function"], fact["argument"], fact["data"]) == ("scaled", "X", "X")
    assert bool(fact["read"]) is again


def test_a_name_that_is_bound_to_the_result_is_no_longer_the_callers_own():
    apart = NETWORK.replace(", X[:, :1] * 1.0", ", np.ones((6, 1))").replace("Z", "X")
    [fact] = changed(apart)
    assert fact["read"] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("        X -= mean\n        return X", "        return X - mean"),
        ("        X -= mean\n", '        """Shift X in place."""\n        X -= mean\n'),
        ("        X -= mean\n", "        X = X.copy()\n        X -= mean\n"),
        ("        X -= mean\n        return X", "        X -= mean"),
    ],
    ids=["new array", "says so", "copied", "nothing given back"],
)
def test_nothing_is_said_of(before, after):
    assert before in NETWORK
    source = NETWORK.replace(before, after).replace("scaled(X, X.mean(axis=0)), X", "X - X.mean(axis=0), X")
    if "return X" not in after and "return" in before:
        source = source.replace("Z = scaled(X, 3.0)", "scaled(X, 3.0)\n        Z = X")
    assert changed(source) == []
