"""A parsed table turned into a wiring: what is unknown, missing, ill-typed or not Python is refused."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from typing import Any, Literal

from gradcheck.errors import WiringError
from gradcheck.subject.wiring import Grads, Step, Wiring

_STATEMENTS = ("setup", "train")
_EXPRESSIONS = ("loss", "inputs", "labels", "outputs")
_ROLES = (*_STATEMENTS, *_EXPRESSIONS, "until")
_TABLES = ("params", "grads", "step", "update")


def wiring_of(table: Mapping[str, Any], where: str) -> Wiring:
    """The wiring that a parsed table holds, checked as far as it can be without running anything.

    Args:
        table: with the keys of `Wiring`; `params`, `grads` and `step` are tables themselves.
        where: what to call its source in messages.

    Raises:
        WiringError: for the first thing that is missing, unknown, of a wrong type, or no Python.

    Example:
        >>> table = {"loss": "cost(w)", "params": {"w": "w"}, "step": {"run": "fit()", "lr": "0.1"}}
        >>> wiring_of(table, "the example").step
        Step(run='fit()', lr='0.1')
    """
    _only_known(table, (*_ROLES, *_TABLES), where)
    roles: dict[str, Any] = {key: _text(table, key, where) for key in _ROLES if key in table}
    if not roles.get("loss"):
        raise WiringError(
            f"{where}: expected an expression of the loss, but none came",
            hint='add a line such as loss = "net.cost(net.forward(X), y)"',
        )
    params = _texts(table, "params", where)
    if not params:
        raise WiringError(
            f"{where}: expected at least one parameter, but [params] is missing or empty",
            hint='add a table [params] with a line such as W1 = "net.W1"',
        )
    if ("grads" in table) == ("step" in table):
        came = "both came" if "grads" in table else "neither came"
        raise WiringError(
            f"{where}: expected either [grads] (the gradient itself) or [step] (one update), but {came}",
            hint="[grads] where the code exposes its gradient, [step] where it only updates the parameters",
        )
    if "update" in table and "step" in table:
        raise WiringError(
            f"{where}: expected [update] beside [grads] only, but it came with [step], which is an update itself",
            hint="drop [update]",
        )
    grads = _grads(table, params, where) if "grads" in table else None
    wiring = Wiring(
        params=params,
        grads=grads,
        step=_step(table, "step", where),
        update=_step(table, "update", where),
        **roles,
    )
    _require_python(wiring, where)
    return wiring


def _grads(table: Mapping[str, Any], params: Mapping[str, str], where: str) -> Grads:
    grads = _table(table, "grads", where)
    _only_known(grads, ("run", "of"), f"{where} [grads]")
    of = _texts(grads, "of", f"{where} [grads]")
    _only_known(of, tuple(params), f"{where} [grads.of]", among="the names in [params]")
    if missing := [name for name in params if name not in of]:
        raise WiringError(
            f"{where} [grads.of]: expected a gradient of each parameter, but none of {', '.join(missing)}",
            hint=f'add a line such as {missing[0]} = "g[0]", or drop {missing[0]} from [params]',
        )
    return Grads(run=_text(grads, "run", f"{where} [grads]") if "run" in grads else "", of=of)


def _step(table: Mapping[str, Any], name: str, where: str) -> Step | None:
    if name not in table:
        return None
    step, where = _table(table, name, where), f"{where} [{name}]"
    _only_known(step, ("run", "lr"), where)
    for key, example in (("run", "net.fit(X, y, epochs=1)"), ("lr", "net.lr")):
        if not step.get(key):
            raise WiringError(
                f"{where}: expected both run and lr, but {key} is missing",
                hint=f'add a line such as {key} = "{example}"',
            )
    return Step(run=_text(step, "run", where), lr=_text(step, "lr", where))


def _only_known(
    table: Mapping[str, Any], known: tuple[str, ...], where: str, *, among: str = "the keys it knows"
) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            raise WiringError(
                f"{where}: expected {among} ({', '.join(known)}), but {key!r} came",
                hint=f"did you mean {close[0]!r}?" if close else f"drop {key!r}, or rename it to one of them",
            )


def _table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise WiringError(
            f"{where}: expected {key} to be a table, but {_kind(value)} came",
            hint=f"start it with a line [{key}] and give each entry a line of its own",
        )
    return value


def _texts(table: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    entries = _table(table, key, where)
    return {name: _text(entries, name, f"{where} [{key}]") for name in entries}


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table[key]
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        example = f'{key} = "{value}"'
    elif isinstance(value, dict):  # layers[0].W1 without quotes, or a.b = "..."
        example = f'"{key}.{next(iter(value), "")}" = "..."'
    else:
        example = f'{key} = "..."'
    raise WiringError(
        f"{where}: expected {key} to be a text that holds Python, but {_kind(value)} came",
        hint=f"put quotes around it: {example}",
    )


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else f"{type(value).__name__} {value}"


def _require_python(wiring: Wiring, where: str) -> None:
    """Raise for the first text that is not Python, before anything is run."""
    expressions = {key: getattr(wiring, key) for key in _EXPRESSIONS}
    statements = {key: getattr(wiring, key) for key in _STATEMENTS}
    expressions |= {f"params.{name}": text for name, text in wiring.params.items()}
    if wiring.grads is not None:
        statements["grads.run"] = wiring.grads.run
        expressions |= {f"grads.of.{name}": text for name, text in wiring.grads.of.items()}
    for name, step in (("step", wiring.step), ("update", wiring.update)):
        if step is not None:
            statements[f"{name}.run"], expressions[f"{name}.lr"] = step.run, step.lr
    for key, text in expressions.items():
        if text or "." in key:  # roles may be left empty, entries of tables may not
            _parse(key, text.strip(), "eval", "an expression", where)
    for key, text in statements.items():
        _parse(key, text, "exec", "statements", where)


def _parse(key: str, text: str, mode: Literal["eval", "exec"], what: str, where: str) -> None:
    try:
        ast.parse(text, mode=mode)
    except SyntaxError as problem:
        raise WiringError(
            f"{where}: expected {key} to be {what} in Python, but {text!r} is not ({problem.msg})",
            hint="write it as you would in your own file; separate statements by ; or by new lines",
        ) from problem
