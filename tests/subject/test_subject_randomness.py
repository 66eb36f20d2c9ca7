"""Random numbers are replayed, whoever draws them."""

import copy
import random
import types

import numpy as np
import pytest

from gradcheck.subject.randomness import Randomness, seed_everything

OWN = {
    "a Generator": lambda: np.random.default_rng(1),
    "a RandomState": lambda: np.random.RandomState(1),
    "a random.Random": lambda: random.Random(1),  # noqa: S311 -- no secret is made
}


@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
@pytest.mark.parametrize(
    "hide",
    [
        lambda g: {"rng": g},
        lambda g: {"net": types.SimpleNamespace(layers=[{"drop": g}])},
        lambda g: {"pair": (1, [g])},
    ],
    ids=["global", "deep inside a network", "in a tuple"],
)
def test_a_generator_is_found_and_put_back(make, hide):
    generator = make()
    state = Randomness([hide(generator)])
    assert not state.moved()
    first = [generator.random() for _ in range(3)]
    assert state.moved()
    state.restore()
    assert not state.moved()
    assert [generator.random() for _ in range(3)] == first


@pytest.mark.parametrize(
    "draw",
    [random.random, np.random.rand, lambda: np.random.permutation(9).tolist()],  # noqa: NPY002 -- as user code does
    ids=["random", "numpy", "permutation"],
)
def test_the_generators_that_belong_to_nobody(draw):
    seed_everything(3)
    state = Randomness([])
    first = draw()
    assert state.moved()
    state.restore()
    assert draw() == first


def test_a_normal_draw_that_is_kept_for_later_is_replayed_too():
    """The legacy generator makes normals in pairs and keeps the second; so does the standard library's."""
    seed_everything(0)
    state = Randomness([])
    first = [(np.random.randn(), random.gauss(0, 1)) for _ in range(3)]  # noqa: NPY002 -- as user code does
    state.restore()
    assert [(np.random.randn(), random.gauss(0, 1)) for _ in range(3)] == first  # noqa: NPY002 -- as above


@pytest.mark.parametrize("seed", [0, 7, 2**32 + 7, 2**40])
def test_seeding_repeats_itself(seed):
    drawn = []
    for _ in range(2):
        seed_everything(seed)
        drawn.append((np.random.rand(), random.random()))  # noqa: NPY002, S311 -- as user code does
    assert drawn[0] == drawn[1]


def test_a_deep_copy_belongs_to_the_copied_generators():
    scope = {"rng": np.random.default_rng(5)}
    kept = (scope, Randomness([scope]))
    copied, state = copy.deepcopy(kept)
    expected = copied["rng"].random()
    scope["rng"].random()
    state.restore()
    assert copied["rng"].random() == expected
    assert scope["rng"].random() != expected


def test_things_that_refer_to_themselves_are_no_trap():
    net = types.SimpleNamespace(rng=np.random.default_rng(0))
    net.me, net.all = net, [net]
    state = Randomness([{"net": net}])
    first = net.rng.random()
    state.restore()
    assert net.rng.random() == first
