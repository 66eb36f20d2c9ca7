"""Training of many styles, handed known gradients: each fault is seen, its repaired form is not."""

from textwrap import indent

import numpy as np
import pytest
from labs import lab_of
from test_experiments_updates import PLAIN, kinds, plain

from gradcheck.experiments.handed import replayed_training
from gradcheck.experiments.handing import gradient_source
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.sequences import sequential_updates
from gradcheck.experiments.updates import update_watch
from gradcheck.experiments.watched import watch_training
from gradcheck.subject.wiring import Grads

ADAM = """\
def adam(ws, gs, state, rate, b1=0.9, b2=0.99, eps=1e-8):
    state["t"] += 1
    new = {}
    for k in ws:
        state["m"][k] = b1 * state["m"][k] + (1 - b1) * gs[k]
        state["v"][k] = b2 * state["v"][k] + (1 - b2) * gs[k] ** 2
        m = state["m"][k] / (1 - b1 ** state["t"])
        v = state["v"][k] / (1 - b2 ** state["t"])
        new[k] = ws[k] - rate * m / (np.sqrt(v) + eps)
    return new


def train(x, y):
    global P
    state = {"t": 0, "m": {k: 0 * w for k, w in P.items()}, "v": {k: 0 * w for k, w in P.items()}}
    for turn in range(20):
        g = slopes(x, y)
        P = adam(P, g, state, LR / (1 + turn))
"""
INLINE = """\
def train(x, y, mu=0.8):
    vw, vb = np.zeros((3, 2)), np.zeros(2)
    for _ in range(20):
        g = slopes(x, y)
        vw = mu * vw + g["w"]
        vb = mu * vb + g["b"]
        P["w"] -= LR * vw
        P["b"] -= LR * vb
"""


def training(*body):
    return "def train(x, y):\n    for turn in range(20):\n" + indent("\n".join(body) + "\n", " " * 8)


@pytest.mark.parametrize(
    ("text", "kind", "rate"),
    [
        (ADAM, "adam", None),
        (INLINE, "momentum", 0.1),
        (INLINE.replace("-= LR", "+= LR"), "momentum", -0.1),
        (training("g = slopes(x, y)", "for k in P:", "    P[k] -= LR * g[k]"), "sgd", 0.1),
        (training("g = slopes(x, y)", "for k in P:", "    P[k] -= LR * g[k] + 0.1 * P[k]"), "", None),
    ],
    ids=["adam", "inline", "ascent", "sgd", "decayed"],
)
def test_training_is_explained_by_an_algorithm(text, kind, rate):
    replay = replayed_training(plain(text))
    assert (replay.explanation.kind, replay.unmoved, replay.replaces) == (kind, frozenset(), False)
    assert rate is None or np.isclose(replay.explanation.rate, rate)


COUNT = '    state["t"] += 1\n'
EACH = '    for k in ws:\n        state["t"] += 1\n'
ANEW = "    state.update(t=1, m=dict.fromkeys(ws, 0), v=dict.fromkeys(ws, 0))\n"


@pytest.mark.parametrize(
    ("old", "new", "fault", "line"),
    [
        ("", "", None, ""),
        (' / (1 - b1 ** state["t"])', "", "uncorrected", 'm = state["m"][k]\n'),
        ("(np.sqrt(v) + eps)", "np.sqrt(v + eps)", "epsilon", "new[k] ="),
        (COUNT, ANEW, "reset", "state.update"),
        (f"{COUNT}    new = {{}}\n    for k in ws:\n", f"    new = {{}}\n{EACH}", "count", COUNT.strip()),
    ],
    ids=["right", "uncorrected", "epsilon", "reset", "count"],
)
def test_adam_as_a_function_is_replayed(old, new, fault, line):
    text = ADAM.replace(old, new, 1)
    lab = plain(text)
    found = optimiser_replay(lab).facts["faulty"]
    assert [one["fault"] for one in found] == ([fault] if fault else [])
    number = lab.source.count("\n", 0, lab.source.index(line)) + 1
    assert all(number in one["lines"] for one in found)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([], None),
        (["mu * vw + ", "mu * vb + "], "overwritten"),
        (["mu * vw + "], None),
        (["mu * vw + ", "mu * vb + ", ", mu=0.8"], None),
    ],
    ids=["right", "overwritten", "one of two", "no momentum"],
)
def test_momentum_written_out_is_replayed(changes, fault):
    text = INLINE
    for gone in changes:
        text = text.replace(gone, "")
    found = optimiser_replay(plain(text)).facts["faulty"]
    assert [one["fault"] for one in found] == ([fault] if fault else [])


def test_a_velocity_that_no_step_changes_is_told():
    body = "v = mu * held[k] + g[k]\nheld[k] = v\nP[k] -= LR * v\n"
    head = "def train(x, y, mu=0.8):\n    held = {k: 0 * w for k, w in P.items()}\n    for _ in range(20):\n"
    for text, fault in ((body, []), (body.replace("held[k] = v\n", ""), ["idle"])):
        train = head + "        g = slopes(x, y)\n        for k in P:\n" + indent(text, " " * 12)
        assert [one["fault"] for one in optimiser_replay(plain(train)).facts["faulty"]] == fault


