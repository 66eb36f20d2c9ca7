"""Every operator proposes the repair of at least one broken network."""

import ast
from dataclasses import dataclass
from itertools import pairwise

import pytest
from labs import is_right

from gradcheck.experiments.lab import Lab
from gradcheck.faults import find
from gradcheck.faults.bases import RELU_BINARY, RESIDUAL_REGRESSION, SIGMOID_SGD, SOFTMAX_ROWS
from gradcheck.repair.context import Context
from gradcheck.repair.operators import OPERATORS
from gradcheck.repair.operators.activation import change_derivatives, insert_derivatives
from gradcheck.repair.operators.arithmetic import change_signs, drop_operands, drop_tails, swap_operators
from gradcheck.repair.operators.borders import shift_slices, widen_loops, widen_slices
from gradcheck.repair.operators.calls import change_functions, change_reductions, drop_calls, insert_sums
from gradcheck.repair.operators.copies import take_copies
from gradcheck.repair.operators.exchanges import exchange
from gradcheck.repair.operators.factors import insert_factors
from gradcheck.repair.operators.fitted import fit_factors, fit_terms
from gradcheck.repair.operators.formulas import softmax_products
from gradcheck.repair.operators.indexing import flip_comparisons, shift_indices, shift_integers
from gradcheck.repair.operators.labels import insert_subtractions, subtract_one_hot
from gradcheck.repair.operators.lookups import add_repeated
from gradcheck.repair.operators.mirrors import turn_back, turn_round
from gradcheck.repair.operators.names import replace_names, swap_operands, transpose
from gradcheck.repair.operators.normalised import normalised_products
from gradcheck.repair.operators.statements import carry_over, delete_statements, move_updates_last
from gradcheck.repair.operators.synthesised import synthesise
from gradcheck.repair.operators.unread import use_unread
from gradcheck.subject.wiring import Grads, Wiring


@dataclass(frozen=True)
class Case:
    """A broken network and the same network put right."""

    bad: str
    good: str
    wiring: Wiring


def specimen(name):
    found = find(name).specimen
    return Case(found.bad_source(), found.good_source(), found.wiring)


def broken(base, right, wrong):
    source = base.source()
    assert source.count(right) == 1
    return Case(source.replace(right, wrong), source, base.wiring)


