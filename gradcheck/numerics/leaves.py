"""One parameter: its name, its shape, and its slice of the vector that holds the numbers of all."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError

Vector: TypeAlias = NDArray[np.float64]


class Form(enum.Enum):
    """What a parameter was before it became a slice of the vector, so that it can be given back the same."""

    ARRAY = "array"
    NUMBER = "number"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter's place in the vector.

    Attributes:
        name: such as ``"W1"``, ``"layers[1].b"``; ``"x"`` for a single one.
        shape: its shape.
        dtype: the dtype it came with.
        form: array, plain number or nested lists.
        start: first slot in the vector.
        stop: slot after the last; a complex number takes two slots, its real and its imaginary part.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    form: Form
    start: int
    stop: int

    @property
    def is_complex(self) -> bool:
        """Whether every entry takes two slots."""
        return self.dtype.kind == "c"

    @property
    def size(self) -> int:
        """How many entries it has."""
        return (self.stop - self.start) // (2 if self.is_complex else 1)

    def cut(self, vector: NDArray[Any]) -> NDArray[Any]:
        """Its part of `vector` ``(..., n)`` as ``(..., *shape)``; real and imaginary parts joined."""
        part = vector[..., self.start : self.stop]
        if self.is_complex:
            part = part[..., 0::2] + 1j * part[..., 1::2]
        return part.reshape(vector.shape[:-1] + self.shape)

    def norm(self, vector: Vector) -> Vector:
        """Its part of real vectors ``(..., n)``; for a complex parameter the root of the squares of both real parts."""
        part = vector[..., self.start : self.stop]
        if self.is_complex:
            part = np.hypot(part[..., 0::2], part[..., 1::2])
        return part.reshape(vector.shape[:-1] + self.shape)

    def restore(self, vector: NDArray[Any]) -> Any:
        """Its part of a vector in the form it came in; always an array where there are copies on a leading axis."""
        array = self.cut(vector)
        if self.form is Form.ARRAY or vector.ndim > 1:
            return array
        return array.tolist() if self.form is Form.LIST else array[()].item()

    def first(self, vector: NDArray[Any]) -> NDArray[Any]:
        """Its part of a vector of labels; for a complex parameter those of the real parts."""
        part = vector[self.start : self.stop]
        return (part[0::2] if self.is_complex else part).reshape(self.shape)


def as_numbers(value: object, name: str, what: str = "parameter") -> tuple[NDArray[Any], Form]:
    """An array of numbers, and the form they came in.

    Raises:
        InputError: there are none, or something else; `what` and `name` say where.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError(f"{what} {name!r} cannot be read as an array: {error}") from error
    if value is None:
        raise InputError(f"{what} {name!r} is None", hint="leave it out, or give it numbers")
    if array.dtype.kind not in "fiuc":
        raise InputError(
            f"{what} {name!r} has dtype {array.dtype}, which does not hold numbers",
            hint="convert it with .astype(float)",
        )
    if array.size == 0:
        raise InputError(
            f"{what} {name!r} has shape {array.shape}, which holds no numbers at all", hint="leave it out"
        )
    if isinstance(value, np.ndarray):
        return array, Form.ARRAY
    return array, Form.LIST if isinstance(value, list | tuple) else Form.NUMBER


def real_slots(array: NDArray[Any]) -> Vector:
    """The numbers in one row as float64; of complex ones the real and the imaginary part, one after the other."""
    if array.dtype.kind == "c":
        return np.ascontiguousarray(array.astype(np.complex128)).reshape(-1).view(np.float64)
    return array.astype(np.float64).reshape(-1)


def spacing(dtype: np.dtype[Any]) -> float:
    """Relative spacing of the numbers of a dtype; that of float64 for everything exact."""
    single = dtype in (np.float16, np.float32, np.complex64)
    return float(np.finfo(dtype if single else np.float64).eps)
