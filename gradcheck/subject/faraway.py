"""Functions that run in a worker, by name: who only asks for them need not import what they need."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


class Faraway:
    """A module that a worker imports and this process does not: its functions are handles to send there.

    To a type checker it is the module itself, so that the arguments and the results of its functions are checked::

        if TYPE_CHECKING:
            from gradcheck.diagnosis.tasks import gradient
        else:
            gradient = Faraway("gradcheck.diagnosis.tasks.gradient")

    Args:
        module: its full name.

    Example:
        >>> import pickle
        >>> pickle.loads(pickle.dumps(Faraway("math").factorial))(5)
        120
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> _Function:
        if name.startswith("__"):
            raise AttributeError(name)  # what Python itself asks of any object is no function of the module
        return _Function(self._module, name)


class _Function:
    """A function that becomes itself where it is unpickled, or called."""

    def __init__(self, module: str, name: str) -> None:
        self.__name__ = name
        self._module = module

    def __call__(self, *args: Any) -> Any:
        return _found(self._module, self.__name__)(*args)

    def __reduce__(self) -> tuple[Callable[[str, str], Any], tuple[str, str]]:
        return _found, (self._module, self.__name__)


def _found(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)
