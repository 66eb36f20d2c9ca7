"""Gradients cut entry by entry, where the norm of all is weighed against the same limit, are told in any style."""

import pytest
from linear import linear, wired

from gradcheck.experiments.clipping import clipping_audit
from gradcheck.repair.candidate import apply_splices
from gradcheck.repair.mending.updating import whole_clips

TRAINING = """\
def length_of(arrays):
    return np.linalg.norm([np.linalg.norm(a) for a in arrays])


def train(x, y, top=0.5):
    for _ in range(10):
        g = slopes(x, y)
BODY
        for k in P:
            P[k] -= 0.1 * g[k]
"""
ROOT = "long = np.sqrt(sum(np.sum(a**2) for a in g.values()))\n"
FACTOR = ROOT + "factor = min(1.0, top / long)\n"


@pytest.mark.parametrize(
    ("body", "mended"),
    [
        (FACTOR + "g = {k: np.clip(a, -top, top) for k, a in g.items()}", "a * factor for k"),
        (FACTOR + "for k in g:\n    g[k] = g[k].clip(-top, top)", "g[k] = g[k] * factor"),
        (FACTOR + "for k in g:\n    np.maximum(np.minimum(g[k], top), -top, out=g[k])", ""),
        (FACTOR + "for k in g:\n    g[k] = np.maximum(np.minimum(g[k], top), -top)", "g[k] = g[k] * factor"),
        (
            "long = length_of(g.values())\nif long > top:\n    g = {k: np.clip(a, -top, top) for k, a in g.items()}",
            "a * (top / long) for k",
        ),
        (FACTOR + "g = {k: factor * a for k, a in g.items()}", None),
        ("g = {k: np.clip(a, -top, top) for k, a in g.items()}", None),
        (ROOT + "g = {k: np.clip(a, -top, top) for k, a in g.items()}", None),
        (FACTOR + "g = {k: np.clip(a, 0, top) * factor for k, a in g.items()}", None),
    ],
)
def test_entries_cut_where_the_norm_is_meant_are_told_and_mended(body, mended):
    network = linear(TRAINING, body)
    found = clipping_audit(network).facts["elementwise"]
    assert len(found) == (0 if mended is None else 1)
    for fact in found:
        assert fact["text"] in network.source.splitlines()[fact["line"] - 1]
        assert 5.0 < fact["degrees"] < 90.0
    if mended:
        (edit,) = whole_clips(network, found[0])
        after = apply_splices(network.source, edit)
        assert mended in after
        assert clipping_audit(wired(after)).facts["elementwise"] == []
