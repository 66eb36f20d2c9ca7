"""A wiring read from a TOML file, from pyproject.toml or from flags. Writing one is `wiring_toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gradcheck.errors import UsageError, WiringError
from gradcheck.subject.wiring import Wiring
from gradcheck.subject.wiring_table import wiring_of
from gradcheck.subject.wiring_toml import to_toml

__all__ = ["load_wiring", "to_toml", "wiring_from_flags", "wiring_from_pyproject"]


def load_wiring(path: str | Path) -> Wiring:
    """The wiring that a TOML file holds.

    Raises:
        UsageError: when there is no such file.
        WiringError: when it is not valid TOML, or no complete wiring.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"expected a wiring file, but {path} cannot be read: {problem.strerror}",
            hint="`gradcheck init net.py` writes one that you can edit",
        ) from problem
    return wiring_of(_parsed(data, str(path)), str(path))


def wiring_from_pyproject(folder: Path) -> Wiring | None:
    """The wiring in `[tool.gradcheck.wiring]` of the folder's pyproject.toml; None where there is none.

    Raises:
        WiringError: when the file is not valid TOML, or the table no complete wiring.
    """
    file = folder / "pyproject.toml"
    if not file.is_file():
        return None
    table: Any = _parsed(file.read_bytes(), str(file))
    for key in ("tool", "gradcheck", "wiring"):
        table = table.get(key)
        if not isinstance(table, dict):
            return None
    return wiring_of(table, f"{file} [tool.gradcheck.wiring]")


def wiring_from_flags(
    *,
    setup: str = "",
    loss: str = "",
    params: Iterable[str] = (),
    grads_run: str = "",
    grads: Iterable[str] = (),
    step: str = "",
    lr: str = "",
) -> Wiring | None:
    """The wiring that command line flags give; None where none was given.

    Args:
        setup: statements run first.
        loss: expression of the loss.
        params: `NAME=EXPRESSION` each, such as `W1=net.W1`.
        grads_run: statements that compute the gradient.
        grads: `NAME=EXPRESSION` each, such as `W1=g[0]`.
        step: statements that update the parameters once.
        lr: expression of the rate.

    Raises:
        WiringError: when what was given is no complete wiring.

    Example:
        >>> wiring = wiring_from_flags(loss="cost(w)", params=["w=w"], step="w -= 0.1 * slope(w)", lr="0.1")
        >>> wiring.step.lr
        '0.1'
    """
    given = {
        "setup": setup,
        "loss": loss,
        "params": _named("params", params),
        "grads": _given({"run": grads_run, "of": _named("grads", grads)}),
        "step": _given({"run": step, "lr": lr}),
    }
    table = _given(given)
    return wiring_of(table, "the flags") if table else None


def _given(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value}


def _named(flag: str, items: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in items:
        name, equals, expression = item.partition("=")
        if not (equals and name.strip() and expression.strip()):
            raise WiringError(
                f"{flag}: expected NAME=EXPRESSION, but {item!r} came", hint="write it like W1=net.W1"
            )
        if name.strip() in pairs:
            raise WiringError(
                f"{flag}: expected each name once, but {name.strip()} came twice", hint="drop one of the two"
            )
        pairs[name.strip()] = expression.strip()
    return pairs


def _parsed(data: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise WiringError(
            f"{where}: expected UTF-8 text, but {problem}", hint="save it as UTF-8"
        ) from problem
    except tomllib.TOMLDecodeError as problem:  # its text ends in "(at line 3, column 7)"
        raise WiringError(
            f"{where}: expected valid TOML, but {problem}",
            hint='every value is a text in quotes, such as loss = "net.cost(X, y)"; [params] starts a table',
        ) from problem
