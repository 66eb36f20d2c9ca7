"""Handing over: live objects with the source of their class, ready to be made again in a worker."""

from __future__ import annotations

import ast
import hashlib
import pickle
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.subject.discover.script import Script
from gradcheck.subject.live.definitions import defined, needed_early
from gradcheck.subject.live.given import Given
from gradcheck.subject.live.handed import Handed
from gradcheck.subject.live.home import Home, home_of_class
from gradcheck.subject.live.pickling import to_bytes
from gradcheck.subject.objects import is_plain_object

ENOUGH = 64
# So many samples of a large data set are handed over; a check looks at fewer still.
LARGE = 1_000_000  # bytes
RESERVED = ("m", "np")  # what a wiring calls the module and numpy


def hand_over(net: Any, X: Any = None, y: Any = None) -> Handed:
    """Make a live network and its data ready for a worker; they stay as they are.

    Args:
        net: an instance of a class of the user's.
        X: the samples.
        y: their labels; None where there are none.

    Raises:
        UsageError: when the source of the class is not to be found, or the objects cannot be copied.
    """
    if not is_plain_object(net) or type(net).__module__.partition(".")[0] in {"numpy", "builtins"}:
        raise UsageError(
            f"expected a file or a network of your own class, but a {type(net).__name__} came",
            hint='gradcheck.diagnose("net.py"), gradcheck.diagnose(net, X, y), or '
            "gradcheck.diagnose(gradcheck.subject(loss=..., params=..., grads=...))",
        )
    if X is None:
        raise UsageError(
            f"a {type(net).__name__} alone shows no gradient: it needs samples",
            hint="gradcheck.diagnose(net, X, y)",
        )
    _require_finite("X", X)
    _require_finite("y", y)
    _require_alike(X, y)
    home = home_of_class(type(net))
    samples = _few(X, y)
    objects = {"net": net, "X": samples[0]} | ({"y": samples[1]} if y is not None else {})
    script = Script(str(home.target.path), home.target.source)
    names = named(objects, home, script.global_reads, {"X": X, "y": y})
    given = pack(home, {names[key]: value for key, value in objects.items()}, script.global_reads)
    return Handed(home.target, given, names["net"], tuple(names[key] for key in objects if key != "net"))


def pack(home: Home, objects: Mapping[str, Any], reads: set[str]) -> Given:
    """Pickle objects together with the globals that the code reads.

    Args:
        home: where the code is from.
        objects: by the names that they get.
        reads: names of globals.

    Raises:
        UsageError: when an object cannot be copied.
    """
    tree = ast.parse(home.target.source)
    early, space = (
        _portable({n: home.namespace[n] for n in sorted(names - defined(tree)) if n in home.namespace}, home)
        for names in (needed_early(tree), reads)
    )
    try:
        state = to_bytes({**space, **objects}, home)
    except _REFUSALS as problem:
        raise UsageError(
            f"{', '.join(objects)}: expected objects that can be copied to a process of their own, but {problem}",
            hint="hand over gradcheck.subject(loss=..., params=..., grads=...), which is measured where it is",
        ) from problem
    first = to_bytes(early, home)
    key = hashlib.sha1(first + state, usedforsecurity=False).hexdigest()
    return Given(tuple(objects), key, first, state, tuple(folder for folder in sys.path if folder))


_REFUSALS = (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError)


def _portable(space: Mapping[str, Any], home: Home) -> dict[str, Any]:
    """Those of some globals that can be copied."""
    kept = {}
    for name, value in space.items():
        try:
            to_bytes(value, home)
        except _REFUSALS:
            continue
        kept[name] = value
    return kept


def named(
    objects: Mapping[str, Any], home: Home, reads: set[str], cut_from: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """What to call objects: as the user does, else so that nothing else is called so.

    Args:
        objects: by the names that they should get.
        home: the user's namespace.
        reads: names of globals that the user's functions read.
        cut_from: what some of the objects were cut from, by the same names.
    """
    found = {}
    typed = {**objects, **(cut_from or {})}
    for key in objects:
        own = (n for n, v in home.namespace.items() if v is typed[key] and n not in RESERVED and n[0] != "_")
        free = (n for n in (key, f"{key}_live") if n not in reads and n not in RESERVED)
        found[key] = next(own, None) or next(free)
    return found


def _few(X: Any, y: Any) -> tuple[Any, Any]:
    """Some of the samples, spread over all, where they are many: both arrays, samples on the same axis."""
    if not isinstance(X, np.ndarray) or X.nbytes <= LARGE:
        return X, y
    for axis in (0, -1):
        count = X.shape[axis]
        fits = y is None or (isinstance(y, np.ndarray) and y.ndim > 0 and y.shape[axis] == count)
        if fits and count > ENOUGH:
            at = np.linspace(0, count - 1, ENOUGH).astype(int)
            return np.take(X, at, axis), None if y is None else np.take(y, at, axis)
    return X, y


def _require_finite(name: str, value: Any) -> None:
    array = value if isinstance(value, np.ndarray) else np.zeros(1)
    lost = array.size - np.count_nonzero(np.isfinite(array)) if array.dtype.kind == "f" else 0
    if lost:
        raise UsageError(
            f"expected finite numbers in {name}, but {lost} of {array.size} are nan or infinite",
            hint=f"look where they come from: np.argwhere(~np.isfinite({name}))",
        )


def _require_alike(X: Any, y: Any) -> None:
    if y is None or not np.ndim(X) or not np.ndim(y):
        return
    one, other = np.shape(X), np.shape(y)
    if not {one[0], one[-1]} & {other[0], other[-1]}:
        raise UsageError(
            f"expected as many labels as samples, but X has shape {one} and y {other}",
            hint="hand over the arrays that the network itself is given, samples along the same axis",
        )
