"""Relations of deltas that involve act'(z): a factor too few, one too many, another activation's, another layer's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.repair.relations.activations import KNOWN, Activated
from gradcheck.repair.relations.arrays import Array, near, quotient, spanned
from gradcheck.repair.relations.ground import Ground

DEGREE = 3


def by_slope(old: Array, new: Array, ground: Ground) -> str:
    """The first of these that holds for an activation h = act(z) of the forward pass, with d = act'(z).

    - "missing-derivative": new = old d
    - "extra-derivative": old = new d
    - "derivative-at-activation": old act'(z) = new act'(h)
    - "activation-for-derivative": old d = new h, or new (1 - h)
    - "other-derivative": old d = new d', the derivative of another function at the same place
    - "other-layer": old d = new d', the derivative at another layer's values
    - "derivative-elsewhere": the same, at an array that no activation was applied to
    - "other-slope": old d = new s, with a polynomial s of h that is the derivative of nothing known
    """
    pairs = [pair for pair in ground.activated(old.shape) if not _constant(pair.slope)]
    for name, wrong in (
        ("missing-derivative", lambda _: [np.ones_like(old)]),
        ("extra-derivative", lambda pair: [pair.slope**2]),
        ("derivative-at-activation", lambda pair: [pair.act.slope(pair.h)]),
        ("activation-for-derivative", lambda pair: [pair.h, 1.0 - pair.h]),
        ("other-derivative", lambda pair: list(_slopes_of(pair.z, pair.h))),
        (
            "other-layer",
            lambda pair: [s for other in _others(pair, pairs) for s in _slopes_of(other.z, other.h)],
        ),
        ("derivative-elsewhere", lambda _: [s for a in ground.arrays(old.shape) for s in _slopes_at(a)]),
    ):
        for pair in pairs:
            if any(near(old * pair.slope, new * slope) for slope in wrong(pair)):
                return name
    return "other-slope" if any(_is_polynomial(old, new, pair) for pair in pairs) else ""


def _is_polynomial(old: Array, new: Array, pair: Activated) -> bool:
    """Whether the factor used in the derivative's place is a polynomial of the activations."""
    used = quotient(old * pair.slope, new)
    if used is None:
        return False
    powers = [pair.h**degree for degree in range(DEGREE + 1)]
    return used.size > 2 * len(powers) and spanned(used, powers) is not None


def _others(pair: Activated, pairs: list[Activated]) -> list[Activated]:
    return [other for other in pairs if not near(other.z, pair.z) and not near(other.z, pair.h)]


def _slopes_of(z: Array, h: Array) -> Iterator[Array]:
    """The derivatives of every known activation, from the values before it and from those after it."""
    for act in KNOWN:
        with np.errstate(over="ignore"):
            yield act.slope(z)
            yield act.slope(h)
    yield from _slopes_at(h)


def _slopes_at(h: Array) -> Iterator[Array]:
    """The derivatives that are written in terms of h: of tanh and of sigmoid."""
    yield 1.0 - h**2
    yield h * (1.0 - h)


def _constant(a: Array) -> bool:
    return float(np.ptp(a)) == 0.0
