"""The two array types of the reference networks, and how an array is written as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
"""Float64 or float32; a network computes in the type of its parameters."""

Arrays: TypeAlias = dict[str, Array]
"""Named arrays: parameters, intermediates or gradients."""

_EXACT = {"float64": "", "int64": ""}


def as_code(array: NDArray[Any]) -> str:
    """The array as an expression that evaluates to it, bit for bit.

    Example:
        >>> as_code(np.array([[1.0, 0.5]]))
        'np.array([[1.0, 0.5]])'
        >>> as_code(np.zeros((2, 0), dtype=np.float32))
        "np.array([[], []], dtype='float32')"
    """
    kind = array.dtype.name
    dtype = _EXACT.get(kind if array.size or kind == "float64" else "", f", dtype={kind!r}")
    return f"np.array({array.tolist()!r}{dtype})"


def mapping_as_code(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A dict of arrays as an expression that evaluates to it.

    Example:
        >>> mapping_as_code({"b1": np.array([1, 2])})
        "{'b1': np.array([1, 2])}"
    """
    return "{" + ", ".join(f"{name!r}: {as_code(array)}" for name, array in arrays.items()) + "}"