def test_velocities_that_parameters_share_are_told():
    square = (
        PLAIN.replace("(3, 2)", "(3, 3)").replace("size=2", "size=3").replace("x[:, 2]]", "x[:, 2], x[:, 0]]")
    )
    text = square.replace('return x @ P["w"] + P["b"]', 'return x @ P["w"] + P["b"] + P["c"]')
    text = text.replace('"b": rng.normal(size=3)}', '"b": rng.normal(size=3), "c": rng.normal(size=3)}')
    text = text.replace('"b": d.sum(axis=0)}', '"b": d.sum(axis=0), "c": d.sum(axis=0)}')
    train = """def train(x, y, mu=0.8):
    held = {KEY: 0 * w for k, w in P.items()}
    for _ in range(20):
        g = slopes(x, y)
        for k, w in P.items():
            held[KEY] = mu * held[KEY] + g[k]
            w -= LR * held[KEY]
"""
    for key, fault in (("k", []), ("w.shape", ["shared"])):
        lab = lab_of(
            text + train.replace("KEY", key),
            setup="x, y = make()",
            loss="cost(x, y)",
            params={k: f"P['{k}']" for k in "wbc"},
            grads=Grads("g = slopes(x, y)", {k: f"g['{k}']" for k in "wbc"}),
            train="train(x, y)",
        )
        found = optimiser_replay(lab).facts["faulty"]
        assert [one["fault"] for one in found] == fault
        assert all({one["first"], one["second"]} == {"b", "c"} for one in found)


def test_gradients_of_one_parameter_after_the_other_are_told():
    late = training("for k in P:", "    P[k] -= LR * slopes(x, y)[k]")
    early = training("g = slopes(x, y)", "for k in P:", "    P[k] -= LR * g[k]")
    for text, count in ((late, 1), (early, 0)):
        lab = plain(text)
        assert len(list(sequential_updates(lab, lab.once(watch_training)))) == count


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("w -= LR * g[k]", set()),
        ("w =- LR * g[k]", {"replaced"}),
        ("P[k] = -LR * g[k]", {"replaced"}),
        ("P[k] = P[k] - LR * g[k]", set()),
    ],
)
def test_a_step_in_the_place_of_a_parameter_is_told(step, expected):
    found = update_watch(plain(training("g = slopes(x, y)", "for k, w in list(P.items()):", f"    {step}")))
    assert kinds(found) == expected


def test_functions_that_leave_no_arrays_are_no_source_of_gradients():
    assert gradient_source(plain(training("g = slopes(x, y)", "P['w'] -= LR * g['w']"))) is not None
    lab = lab_of(
        PLAIN,
        setup="x, y = make()",
        loss="cost(x, y)",
        params={"w": "P['w']", "b": "P['b']"},
        grads=Grads("g = slopes(x, y)", {"w": "1.0 * g['w']", "b": "1.0 * g['b']"}),
    )
    assert gradient_source(lab) is None


def test_sums_that_training_starts_only_once_are_told():
    start, add = "total = {k: 0 * w for k, w in P.items()}", "for k in P:\n    total[k] = total[k] + g[k]"
    step = "for k in P:\n    P[k] -= LR * total[k]"
    once = f"def train(x, y):\n    {start}\n" + training("g = slopes(x, y)", add, step).partition("\n")[2]
    each = training("g = slopes(x, y)", start, add, step)
    assert kinds(update_watch(plain(once))) == {"uncleared"}
    assert kinds(update_watch(plain(each))) == set()


def test_gradients_come_from_what_computes_them_and_not_from_what_hands_them_on():
    lab = lab_of(
        PLAIN + "KEPT = {'w': np.zeros((3, 2)), 'b': np.zeros(2)}\n\n\ndef kept(held):\n    return held\n",
        setup="x, y = make(); held = KEPT",
        loss="cost(x, y)",
        params={"w": "P['w']", "b": "P['b']"},
        grads=Grads(
            "kept(held); g = slopes(x, y); held['w'][:] = g['w']; held['b'][:] = g['b']",
            {"w": "held['w']", "b": "held['b']"},
        ),
    )
    assert gradient_source(lab) is None


def test_a_velocity_that_holds_the_rate_is_explained_though_the_rate_falls():
    step = "for k in P:\n    v[k] = 0.8 * v[k] - rate * g[k]\n    P[k] += v[k]"
    head = "def train(x, y):\n    v = {k: 0 * w for k, w in P.items()}\n"
    replay = replayed_training(
        plain(head + training("rate = LR / (1 + turn)", "g = slopes(x, y)", step).partition("\n")[2])
    )
    assert (replay.explanation.kind, replay.replaces, replay.sums) == ("momentum", False, False)
