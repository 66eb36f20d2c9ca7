"""Of the edits that verify, the one is kept that a person would have written: the author's own line comes back."""

import ast

import pytest

from gradcheck.experiments.lab import Lab
from gradcheck.faults.bases import NORM_DROPOUT, RELU_BINARY, SIGMOID_SGD, SOFTMAX_COLUMNS, SOFTMAX_ROWS
from gradcheck.repair.search import Budget, Search

CASES = {
    "what defines a gradient, not what returns it": (
        SOFTMAX_ROWS,
        "db1 = delta1.sum(axis=0)",
        "db1 = (delta2 @ self.W2.T).sum(axis=0)",
    ),
    "an activation in its derivative's place": (
        SIGMOID_SGD,
        "delta = (self.weights[l + 1].T @ delta) * a * (1 - a)",
        "delta = (self.weights[l + 1].T @ delta) * a",
    ),
    "a script's globals": (
        RELU_BINARY,
        "d1 = d2 @ W2.T * relu_derivative(z1)",
        "d1 = 1.0 * relu_derivative(z1)",
    ),
    "a part that was set to 0": (
        SOFTMAX_COLUMNS,
        'dZ3 = cache["A3"] - Y\n',
        'dZ3 = cache["A3"] - Y\n    dZ3[:, 1:] = 0\n',
    ),
    "a step that only renames": (NORM_DROPOUT, "g = dy * self.gamma", "g = dy"),
    "an update among the deltas": (
        RELU_BINARY,
        "    d1 = d2 @ W2.T * relu_derivative(z1)\n",
        "    W2[...] -= 0.1 * dW2\n    d1 = d2 @ W2.T * relu_derivative(z1)\n",
    ),
    "samples that were left out": (
        RELU_BINARY,
        "    d3 = (sigmoid(z3) - y) / len(X)\n",
        "    d3 = (sigmoid(z3) - y) / len(X)\n    d3[1:] = 0\n",
    ),
    "a term where 0 is added": (
        SOFTMAX_ROWS,
        "dW2 += 2 * self.reg * self.W2",
        "dW2 += 0.0",
    ),
    "a loop's own items, not what another loop left behind": (
        SIGMOID_SGD,
        "delta = (self.weights[l + 1].T @ delta) * a * (1 - a)",
        "delta = 1.0 * a * (1 - a)",
    ),
    "a hyper-parameter among as many sizes": (
        SOFTMAX_ROWS,
        "        dW2 += 2 * self.reg * self.W2\n",
        "        dW2 += 4 * self.reg * self.W2\n",
    ),
}


@pytest.mark.parametrize(("base", "right", "wrong"), CASES.values(), ids=CASES)
def test_the_authors_own_line_comes_back(base, right, wrong):
    good = base.source()
    assert good.count(right) == 1
    lab = Lab("net.py", good.replace(right, wrong), base.wiring)
    steps = Search("net.py", [lab.truth, *lab.proving], Budget(seconds=300.0)).run(lab.source)
    assert len(steps) == 1
    assert ast.dump(ast.parse(steps[0].after)) == ast.dump(ast.parse(good)), steps[0].after
