"""Windows that slide over images, and the way back: what convolution and pooling share."""

from __future__ import annotations

import numpy as np

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array


def pad(x: Array, padding: int) -> Array:
    """Zeros on each side of the last two axes."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)


def unpad(x: Array, padding: int) -> Array:
    """The inverse of `pad`."""
    return x[..., padding : x.shape[-2] - padding, padding : x.shape[-1] - padding]


def windows(x: Array, size: int, stride: int) -> Array:
    """All windows of an image: (..., H, W) gives a view (..., H', W', size, size).

    Raises:
        InputError: the image is smaller than the window.

    Example:
        >>> windows(np.arange(9.0).reshape(3, 3), 2, 1)[0, 1].tolist()
        [[1.0, 2.0], [4.0, 5.0]]
    """
    if min(x.shape[-2:]) < size:
        message = f"expected images of at least {size} x {size}, padding included, and got {x.shape[-2:]}"
        raise InputError(message, hint="use a smaller kernel, more padding or fewer pools")
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(-2, -1))
    return view[..., ::stride, ::stride, :, :]


def spread(dwindows: Array, shape: tuple[int, ...], stride: int) -> Array:
    """The pullback of `windows`: every pixel gets the sum over the windows it lay in.

    Args:
        dwindows: (..., H', W', size, size).
        shape: of the image, (..., H, W).
        stride: between windows.
    """
    dx = np.zeros(shape, dtype=dwindows.dtype)
    rows, columns, size, _ = dwindows.shape[-4:]
    for i in range(size):
        for j in range(size):
            place = dx[..., i : i + stride * rows : stride, j : j + stride * columns : stride]
            place += dwindows[..., i, j]  # for one (i, j) no two windows share a pixel, so += is safe
    return dx
