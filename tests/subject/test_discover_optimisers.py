"""Gradients that are visible only through an optimiser: what it made of them is taken back, faults are not."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from discovered import NETWORKS, worst_disagreement

from gradcheck.reference.optimizers import adam, momentum, nesterov, replay, rmsprop, sgd
from gradcheck.subject import discover_wiring, resolve_target
from gradcheck.subject.discover.optimiser import Replayed, gains, is_normalised

FAULTS = {
    "steps_velocity.py": ("back.sum(axis=0, keepdims=True)", "0.5 * back.sum(axis=0, keepdims=True)"),
    "steps_lookahead.py": (
        "np.mean(self.prob(x) - t, keepdims=True)",
        "np.sum(self.prob(x) - t, keepdims=True)",
    ),
    "steps_adam.py": ("d[np.arange(len(y)), y] -= 1", "d[np.arange(len(y)), y] -= 0.5"),
    "steps_rmsprop.py": ("e = xs @ M + k - ts", "e = xs @ M - k - ts"),
    "steps_adamw.py": ("d[np.arange(len(y)), y] -= 1", "d[np.arange(len(y)), y] -= 0.5"),
    "steps_decoupled.py": ("b -= eta * delta.sum(axis=0)", "b -= eta * delta.mean(axis=0)"),
}
NAMES = {
    "steps_velocity.py": "with momentum of 0.9, as a running mean",
    "steps_lookahead.py": "with Nesterov's momentum of 0.8",
    "steps_adam.py": "one step of Adam",
    "steps_rmsprop.py": "one step of RMSprop",
    "steps_adamw.py": "one step of Adam",
    "steps_decoupled.py": "plain descent, with weights decayed by 0.01 apart from it",
}


@pytest.mark.parametrize("name", NAMES)
def test_an_optimiser_is_named_and_the_gradient_behind_it_is_right(name):
    wiring = discover_wiring(resolve_target(NETWORKS / name))
    assert NAMES[name] in wiring.understood[0]
    assert worst_disagreement(NETWORKS / name, wiring) < 1e-6


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_gradient_shows_through_the_optimiser(tmp_path, name):
    source = (NETWORKS / name).read_text()
    assert FAULTS[name][0] in source
    path = tmp_path / name
    path.write_text(source.replace(*FAULTS[name]))
    assert worst_disagreement(path, discover_wiring(resolve_target(path))) > 1e-2


def steps_of(optimizer):
    gradient = np.array([0.5, -2.0, 0.03])
    path = [np.zeros(3), *replay(optimizer, np.zeros(3), [gradient] * 4)]
    updates = [before - after for before, after in pairwise(path)]
    elsewhere = -replay(optimizer, np.zeros(3), [np.array([-0.7, 1.0, 0.2])])[0]
    return Replayed({"w": updates}, elsewhere, {})


def test_plain_descent_has_no_gain():
    assert gains(steps_of(partial(sgd, rate=0.1))) == []


@pytest.mark.parametrize("mu", [0.5, 0.9, 0.99])
def test_the_two_kinds_of_momentum_are_told_apart(mu):
    assert [gain.text for gain in gains(steps_of(partial(momentum, rate=0.1, mu=mu)))] == [
        "",
        f"(1 - {mu!r})",
    ]
    assert [gain.text for gain in gains(steps_of(partial(nesterov, rate=0.1, mu=mu)))] == [f"(1 + {mu!r})"]


def test_steps_of_one_length_are_normalised_and_others_are_not():
    assert is_normalised(steps_of(partial(adam, rate=0.1)))
    assert is_normalised(steps_of(partial(rmsprop, rate=0.1)))
    assert not is_normalised(steps_of(partial(momentum, rate=0.1)))


def test_entries_that_happen_to_be_alike_are_no_normalised_steps():
    alike = [np.full(3, 0.2)] * 4
    assert not is_normalised(Replayed({"w": alike}, np.full(3, 0.3), {}))
    assert is_normalised(Replayed({"w": alike}, np.full(3, -0.2), {}))
