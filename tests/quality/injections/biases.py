"""Faults of the gradients of biases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.quality.injections.statements import Injector, Pair, Statement, derivative, statement
from tests.quality.styles import Roles


def _bias(change: Callable[[Statement, str], str]) -> Injector:
    def inject(roles: Roles) -> Iterator[Pair]:
        for text in roles.biases:
            role = statement(text)
            value = change(role, role.right)
            if value and value != role.right:
                yield role.with_value(value)

    return inject


def _unsummed(_: Statement, value: str) -> str:
    axes = r"(?:[^()]|\([^()]*\))*\)"
    value = re.sub(rf"np\.(?:sum|mean)\((\w+),{axes}", r"\1", value)
    return re.sub(rf"\.sum\({axes}", "", value)


def _other_axis(_: Statement, value: str) -> str:
    return re.sub(r"axis=([01])", lambda m: f"axis={1 - int(m[1])}", value)


def bias_from_other(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        role = statement(hidden.at)
        above = derivative(role)[0]
        word = re.compile(rf"\b{re.escape(role.target)}\b")
        for text in roles.biases if above != role.target else ():
            head, value = text.split("= ", 1)
            yield text, f"{head}= {word.sub(above if above.isidentifier() else f'({above})', value)}"


def bias_sample_left_out(roles: Roles) -> Iterator[Pair]:
    for text in roles.biases if roles.rows else ():
        new = re.sub(r"= (\w+)\.sum\(", r"= \1[1:].sum(", text)
        new = re.sub(r"np\.sum\((\w+),", r"np.sum(\1[1:],", new)
        if new != text:
            yield text, new


BIASES: dict[str, Injector] = {
    "GC261": _bias(lambda role, _v: f"np.zeros_like({role.right})"),
    "GC262": _bias(lambda _r, v: v.replace("sum(", "mean(")),
    "GC263": _bias(lambda _r, v: re.sub(r"(?:, )?axis=\d(?:, keepdims=True)?", "", v)),
    "GC264": _bias(_other_axis),
    "GC265": _bias(_unsummed),
    "GC266": _bias(lambda role, _v: f"2 * ({role.right})"),
    "GC267": bias_from_other,
    "GC279": bias_sample_left_out,
}
