"""The mappings, lists and tuples that parameters come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradcheck.errors import InputError
from gradcheck.numerics.leaves import Leaf

Structure: TypeAlias = Any
"""An array, a number, nested lists, or a mapping or sequence of them: whatever x came in."""

SINGLE = "x"
"""The name of a parameter that came without one."""


def map_leaves(value: Structure, path: str, leaf: Callable[[Structure, str], Leaf]) -> Structure:
    """Apply `leaf(value, name)` to every parameter, keeping mappings, lists and tuples around them."""
    if isinstance(value, Mapping):
        joint = f"{path}." if path else ""
        return {key: map_leaves(item, f"{joint}{key}", leaf) for key, item in value.items()}
    if isinstance(value, list | tuple) and not _is_plain(value):
        path = path or SINGLE
        items = [map_leaves(item, f"{path}[{i}]", leaf) for i, item in enumerate(value)]
        return _sequence_like(value, items)
    return leaf(value, path or SINGLE)


def _sequence_like(value: Structure, items: list[Any]) -> Structure:
    if isinstance(value, list):
        return items
    return type(value)(*items) if hasattr(value, "_fields") else tuple(items)


def _is_plain(value: Structure) -> bool:
    """Whether nested lists hold nothing but numbers and are as regular as an array."""
    if _holds_structure(value):
        return False
    try:
        np.array(value)
    except ValueError:  # ragged
        return False
    return True


def _holds_structure(value: Structure) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_structure(item) for item in value)
    return value is None or isinstance(value, np.ndarray | Mapping)


def rebuild(template: Structure, restored: Callable[[Leaf], Structure]) -> Structure:
    """The structure with `restored(leaf)` in the place of every leaf."""
    if isinstance(template, Leaf):
        return restored(template)
    if isinstance(template, dict):
        return {key: rebuild(item, restored) for key, item in template.items()}
    return _sequence_like(template, [rebuild(item, restored) for item in template])


def parts(template: Structure, names: tuple[str, ...], given: Structure, what: str) -> dict[str, Any]:
    """The part of `given` that belongs to each parameter, by name.

    Args:
        template: the structure x came in, with a `Leaf` in the place of every parameter.
        names: of the parameters.
        given: of the same structure, or a mapping from those names.
        what: what to call it in an error.

    Raises:
        InputError: a key is missing or unknown.
    """
    if isinstance(template, Leaf) and not isinstance(given, Mapping):
        return {names[0]: given}
    if isinstance(given, Mapping) and set(given) == set(names):
        return dict(given)
    found: dict[str, Any] = {}
    _walk(template, given, what, found)
    return found


def _walk(template: Structure, value: Structure, what: str, found: dict[str, Any]) -> None:
    if isinstance(template, Leaf):
        found[template.name] = value
        return
    keys: Any = template.keys() if isinstance(template, dict) else range(len(template))
    given: Any
    if isinstance(template, dict):
        given = set(value) if isinstance(value, Mapping) else None
    else:
        given = set(range(len(value))) if isinstance(value, list | tuple) else None
    if given != set(keys):
        raise InputError(
            f"{what} {'is' if value is None else 'has'} {_describe(value)}, the parameters have {_describe(template)}",
            hint="return one gradient for every parameter, under the same key",
        )
    for key in keys:
        _walk(template[key], value[key], what, found)


def _describe(value: Structure) -> str:
    if value is None:
        return "None"
    if isinstance(value, Mapping):
        return "keys " + ", ".join(map(repr, value)) if value else "no keys"
    if isinstance(value, list | tuple):
        return f"{len(value)} items"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return f"the type {type(value).__name__}"
