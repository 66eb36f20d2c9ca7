"""Scalar functions drawn at random, with their one-sided derivatives known to extended precision.

A function is an expression tree. It is evaluated in float64 or float32 for the code under test, and on `Slope` numbers,
a value with its slopes to both sides in long double, for the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from gradcheck.numerics import numerical_gradient

Real = np.longdouble


@dataclass(frozen=True)
class Slope:
    """A value with its derivative to the left and to the right, by the chain rule."""

    value: Real
    left: Real
    right: Real

    def mapped(self, value: Real, factor: Real) -> Slope:
        return Slope(value, factor * self.left, factor * self.right)

    def __add__(self, other: Slope) -> Slope:
        return Slope(self.value + other.value, self.left + other.left, self.right + other.right)

    def __mul__(self, other: Slope) -> Slope:
        return Slope(
            self.value * other.value,
            self.left * other.value + self.value * other.left,
            self.right * other.value + self.value * other.right,
        )

    def pointed(self) -> Slope:
        """|u|, whose slopes at u = 0 lead away from zero on both sides."""
        if self.value != 0:
            sign = np.sign(self.value)
            return self.mapped(abs(self.value), sign)
        return Slope(Real(0), -abs(self.left), abs(self.right))


@dataclass(frozen=True)
class Node:
    """One operation: how arrays or floats compute it, and how slopes do."""

    name: str
    compute: Callable[..., object]
    slope: Callable[..., Slope]


def _unary(name, function, derivative):
    return Node(name, function, lambda u: u.mapped(function(u.value), derivative(u.value)))


SMOOTH = (
    _unary("sin", np.sin, np.cos),
    _unary("tanh", np.tanh, lambda u: 1 / np.cosh(u) ** 2),
    _unary("exp(u/4)", lambda u: np.exp(u / 4), lambda u: np.exp(u / 4) / 4),
    _unary("log1p(u^2)", lambda u: np.log1p(u * u), lambda u: 2 * u / (1 + u * u)),
    _unary("sqrt(1+u^2)", lambda u: np.sqrt(1 + u * u), lambda u: u / np.sqrt(1 + u * u)),
    _unary("1/(1+u^2)", lambda u: 1 / (1 + u * u), lambda u: -2 * u / (1 + u * u) ** 2),
    _unary("u^2", lambda u: u * u, lambda u: 2 * u),
)
POINTED = (
    Node("abs", np.abs, Slope.pointed),
    Node("relu", lambda u: (u + np.abs(u)) / 2, lambda u: _scaled(u + u.pointed(), 0.5)),
)
PAIRS = (
    Node("add", lambda u, v: u + v, lambda u, v: u + v),
    Node("mul", lambda u, v: u * v, lambda u, v: u * v),
)


def _scaled(u: Slope, factor: float) -> Slope:
    return u.mapped(u.value * Real(factor), Real(factor))


Tree = tuple  # ("x",) | ("affine", a, b, tree) | (Node, tree) | (Node, tree, tree)


def compute(tree: Tree, t, kind: type):
    head = tree[0]
    if head == "x":
        return t
    if head == "affine":
        return kind(tree[1]) * compute(tree[3], t, kind) + kind(tree[2])
    return head.compute(*(compute(branch, t, kind) for branch in tree[1:]))


def slope(tree: Tree, t: Slope, kind: type) -> Slope:
    head = tree[0]
    if head == "x":
        return t
    if head == "affine":
        u = slope(tree[3], t, kind)
        factor, shift = Real(kind(tree[1])), Real(kind(tree[2]))
        return u.mapped(factor * u.value + shift, factor)
    return head.slope(*(slope(branch, t, kind) for branch in tree[1:]))


def show(tree: Tree) -> str:
    head = tree[0]
    if head == "x":
        return "t"
    if head == "affine":
        return f"({tree[1]:g}*{show(tree[3])}+{tree[2]:g})"
    return f"{head.name}({', '.join(map(show, tree[1:]))})"


@dataclass(frozen=True)
class Drawn:
    """f(x) = height * tree((x - origin) / width) + offset, at x.

    Attributes:
        left: the true slope from the left.
        right: the true slope from the right.
    """

    tree: Tree
    width: float
    origin: float
    height: float
    offset: float
    kind: type
    x: float

    def __call__(self, x: float) -> float:
        kind = self.kind
        t = (kind(x) - kind(self.origin)) / kind(self.width)
        return kind(self.height) * compute(self.tree, t, kind) + kind(self.offset)

    def _truth(self) -> Slope:
        width = Real(self.kind(self.width))
        t = (Real(self.x) - Real(self.kind(self.origin))) / width
        u = slope(self.tree, Slope(t, 1 / width, 1 / width), self.kind)
        return _scaled(u, float(self.kind(self.height)))

    @property
    def left(self) -> float:
        return float(self._truth().left)

    @property
    def right(self) -> float:
        return float(self._truth().right)

    def __repr__(self) -> str:
        return (
            f"{self.height:g} * {show(self.tree)} + {self.offset:g}, t = (x - {self.origin:g}) / {self.width:g}, "
            f"x = {self.x!r}, {self.kind.__name__}"
        )


def trees(pointed: bool) -> st.SearchStrategy[Tree]:
    nodes = st.sampled_from(SMOOTH + POINTED * 2 if pointed else SMOOTH)
    shift = st.one_of(st.just(0.0), st.floats(-2, 2).map(lambda v: round(v, 3)))
    factor = st.floats(0.25, 3).map(lambda v: round(v, 3)) | st.floats(-3, -0.25).map(lambda v: round(v, 3))

    def grow(children):
        inner = st.tuples(st.just("affine"), factor, shift, children)
        return st.one_of(
            st.tuples(nodes, inner),
            st.tuples(st.sampled_from(PAIRS), st.tuples(nodes, inner), children),
            inner,
        )

    return st.recursive(st.just(("x",)), grow, max_leaves=4)


@st.composite
def functions(draw, *, pointed: bool = True, scales: bool = True, single: bool = True) -> Drawn:
    tree = draw(trees(pointed))
    decades = st.integers(-10, 10) if scales else st.just(0)
    kind = np.float32 if single and draw(st.integers(0, 7)) == 0 else np.float64
    width, height = 10.0 ** draw(decades), 10.0 ** draw(decades)
    if kind is np.float32:
        width = 1.0
    offset = height * draw(st.sampled_from([0.0, 0.0, 1.0, 1e4, 1e8]))
    # At x = 0 nothing tells how small f's scale is; there it is kept within what a search for it covers.
    away = st.floats(0.01, 2).map(lambda v: round(v, 6))
    t = draw(st.one_of(away, away.map(lambda v: -v), st.floats(-1e-3, 1e-3)))
    if 1e-4 <= width <= 1e4:
        t = draw(st.sampled_from([t, 0.0]))
    origin = 0.0 if draw(st.booleans()) else round(draw(st.floats(-2, 2)), 2) * width
    if abs(origin + t * width) < 0.01 * width < 1e-6:
        t = 0.5
    x = float(kind(origin + t * width))
    return Drawn(tree, width, origin, height, offset, kind, x)


@dataclass
class Sweep:
    """How the bar did over many functions.

    Attributes:
        tried: functions measured.
        wide: of them, those whose bar is more than a thousandth of the slope.
        missed: what does not hold, one line each.
    """

    tried: int = 0
    wide: int = 0
    missed: list[str] = field(default_factory=list)

    def measure(self, drawn: Drawn) -> None:
        with np.errstate(all="ignore"):
            if not np.isfinite(float(drawn(drawn.x))):
                return
        measured = numerical_gradient(drawn, drawn.x, method="central")
        value, bar = float(measured.values["x"]), float(measured.bars["x"])
        low, high = sorted((drawn.left, drawn.right))
        self.tried += 1
        self.wide += not bar <= 1e-3 * max(abs(low), abs(high), 1e-300)
        # An infinite bar says that nothing can be said; it is wide, and not a miss.
        if np.isfinite(bar) and not value - bar <= low <= high <= value + bar:
            self.missed.append(f"{drawn!r}: {value!r} +- {bar:.2e}, truth {low!r} .. {high!r}")


def sweep(number: int, count: int) -> Sweep:
    """Measure `count` functions drawn with a seed."""
    result = Sweep()

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(functions())
    def measure(drawn: Drawn) -> None:
        result.measure(drawn)

    measure()
    return result
