"""Numbers inside somebody's objects: arrays, lists and floats, each with the expression that reaches it."""

from __future__ import annotations

import numbers
import re
import sys
import types
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.loading import running
from gradcheck.subject.program import Live

MOST_NODES = 3000
MOST_CHILDREN = 400
LARGEST = 50_000
SAMPLED = 997  # a prime, so that a stride does not fall into step with the columns of a matrix


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Numbers somewhere in a namespace.

    Attributes:
        expression: how to reach them from the namespace: net.layers[0]['W'].
        value: the user's own object.
        owner: what holds it; the namespace itself for a plain name.
        key: where the owner holds it.
    """

    expression: str
    value: Any
    owner: Any
    key: str

    @property
    def root(self) -> str:
        """The name that the expression starts from."""
        return root_name(self.expression)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any object in a namespace, with its expression and its owner."""

    expression: str
    value: Any
    owner: Any
    key: str


def root_name(expression: str) -> str:
    """The name that a path starts from.

    Example:
        >>> root_name("net.layers[0]['W']")
        'net'
    """
    for at, letter in enumerate(expression):
        if letter in ".[":
            return expression[:at]
    return expression


def last_name(expression: str) -> str:
    """The name that a path ends with.

    Example:
        >>> last_name("net.layers[0]['W']")
        'W'
    """
    names = re.findall(r"[A-Za-z_]\w*", expression)
    return names[-1] if names else expression


def nodes(namespace: Mapping[str, Any], *, most: int = MOST_NODES) -> Iterator[Node]:
    """Every object reachable from a namespace, each once, those with short expressions first."""
    seen: set[int] = set()
    pending = deque(
        Node(name, value, namespace, name) for name, value in namespace.items() if not _private(name)
    )
    count = 0
    while pending and count < most:
        node = pending.popleft()
        value = node.value
        if isinstance(
            value, types.ModuleType | type | types.FunctionType | types.BuiltinFunctionType | types.MethodType
        ):
            continue
        if not isinstance(value, numbers.Number | str | bytes | None):
            if id(value) in seen:
                continue
            seen.add(id(value))
        count += 1
        yield node
        if not is_numeric(value):
            pending.extend(children(node))


def leaves(namespace: Mapping[str, Any], *, most: int = MOST_NODES) -> Iterator[Leaf]:
    """The numbers reachable from a namespace."""
    for node in nodes(namespace, most=most):
        if is_numeric(node.value):
            yield Leaf(node.expression, node.value, node.owner, node.key)


def identities(value: Any) -> set[int]:
    """The identities of all objects that can be reached from a value, its own among them."""
    return {id(node.value) for node in nodes({"value": value})}


def children(node: Node) -> Iterator[Node]:
    """What an object holds: items, fields and attributes, with their expressions."""
    value, expression = node.value, node.expression
    for key, child in _parts(value):
        yield Node(expression + key, child, value, key)


def is_numeric(value: Any) -> bool:
    """Whether a value is made of numbers alone and has a shape: an array, a number, or nested lists."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiuc" and value.size > 0
    if isinstance(value, bool | np.bool_):
        return False
    if isinstance(value, numbers.Number):
        return True
    return isinstance(value, list) and bool(value) and _shape(value) is not None


def is_order(value: Any) -> bool:
    """Whether a value is an order of samples: each place once, shuffled."""
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in "iu" or value.size < 2:
        return False
    return bool(np.array_equal(np.sort(value), np.arange(value.size))) and not bool(
        (np.diff(value) > 0).all()
    )


def as_array(value: Any) -> NDArray[Any] | None:
    """A numeric value as an array of its own; None where it is none."""
    if not is_numeric(value):
        return None
    array = np.array(value)
    return array if array.dtype.kind == "c" else array.astype(np.float64)


def digest(value: Any) -> NDArray[Any]:
    """A copy of a numeric value, flat; of large ones a fixed sample."""
    if isinstance(value, np.ndarray) and value.size > LARGEST:
        flat = value.reshape(-1) if value.flags.c_contiguous else value.ravel()
        return np.array(flat[:: max(1, value.size // SAMPLED)], dtype=np.float64)
    return np.array(value, dtype=np.complex128 if np.iscomplexobj(value) else np.float64).ravel()


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(f"[{key!r}]", v) for key, v in _few(value.items()) if isinstance(key, str | int | tuple)]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [(f".{name}", getattr(value, name)) for name in value._fields]
    if isinstance(value, list | tuple | deque):
        return [(f"[{i}]", child) for i, child in enumerate(_few(value))]
    if isinstance(value, np.ndarray):
        return _array_parts(value)
    return _attributes(value) if is_users(value) else []


def _array_parts(value: NDArray[Any]) -> list[tuple[str, Any]]:
    """Fields of a structured array, items of an array of objects."""
    if value.dtype.names:
        return [(f"[{name!r}]", value[name]) for name in value.dtype.names]
    if value.dtype == object and value.ndim == 1:
        return [(f"[{i}]", child) for i, child in enumerate(_few(value))]
    return [("[()]", value[()])] if value.dtype == object and value.ndim == 0 else []


def _attributes(value: Any) -> list[tuple[str, Any]]:
    attributes = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name) and not name.startswith("__"):
                attributes.setdefault(name, getattr(value, name))
    ordered = sorted(attributes.items(), key=lambda item: item[0].startswith("_"))
    return [(f".{name}", child) for name, child in ordered if name.isidentifier()]


def is_users(value: Any) -> bool:
    """Whether an object is an instance of a class that is neither Python's nor numpy's."""
    if isinstance(value, types.SimpleNamespace):
        return True
    module = type(value).__module__ or ""
    root = module.partition(".")[0]
    if root == "__main__" or module.startswith("__gradcheck_subject"):
        return True
    return (
        root not in sys.stdlib_module_names
        and root not in {"numpy", "builtins"}
        and hasattr(value, "__dict__")
    )


def _few(values: Any) -> Iterator[Any]:
    for count, value in enumerate(values):
        if count >= MOST_CHILDREN:
            return
        yield value


def _shape(value: list[Any]) -> tuple[int, ...] | None:
    """The shape of rectangular nested lists of numbers; None for anything else."""
    first = value[0]
    if isinstance(first, list):
        inner = _shape(first) if first else None
        if inner is None:
            return None
        same = all(isinstance(item, list) and item and _shape(item) == inner for item in value[1:])
        return (len(value), *inner) if same else None
    if all(isinstance(item, numbers.Number) and not isinstance(item, bool) for item in value):
        return (len(value),)
    return None


def _private(name: str) -> bool:
    return name.startswith("__")


def fetch(live: Live, expression: str) -> Any:
    """The user's own object that an expression of the setup stands for.

    Raises:
        SubjectError: when a property of the user's raises, or the object is gone.
    """
    with running(expression):
        return eval(expression, live.scope)  # noqa: S307 -- an expression of the setup
