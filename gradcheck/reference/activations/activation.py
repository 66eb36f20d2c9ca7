"""What an activation is: h = f(z), and beside it the pullback dz = dL/dz from dh = dL/dh."""

from __future__ import annotations

import abc

from gradcheck.reference.arrays import Array


class Activation(abc.ABC):
    """A function h = f(z) without parameters, applied to the last axis of z."""

    __slots__ = ()

    @abc.abstractmethod
    def forward(self, z: Array) -> Array:
        """The output h = f(z), of z's shape and type."""

    @abc.abstractmethod
    def backward(self, z: Array, dh: Array) -> Array:
        """The pullback: dL/dz from dL/dh, of a forward pass at z."""


class Elementwise(Activation):
    """An activation whose entry h_j depends on z_j alone."""

    __slots__ = ()

    @abc.abstractmethod
    def slope(self, z: Array) -> Array:
        """The slope f'(z), entry by entry; at a kink, the value that the class says."""

    def backward(self, z: Array, dh: Array) -> Array:
        """The pullback dz = dh * f'(z)."""
        dz: Array = dh * self.slope(z)
        return dz
