"""What counts as one of the user's own objects."""

from __future__ import annotations

import types
from typing import Any


def is_plain_object(value: Any) -> bool:
    """Whether a value is an instance of an ordinary class, with attributes of its own.

    Example:
        >>> class Net: pass
        >>> is_plain_object(Net()), is_plain_object(Net), is_plain_object(3.0)
        (True, False, False)
    """
    return hasattr(value, "__dict__") and not isinstance(value, type | types.ModuleType | types.FunctionType)
