"""Updates, optimisers and copies in other styles than the specimens': each fault is seen, its repaired form is not."""

from textwrap import indent

import pytest
from labs import lab_of

from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.copies import copy_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.rates import rate_audit
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.updates import update_watch
from gradcheck.subject.wiring import Grads

PLAIN = """\
import numpy as np

rng = np.random.default_rng(0)
P = {"w": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
LR = 0.1
NONE = 0.0


def forward(x):
    return x @ P["w"] + P["b"]


def cost(x, y):
    return 0.5 * np.mean(np.sum((forward(x) - y) ** 2, axis=1))


def slopes(x, y):
    d = (forward(x) - y) / len(x)
    return {"w": x.T @ d, "b": d.sum(axis=0)}


def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])

"""
LAYER = """\
import numpy as np


class Net:
    def __init__(self):
        rng = np.random.default_rng(0)
        self.w, self.b = rng.normal(size=(3, 2)), rng.normal(size=2)
        self.dw, self.db = np.zeros((3, 2)), np.zeros(2)
        self.weights = WEIGHTS

    def forward(self, x):
        self.out = x @ self.w + self.b
        return self.out

    def cost(self, x, y):
        return 0.5 * np.mean(np.sum((self.forward(x) - y) ** 2, axis=1))

    def slopes(self, x, y):
        self.forward(x)
BODY

TRAIN

def make():
    r = np.random.default_rng(1)
    x = r.normal(size=(8, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], x[:, 2]])
"""
SET = """\
d = (self.out - y) / len(x)
self.dw, self.db = x.T @ d, d.sum(axis=0)
return {"w": self.dw, "b": self.db}
"""
FIT = """\
def fit(self, x, y, lr=0.1):
    for _ in range(20):
        self.slopes(x, y)
        for w, g in zip(self.weights, [self.dw, self.db]):
            w -= lr * g
"""


def plain(train, call="train(x, y)"):
    return lab_of(
        PLAIN + "\n" + train,
        setup="x, y = make()",
        loss="cost(x, y)",
        params={"w": "P['w']", "b": "P['b']"},
        grads=Grads("g = slopes(x, y)", {"w": "g['w']", "b": "g['b']"}),
        train=call,
    )


def layer(body=SET, train=FIT, weights="[self.w, self.b]"):
    text = LAYER.replace("WEIGHTS", weights)
    text = text.replace("BODY", indent(body, " " * 8)).replace("TRAIN", indent(train, " " * 4))
    return lab_of(
        text,
        setup="x, y = make(); net = Net()",
        loss="net.cost(x, y)",
        params={"w": "net.w", "b": "net.b"},
        grads=Grads("g = net.slopes(x, y)", {"w": "g['w']", "b": "g['b']"}),
        train="net.fit(x, y)",
    )


def kinds(observation):
    return {kind for kind, found in observation.facts.items() if found and kind != "replayed"}


def loop(statement, before="g = slopes(x, y)"):
    inner = indent(f"{before}\nfor k in P:\n" + indent(statement, "    "), " " * 8)
    return f"def train(x, y):\n    for _ in range(20):\n{inner}\n"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("P[k] = P[k] - LR * g[k]", None),
        ("P[k] -= LR * g[k]", None),
        ("P[k] = P[k] + LR * g[k]", "ascending"),
        ("P[k] += LR * g[k]", "ascending"),
        ("P[k] -= NONE * g[k]", "zero_rate"),
        ("P[k] = P[k] - NONE * g[k]", "zero_rate"),
        ("new = P[k] - LR * g[k]", "discarded"),
        ("p = P[k]\np = p - LR * g[k]", "rebound"),
        ("P[k] = -LR * g[k]", "replaced"),
        ("P[k] =- LR * g[k]", "replaced"),
    ],
)
def test_an_update_of_a_dict_is_told(statement, kind):
    found = update_watch(plain(loop(statement)))
    assert kinds(found) == ({kind} if kind else set())
    if kind:
        lines = (PLAIN + "\n" + loop(statement)).split("\n")
        last = statement.split("\n")[-1]
        assert last in [lines[n - 1].strip() for n in found.facts[kind][0]["lines"]]


