"""Generators that the code leaves unseeded start from the standard library's own, which gradcheck seeds.

So `np.random.default_rng()`, `RandomState()`, `np.random.seed()`, `SeedSequence()` and `random.Random()` give
the same numbers in every run, and again after each replay of the global state. Seeds from the clock stay.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np


def replace_entropy() -> None:
    """Take the operating system's entropy away from numpy's and the standard library's generators.

    numpy draws it in one place: `SeedSequence(None)` calls the `randbits` that its module has from `secrets`.
    """
    numpy_module: Any = np.random.bit_generator
    numpy_module.randbits = random.getrandbits
    original = random.Random.seed

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        original(self, random.getrandbits(128) if a is None else a, version)

    random.Random.seed = seed  # type: ignore[method-assign]  # for instances yet to come
    # The module's own functions are methods of one hidden instance, bound at import.
    random.seed = seed.__get__(random._inst)  # noqa: SLF001 -- as said
