"""A slot: one parameter inside the user's objects, read and written through its wiring expression."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import WiringError

Scope = dict[str, Any]


class Slot:
    """One parameter, wherever the user keeps it: an array, nested lists, a float, an attribute, an item.

    Arrays and lists are written in place, so that every other name the user has for them sees the change too.

    Args:
        name: the parameter's name.
        expression: how to read it; must be assignable where it holds a plain number.

    Example:
        >>> scope = {"net": {"w": [1.0, 2.0], "b": 0.5}}
        >>> Slot("b", "net['b']").write(scope, np.array(3.0))
        >>> scope["net"]["b"]
        3.0
    """

    def __init__(self, name: str, expression: str) -> None:
        self.name = name
        self._read = _compiled(name, expression, "eval")
        self._assign = _compiled(name, f"{expression} = __gradcheck_value__", "exec")

    def object(self, scope: Scope) -> Any:
        """The user's own object, not a copy."""
        return eval(self._read, scope)  # noqa: S307 -- a wiring is code by definition

    def read(self, scope: Scope) -> NDArray[np.float64]:
        """A copy of the parameter as float64, of its own shape (complex128 while a complex step is under way)."""
        return as_numbers(self.object(scope), self.name)

    def write(self, scope: Scope, value: NDArray[Any]) -> None:
        """Set the whole parameter; `value` has the shape that `read` gave."""
        target = self.object(scope)
        if isinstance(target, np.ndarray) and target.flags.writeable and _holds(target.dtype, value.dtype):
            target[...] = value
        elif isinstance(target, list):
            _fill(target, value)
        else:
            scope["__gradcheck_value__"] = value.astype(value.dtype) if np.ndim(target) else value.item()
            exec(self._assign, scope)  # noqa: S102 -- as above


def as_numbers(value: Any, name: str) -> NDArray[np.float64]:
    """`value` as a new float64 array; raises `WiringError` where it is not made of numbers."""
    try:
        array = np.array(value)
        if array.dtype.kind not in "biufc":
            array = np.array([float(item) for item in array.ravel()]).reshape(
                array.shape
            )  # None is no number
    except (TypeError, ValueError) as problem:
        came = type(value).__name__
        raise WiringError(
            f"{name}: expected numbers, an array or nested lists of numbers, but got {came} ({problem})",
            hint=f"point {name} at the array itself, such as net.W1",
        ) from problem
    return array if array.dtype.kind == "c" else array.astype(np.float64)


def _compiled(name: str, expression: str, mode: str) -> Any:
    try:
        return compile(expression, f"<wiring of {name}>", mode)
    except SyntaxError as problem:
        raise WiringError(
            f"{name}: {expression!r} is not an expression that can be read and assigned ({problem.msg})",
            hint="write it as you would in your own code: net.W1, params['W1'], layers[0].weights",
        ) from problem


def _holds(target: np.dtype[Any], value: np.dtype[Any]) -> bool:
    """Whether an array of dtype `target` keeps every digit and the kind of `value`; float32 keeps what it can.

    A complex array, such as a complex step leaves, is no place for real numbers: what reads them may refuse it.
    """
    return (target.kind == "c") == (value.kind == "c") and target.kind in "cf"


def _fill(target: list[Any], value: NDArray[Any]) -> None:
    for i, item in enumerate(target):
        if isinstance(item, list):
            _fill(item, value[i])
        elif isinstance(item, np.ndarray) and item.ndim:
            item[...] = value[i]
        else:
            target[i] = value[i].item() if np.ndim(value[i]) == 0 else value[i]