def test_a_function_that_rebinds_its_argument_is_told():
    step = "def step(w, g):\n    w = w - LR * g\n\n\n"
    assert kinds(update_watch(plain(step + loop("step(P[k], g[k])")))) == {"rebound"}
    assert kinds(update_watch(plain(step.replace("w = w -", "w -=") + loop("step(P[k], g[k])")))) == set()


def test_gradients_taken_after_an_update_are_told():
    late = "P['w'] -= LR * slopes(x, y)['w']\nP['b'] -= LR * slopes(x, y)['b']\n"
    early = "g = slopes(x, y)\nP['w'] -= LR * g['w']\nP['b'] -= LR * g['b']\n"
    for body, expected in ((late, {"sequential"}), (early, set())):
        train = "def train(x, y):\n    for _ in range(20):\n" + indent(body, " " * 8)
        assert kinds(update_watch(plain(train))) == expected


def test_sums_that_nothing_clears_are_told():
    add = "d = (self.out - y) / len(x)\nself.dw += x.T @ d\nself.db += d.sum(axis=0)\n"
    done = 'return {"w": self.dw, "b": self.db}\n'
    assert kinds(update_watch(layer(add + done))) == {"uncleared"}
    assert kinds(update_watch(layer("self.dw[:] = 0\nself.db[:] = 0\n" + add + done))) == set()
    elsewhere = FIT.replace("self.slopes(x, y)", "self.dw[:] = 0; self.db[:] = 0\n        self.slopes(x, y)")
    assert kinds(update_watch(layer(add + done, elsewhere))) == set()


def test_a_list_of_weights_without_one_is_told():
    found = update_watch(layer(weights="[self.w]"))
    assert kinds(found) == {"unregistered"}
    assert found.facts["unregistered"][0]["parameters"] == ["b"]
    assert kinds(update_watch(layer())) == set()


def test_a_rate_is_changed_where_training_gets_nowhere():
    high, low, right = (
        rate_audit(
            plain(
                loop(f"P[k] = P[k] - {name} * g[k]")
                .replace("LR", "rate")
                .replace("def train(x, y)", f"def train(x, y, rate={rate})")
            )
        ).facts["rates"]
        for name, rate in (("LR", 30.0), ("LR", 1e-4), ("LR", 0.1))
    )
    assert [fact["kind"] for fact in high] == ["high"]
    assert [fact["kind"] for fact in low] == ["low"]
    assert right == []


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("self.v[i] = self.mu * self.v[i] + g\n            w -= self.lr * self.v[i]", None),
        ("self.v[i] = g\n            w -= self.lr * self.v[i]", "overwritten"),
        ("v = self.v[i]\n            v = self.mu * v + g\n            w -= self.lr * v", "idle"),
        ("self.v[i % 2] = self.mu * self.v[i % 2] + g\n            w -= self.lr * self.v[i % 2]", "shared"),
        ("v = self.v[i]\n            v *= self.mu\n            v += g\n            w -= self.lr * v", None),
    ],
)
def test_momentum_over_a_list_is_replayed(method, fault):
    text = f"""class Momentum:
    def __init__(self, lr, mu=0.9):
        self.lr, self.mu, self.v = lr, mu, None

    def update(self, ws, gs):
        if self.v is None:
            self.v = [0 * w for w in ws]
        for i, (w, g) in enumerate(zip(ws, gs)):
            {method}
"""
    found = optimiser_replay(plain(text)).facts["faulty"]
    assert [fact["fault"] for fact in found] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("count", "root", "fault"),
    [
        ("self.t += 1", "np.sqrt(v) + 1e-8", None),
        ("pass", "np.sqrt(v) + 1e-8", "uncorrected"),
        ("self.t += 1", "(v + 1e-8) ** 0.5", "epsilon"),
    ],
)
def test_adam_over_a_dict_is_replayed(count, root, fault):
    corrected = count != "pass"
    text = f"""class Adam:
    def __init__(self, lr, b1=0.8, b2=0.95):
        self.lr, self.b1, self.b2, self.t, self.m, self.s = lr, b1, b2, 0, {{}}, {{}}

    def step(self, ps, gs):
        {count}
        for k in ps:
            self.m[k] = self.b1 * self.m.get(k, 0) + (1 - self.b1) * gs[k]
            self.s[k] = self.b2 * self.s.get(k, 0) + (1 - self.b2) * gs[k] ** 2
            m = self.m[k]{" / (1 - self.b1 ** self.t)" if corrected else ""}
            v = self.s[k]{" / (1 - self.b2 ** self.t)" if corrected else ""}
            ps[k] -= self.lr * m / ({root})
"""
    found = optimiser_replay(plain(text)).facts["faulty"]
    assert [fact["fault"] for fact in found] == ([fault] if fault else [])