PROBABILITIES = """
import numpy as np

rng = np.random.default_rng(0)
W = rng.normal(size=(3, 4))
X, T = rng.normal(size=(5, 3)), rng.uniform(size=(5, 4))


def softmax(Z):
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


def loss():
    return float(np.sum((softmax(X @ W) - T) ** 2))


def slope():
    P = softmax(X @ W)
    D = 2 * (P - T)
    dZ = P * (D - np.sum(D * P, axis=-1, keepdims=True))
    return X.T @ dZ
"""
FUNCTIONS = """
import numpy as np

w, x = np.array([0.3, -0.7, 1.1]), np.array([1.0, 2.0, -0.5])


def act(z):
    return np.tanh(z)


def act_slope(z, of_activation=False):
    h = z if of_activation else np.tanh(z)
    return 1 - h**2


def loss():
    return float(np.sum(act(w * x)))


def slope():
    return act_slope(w * x) * x
"""
RECURRENT = """
import numpy as np

rng = np.random.default_rng(1)
U, W = rng.normal(size=(3, 2)), rng.normal(size=(3, 3))
xs = rng.normal(size=(4, 2))


def states():
    hs = [np.zeros(3)]
    for x in xs:
        hs.append(np.tanh(U @ x + W @ hs[-1]))
    return hs


def loss():
    return float(np.sum(np.array(states()) ** 2)) / 2


def slope():
    hs = states()
    dU, dW = np.zeros_like(U), np.zeros_like(W)
    carried = np.zeros(3)
    for t in range(len(xs), 0, -1):
        dz = (hs[t] + carried) * (1 - hs[t] ** 2)
        dU += np.outer(dz, xs[t - 1])
        dW += np.outer(dz, hs[t - 1])
        back = W.T @ dz
        carried = back
    return dU, dW
"""
WINDOWS = """
import numpy as np

rng = np.random.default_rng(2)
w, x, y = rng.normal(size=3), rng.normal(size=8), rng.normal(size=6)


def outputs():
    return w[0] * x[:6] + w[1] * x[1:7] + w[2] * x[2:]


def loss():
    return float(np.sum((outputs() - y) ** 2))


def slope():
    d = 2 * (outputs() - y)
    return np.array([d @ x[:6], d @ x[1:7], d @ x[2:]])
"""
ONE = Wiring(loss="loss()", params={"W": "m.W"}, grads=Grads("g = slope()", {"W": "g"}))
SMALL = Wiring(loss="loss()", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
TWO = Wiring(
    loss="loss()", params={"U": "m.U", "W": "m.W"}, grads=Grads("g = slope()", {"U": "g[0]", "W": "g[1]"})
)


def own(source, right, wrong, wiring):
    assert source.count(right) == 1
    return Case(source.replace(right, wrong), source, wiring)


CASES = {
    drop_tails: broken(
        SIGMOID_SGD,
        "(self.weights[l + 1].T @ delta) * a * (1 - a)",
        "(self.weights[l + 1].T @ delta) * a * (1 - a) * a * (1 - a)",
    ),
    insert_factors: broken(RESIDUAL_REGRESSION, "dh2 * (1 - self.t2**2)", "(1 - self.t2**2)"),
    subtract_one_hot: specimen("label-ignored"),
    insert_subtractions: broken(SOFTMAX_ROWS, "        delta2[np.arange(n), y] -= 1\n", ""),
    insert_sums: broken(SOFTMAX_ROWS, "db1 = delta1.sum(axis=0)", "db1 = delta1"),
    fit_factors: specimen("one-block-scaled"),
    fit_terms: specimen("layer-unpenalised"),
    change_signs: specimen("hidden-delta-sign"),
    swap_operators: broken(SOFTMAX_ROWS, "(1 - self.h1**2)", "(1 + self.h1**2)"),
    drop_operands: specimen("loss-times-delta"),
    transpose: specimen("weights-not-transposed"),
    swap_operands: specimen("transposed-weight-gradient"),
    replace_names: specimen("input-for-activation"),
    use_unread: own(
        FUNCTIONS.replace("return 1 - h**2", "h2 = h**2\n    return 1 - h2"),
        "return 1 - h2",
        "return 1 - 2",
        SMALL,
    ),
    insert_derivatives: specimen("missing-hidden-derivative"),
    change_derivatives: specimen("derivative-at-activation"),
    take_copies: specimen("gradient-aliases-parameter"),
    softmax_products: own(
        PROBABILITIES, "P * (D - np.sum(D * P, axis=-1, keepdims=True))", "P * (1 - P) * D", ONE
    ),
    change_reductions: specimen("bias-wrong-axis"),
    change_functions: own(
        FUNCTIONS, "act_slope(w * x) * x", "act_slope(w * x, of_activation=True) * x", SMALL
    ),
    drop_calls: broken(SOFTMAX_ROWS, "db2 = delta2.sum(axis=0)", "db2 = np.abs(delta2.sum(axis=0))"),
    shift_integers: own(FUNCTIONS, "act_slope(w * x) * x", "act_slope(w * x) * x ** 2", SMALL),
    shift_indices: own(RECURRENT, "np.outer(dz, hs[t - 1])", "np.outer(dz, hs[t])", TWO),
    flip_comparisons: broken(RELU_BINARY, "(z > 0)", "(z < 0)"),
    normalised_products: specimen("constant-batch-statistics"),
    add_repeated: specimen("repeated-index-lost"),
    exchange: specimen("swapped-scale-and-shift"),
    turn_round: specimen("unflipped-kernel"),
    turn_back: broken(RELU_BINARY, "dW1 = X.T @ d1", "dW1 = X[::-1].T @ d1"),
    widen_loops: specimen("border-ignored"),
    widen_slices: own(WINDOWS, "return np.array([d @ x[:6]", "return np.array([d[1:] @ x[1:6]", SMALL),
    shift_slices: own(WINDOWS, "d @ x[1:7], d", "d @ x[2:8], d", SMALL),
    carry_over: own(RECURRENT, "        carried = back\n", "", TWO),
    move_updates_last: specimen("weights-updated-first"),
    delete_statements: specimen("shared-weight-overwritten"),
    synthesise: broken(
        SOFTMAX_ROWS,
        "delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)",
        "delta1 = 1.0 * (1 - self.h1**2)",
    ),
}


@pytest.fixture(scope="module")
def context_of():
    """The context of a case's broken network, made once."""
    made = {}

    def make(case):
        if case.bad not in made:
            lab = Lab("net.py", case.bad, case.wiring)
            made[case.bad] = Context(lab.tracer, lab.influence, lab.wrong)
        return made[case.bad]

    return make


def test_no_operator_is_without_a_case():
    assert set(CASES) == set(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "case"), CASES.items(), ids=lambda value: getattr(value, "__name__", "")
)
def test_it_proposes_the_repair(operator, case, context_of):
    good = ast.dump(ast.parse(case.good))
    edited = [candidate.apply(case.bad) for candidate in operator(context_of(case))]
    assert any(parsed(text) == good for text in edited) or any(
        runs_right(text, case.wiring) for text in edited
    )


@pytest.mark.parametrize("case", CASES.values(), ids=[operator.__name__ for operator in CASES])
def test_the_cases_are_what_they_claim(case):
    assert is_right(case.good, case.wiring)
    assert not is_right(case.bad, case.wiring)


def runs_right(text, wiring):
    try:
        return is_right(text, wiring)
    except Exception:  # noqa: BLE001 -- an edit that cannot run is no repair, whatever it raises
        return False


def parsed(text):
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return None


BROKEN_ENOUGH = ["label-ignored", "transposed-weight-gradient", "weights-updated-first"]
LOOKED_AT = 40


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_what_an_operator_proposes_is_well_formed(operator, context_of):
    """In suspect statements only, with ordered splices inside the text, a positive cost, and of Python."""
    for name in BROKEN_ENOUGH:
        case = specimen(name)
        context = context_of(case)
        candidates = list(operator(context))
        for candidate in candidates[:: 1 + len(candidates) // LOOKED_AT]:
            assert candidate.cost > 0.0
            assert candidate.operator
            assert candidate.splices
            ordered = sorted(candidate.splices, key=lambda s: (s.start, s.end))
            assert all(a.end <= b.start for a, b in pairwise(ordered))
            assert ordered[0].start >= 0
            assert ordered[-1].end <= len(case.bad)
            assert parsed(candidate.apply(case.bad)) is not None, candidate.apply(case.bad)
            assert set(candidate.statements) <= context.suspects


def test_lines_of_the_loss_are_never_edited(context_of):
    case = specimen("label-ignored")
    context = context_of(case)
    specified = {context.source.sites[number].line for number in context.influence.specification}
    assert specified
    rows = case.bad.splitlines()
    for operator in OPERATORS:
        for candidate in operator(context):
            edited = candidate.apply(case.bad).splitlines()
            assert {rows[line - 1] for line in specified} <= set(edited)
