"""Faults of the forward pass and of the loss in networks of other styles than those of the catalogue."""

import pytest
from catalogued import diagnosed

from gradcheck.diagnosis.subject import any_wrong
from tests.quality.styles.own import OWN

NETWORKS = {style.network.name: style.network for style in OWN}
SOFTMAX = "e / e.sum(axis=1, keepdims=True)"
INTEGERS = "    d3 = T.copy()\n    d3[...] = (p - T)\n    d3 = d3 / n"
MENDED = {
    "GC144": [("leaky_tuple", [(SOFTMAX, "e / e.sum(axis=0, keepdims=True)")])],
    "GC145": [("leaky_tuple", [(SOFTMAX, "e / e.sum()")])],
    "GC147": [("leaky_tuple", [(SOFTMAX, "e")])],
    "GC123": [
        ("leaky_tuple", [("np.sum(T * np.log(p))", "np.sum(T * np.log(p) + (1 - T) * np.log(1 - p))")])
    ],
    "GC504": [("leaky_tuple", [("np.log(p)", "np.log(np.clip(p, 0.4, 1))")])],
    "GC150": [
        ("leaky_tuple", [("z3 = a2 @ W3", "z3 = a1 @ W3")]),
        ("logistic_columns", [('z3 = np.dot(p["w3"], a2)', 'z3 = np.dot(p["w3"], a1)')]),
    ],
    "GC149": [
        ("leaky_tuple", [("X = rng.normal(0, 1, (n, 4))", "X = rng.normal(0, 1, (4, n)).reshape(n, 4)")]),
    ],
    "GC505": [("leaky_tuple", [("    squares", "    p = p.astype('float32')\n    squares")])],
    "GC522": [
        ("leaky_tuple", [("np.eye(3)[np", "np.eye(3, dtype=int)[np"), ("    d3 = (p - T) / n", INTEGERS)]),
    ],
}
ADVISED = {
    "GC142": [
        ("leaky_tuple", [("a1 = leaky(z1)", "a1 = z1"), (" * leaky_slope(z1)", "")]),
        ("logistic_columns", [("a2 = np.tanh(z2)", "a2 = z2"), (" * (1 - np.power(a2, 2))", "")]),
        (
            "sigmoid_attributes",
            [
                ("self.hid = sigmoid(self.s_hid)", "self.hid = self.s_hid"),
                ("back * self.hid * (1 - self.hid)", "back"),
            ],
        ),
        (
            "relu_combined",
            [
                ('np.maximum(0, X.dot(model["W1"]) + model["b1"])', 'X.dot(model["W1"]) + model["b1"]'),
                ("dhidden = dhidden * (hidden > 0)", "dhidden = dhidden * 1.0"),
            ],
        ),
    ],
    "GC122": [("leaky_tuple", [("/ X.shape[0] + 0.5", " + 0.5"), ("d3 = (p - T) / n", "d3 = p - T")])],
    "GC507": [
        (
            "sigmoid_attributes",
            [("self.hid = sigmoid(self.s_hid)", "self.hid = sigmoid(self.s_hid + np.random.randn(5))")],
        ),
    ],
}
QUICK = {"GC123", "GC147", "GC142"}


def cases(table):
    """One default row for each quick code, the others in the slow run."""
    return [
        pytest.param(
            code, *row, id=f"{code}-{row[0]}", marks=() if code in QUICK and not place else pytest.mark.slow
        )
        for code, rows in table.items()
        for place, row in enumerate(rows)
    ]


def found(name, changes):
    """The first finding in a broken network, the lines that were broken, and what repair made of it."""
    network = NETWORKS[name]
    source = network.source
    for old, new in changes:
        assert source.count(old) == 1
        source = source.replace(old, new)
    right = network.source.split("\n")
    broken = {number for number, line in enumerate(source.split("\n"), 1) if line not in right}
    findings, text, checks = diagnosed(source, network.wiring)
    return findings, broken, text != source, checks


@pytest.mark.parametrize(("code", "name", "changes"), cases(MENDED))
def test_a_fault_is_named_alone_on_its_line_and_mended(code, name, changes):
    findings, broken, mended, checks = found(name, changes)
    assert [finding.code for finding in findings] == [code]
    assert set(findings[0].lines) & broken
    assert findings[0].fix is not None
    assert mended
    assert checks
    assert not any(any_wrong(check) for check in checks)


@pytest.mark.parametrize(("code", "name", "changes"), cases(ADVISED))
def test_a_fault_is_named_alone_on_its_line_with_advice(code, name, changes):
    findings, broken, mended, _ = found(name, changes)
    assert [finding.code for finding in findings] == [code]
    assert set(findings[0].lines) & broken
    assert findings[0].advice
    assert not mended
