"""A subject made of callables: a loss, the parameters it depends on, and the gradient somebody computes of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import UsageError, WiringError
from gradcheck.numerics import Parameters
from gradcheck.subject.slots import as_numbers
from gradcheck.subject.truth import fit_shape

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class LiveSubject:
    """Callables that share live arrays.

    Attributes:
        loss: gives the loss: of the parameters where it takes an argument, else of the arrays as they stand.
        params: what the loss depends on; by name, where it is of the arrays as they stand.
        grads: gives the gradient, by name or in the order of the parameters; or holds it.
        takes: whether the loss takes the parameters as its argument.
    """

    loss: Callable[..., Any]
    params: Any
    grads: Any
    takes: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names."""
        return Parameters.of(self.params).names

    def values(self) -> dict[str, NDArray[np.float64]]:
        """Copies of the parameters, by name."""
        found = Parameters.of(self.params)
        return {name: np.array(value) for name, value in found.split(found.vector).items()}

    def loss_at(self, params: Any) -> float:
        """The loss at parameters of the structure of `params`.

        Raises:
            WiringError: when it is no single number.
        """
        if not self.takes:
            for name, value in params.items():
                self.params[name][...] = value
        value = self.loss(params) if self.takes else self.loss()
        array = np.asarray(value)
        if array.size != 1 or array.dtype.kind not in "biuf":
            came = f"an array of shape {array.shape}" if array.size != 1 else type(value).__name__
            raise WiringError(
                f"expected a loss that is a single number, but {came} came",
                hint="reduce it, for example with np.mean(...)",
            )
        return float(array.reshape(()))

    @property
    def grads_take(self) -> bool:
        """Whether the gradient's function takes the parameters as its argument."""
        return callable(self.grads) and _takes_argument(self.grads, "grads")

    def given(self) -> Any:
        """The gradient in the structure that it comes in."""
        if not callable(self.grads):
            return self.grads
        return self.grads(self.params) if self.grads_take else self.grads()

    def gradient(self) -> dict[str, NDArray[np.float64]]:
        """The gradient as it is computed where the parameters stand, by parameter.

        Raises:
            WiringError: when there is none, or one that is not the parameters'.
        """
        given = _by_name(self.given(), self.names)
        gradient = {}
        for name, value in self.values().items():
            part = given[name]() if callable(given[name]) else given[name]
            try:
                array = as_numbers(part, name)
            except WiringError as problem:
                raise WiringError(f"the gradient of {problem.message}", hint=problem.hint) from problem
            if fit_shape(array, value.shape) is None:
                raise WiringError(
                    f"the gradient of {name} has shape {array.shape}, the parameter {value.shape}",
                    hint="a gradient has one number for every number of its parameter",
                )
            gradient[name] = np.array(fit_shape(array, value.shape))
        return gradient


def subject(*, loss: Callable[..., Any], params: Any, grads: Any) -> LiveSubject:
    """A subject for `gradcheck.diagnose` and `gradcheck.check`, of callables and live arrays.

    Nothing of it is changed for good: arrays, attributes and generators are put back as they were.

    Args:
        loss: a function of the parameters, or one without arguments that reads the arrays in `params` where they are.
        params: name -> the array that the loss reads, floating and writeable. For a loss that takes the parameters:
            whatever it takes, an array, a number, nested lists, or a mapping of names to such.
        grads: a function that gives the gradient, with or without the parameters as its argument; or the gradient.
            By name as in `params`, in the order of `params`, or one array where there is one parameter.

    Raises:
        UsageError: when one of them is not as above.

    Example:
        >>> import gradcheck
        >>> w, x = np.array([1.0, 2.0]), np.array([3.0, -1.0])
        >>> mine = gradcheck.subject(
        ...     loss=lambda: 0.5 * (w @ x - 1.0) ** 2, params={"w": w}, grads=lambda: 2 * (w @ x - 1.0) * x
        ... )
        >>> mine.names, mine.gradient()
        (('w',), {'w': array([ 0., -0.])})
    """
    if not callable(loss):
        raise UsageError(
            f"expected a loss that can be called, but a {type(loss).__name__} came",
            hint="loss=lambda: net.loss(X, y)",
        )
    if grads is None:
        raise UsageError(
            "expected a gradient, but grads is None",
            hint="grads=lambda: net.backward(X, y), or the arrays themselves",
        )
    takes = _takes_argument(loss, "loss")
    if not takes:
        _require_arrays(params)
    return LiveSubject(loss, params, grads, takes)


def _takes_argument(function: Callable[..., Any], what: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin that tells nothing of itself
        return True
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p for p in parameters if p.default is p.empty and p.kind in kinds]
    if len(required) > 1:
        raise UsageError(
            f"expected {what} to take the parameters or nothing, but it takes {', '.join(p.name for p in required)}",
            hint=f"{what}=lambda: your_{what}(X, y)",
        )
    return bool(required)


def _require_arrays(params: Any) -> None:
    hint = "the loss reads them where they are, so hand over the arrays themselves: params={'W1': net.W1}"
    if not isinstance(params, Mapping) or not params:
        raise UsageError(
            f"expected params that map names to arrays, but a {type(params).__name__} came"
            + ("" if params else " that holds none"),
            hint=hint,
        )
    for name, value in params.items():
        if not isinstance(value, np.ndarray):
            raise UsageError(
                f"expected an array for {name}, but a {type(value).__name__} came, whose change no loss would see",
                hint=f"{hint}; or let the loss take the parameters as its argument",
            )
        if value.dtype.kind != "f" or not value.flags.writeable:
            why = "it is read-only" if value.dtype.kind == "f" else f"it holds {value.dtype}"
            raise UsageError(
                f"expected a floating array that can be written to for {name}, but {why}", hint=hint
            )


def _by_name(found: Any, names: Sequence[str]) -> Mapping[str, Any]:
    """A gradient by the names of the parameters, whatever structure it came in."""
    if found is None:
        raise WiringError(
            "expected a gradient, but grads returned None",
            hint="where the code keeps it on an object, name it there: "
            "def grads(): net.backward(X, y); return {'W1': net.dW1}",
        )
    if isinstance(found, Mapping):
        missing = [name for name in names if name not in found]
        if missing and len(found) == len(names):  # dW1 for W1, in the same order
            return dict(zip(names, found.values(), strict=True))
        if missing:
            raise WiringError(
                f"grads has no gradient of {', '.join(missing)}; it has {', '.join(map(str, found))}",
                hint="name every gradient as its parameter",
            )
        return found
    if len(names) == 1 and not (isinstance(found, tuple | list) and len(found) == 1):
        return {names[0]: found}
    if isinstance(found, tuple | list) and len(found) == len(names):
        return dict(zip(names, found, strict=True))
    came = f"{len(found)} of them" if isinstance(found, tuple | list) else f"a {type(found).__name__}"
    raise WiringError(
        f"expected {len(names)} gradients, of {', '.join(names)}, but {came} came",
        hint="return them by name, or in the order of params",
    )
