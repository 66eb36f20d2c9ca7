"""A batch: samples and their targets."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.reference.arrays import as_code


class Layout(enum.StrEnum):
    """Which axis counts the samples."""

    ROWS = "rows"
    """The first: x is (N, features), as in PyTorch and scikit-learn."""
    COLUMNS = "columns"
    """The last: x is (features, N), as in Nielsen's and Ng's notation."""

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Inputs and targets that belong together; its repr is code that makes it again.

    Attributes:
        x: the samples: (N, ...) as rows or (features, N) as columns; integers where the first layer is an
            embedding.
        y: the targets: integers (N,), or (N, K) as rows, (K, N) as columns.
        layout: which axis of x and y counts the samples.

    Raises:
        InputError: x and y do not have the same number of samples, or none.

    Example:
        >>> import numpy as np
        >>> Batch(np.array([[1.0, 2.0]]), np.array([0]))
        Batch(x=np.array([[1.0, 2.0]]), y=np.array([0]))
    """

    x: NDArray[Any]
    y: NDArray[Any]
    layout: Layout | str = Layout.ROWS

    def __post_init__(self) -> None:
        if self.x.ndim == 0 or self.y.ndim == 0 or not self.size or self.y.shape[self.axis] != self.size:
            message = f"expected as many targets as samples, and got x {self.x.shape} and y {self.y.shape}"
            raise InputError(message, hint=f"{self.layout}: samples lie along axis {self.axis}")

    @property
    def axis(self) -> int:
        """The axis of the samples: 0 or -1."""
        return -1 if Layout(self.layout) is Layout.COLUMNS else 0

    @property
    def size(self) -> int:
        """The number of samples, N."""
        return int(self.x.shape[self.axis])

    @property
    def targets(self) -> NDArray[Any]:
        """The targets with samples as rows, as a loss wants them."""
        return self.y.T if self.axis else self.y

    def take(self, samples: NDArray[Any] | list[int]) -> Batch:
        """The batch of these samples, in this order; indices may repeat."""
        return Batch(self.x.take(samples, self.axis), self.y.take(samples, self.axis), self.layout)

    def __iter__(self) -> Iterator[Batch]:
        """Batches of one sample each."""
        return (self.take([n]) for n in range(self.size))

    def transposed(self) -> Batch:
        """The same samples in the other layout."""
        other = Layout.ROWS if self.axis else Layout.COLUMNS
        return Batch(self.x.T, self.y.T, other)

    def __repr__(self) -> str:
        layout = "" if Layout(self.layout) is Layout.ROWS else f", layout={self.layout!r}"
        return f"Batch(x={as_code(self.x)}, y={as_code(self.y)}{layout})"