def test_an_optimiser_made_anew_in_the_loop_is_told():
    text = """class Momentum:
    def __init__(self, lr, mu=0.9):
        self.lr, self.mu, self.v = lr, mu, {}

    def step(self, ps, gs):
        for k in ps:
            self.v[k] = self.mu * self.v.get(k, 0) + gs[k]
            ps[k] -= self.lr * self.v[k]


def train(x, y):
    OUTSIDE
    for _ in range(20):
        INSIDE
        opt.step(P, slopes(x, y))
"""
    made = "opt = Momentum(LR)"
    inside = text.replace("OUTSIDE", "pass").replace("INSIDE", made)
    outside = text.replace("OUTSIDE", made).replace("INSIDE", "pass")
    assert kinds(update_watch(plain(inside))) == {"reset"}
    assert kinds(update_watch(plain(outside))) == set()


def test_an_attribute_that_the_loss_keeps_is_not_to_be_overwritten():
    alias = SET.replace("d = (self.out - y) / len(x)", "d = self.out\nd -= y\nd /= len(x)")
    (first, second) = alias_audit(layer(alias)).facts["writes"]
    assert (first["other"], first["held"], second["target"]) == ("self.out", True, "d")
    assert alias_audit(layer()).facts["writes"] == []


def test_data_that_a_forward_pass_shifts_is_told_unless_it_is_copied():
    shifted = PLAIN.replace('    return x @ P["w"]', '    x -= x.mean(axis=0)\n    return x @ P["w"]')
    copied = shifted.replace("    x -= x", "    x = x.copy()\n    x -= x")
    for text, expected in ((shifted, ["x"]), (copied, [])):
        lab = lab_of(
            text,
            setup="x, y = make(); x = x + 1",
            loss="cost(x, y)",
            params={"w": "P['w']", "b": "P['b']"},
            grads=Grads("g = slopes(x, y)", {"w": "g['w']", "b": "g['b']"}),
        )
        assert [fact["data"] for fact in overwrite_audit(lab).facts["inputs"]] == expected


def test_a_gradient_built_in_a_parameter_is_told():
    decayed = (
        "d = (self.out - y) / len(x)\ndw = self.w\ndw *= 0.1\ndw += x.T @ d\n"
        'return {"w": dw, "b": d.sum(axis=0)}\n'
    )
    (fact,) = overwrite_audit(layer(decayed)).facts["parameters"]
    assert (fact["parameters"], fact["text"]) == (["w"], "self.w")
    assert (
        overwrite_audit(layer(decayed.replace("dw = self.w", "dw = self.w.copy()"))).facts["parameters"] == []
    )


@pytest.mark.parametrize(
    ("kept", "shallow"),
    [
        ("list(self.weights)", True),
        ("self.weights[:]", True),
        ("[*self.weights]", True),
        ("[w for w in self.weights]", True),
        ("[w.copy() for w in self.weights]", False),
    ],
)
def test_a_list_of_weights_is_copied_deeply_or_not(kept, shallow):
    more = f"\ndef cautious(self, x, y):\n    saved = {kept}\n    self.fit(x, y)\n    self.weights = saved\n"
    found = copy_audit(layer(train=FIT + more)).facts["shallow"]
    assert [fact["parameters"] for fact in found] == ([["w", "b"]] if shallow else [])
