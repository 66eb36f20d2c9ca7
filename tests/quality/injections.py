"""The faults of the catalogue, put into any network whose roles are known: a table from code to injector.

Written apart from the operators of repair, which must not be the measure of themselves. An injector yields new text for
a statement or an expression; whether the result runs, and is a fault at all, is measured later, not assumed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.quality.planted import Planted
from tests.quality.styles import Roles

Pair = tuple[str, str]
"""A text, and what replaces it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement taken apart: `target = value`, with `x /= n` read as `x = x / n`."""

    text: str
    target: str
    value: ast.expr

    @property
    def right(self) -> str:
        """The value as text."""
        return ast.unparse(self.value)

    def with_value(self, value: str) -> Pair:
        """The statement with another value."""
        return self.text, f"{self.target} = {value}"


def statement(text: str) -> Statement:
    """A statement taken apart."""
    node = ast.parse(text).body[0]
    if isinstance(node, ast.AugAssign):
        target = ast.unparse(node.target)
        load = ast.parse(target, mode="eval").body
        return Statement(text, target, ast.BinOp(load, node.op, node.value))
    assert isinstance(node, ast.Assign)
    return Statement(text, ast.unparse(node.targets[0]), node.value)


def factors(value: ast.expr) -> list[ast.expr]:
    """The factors of a product, what comes from above first."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return [*factors(value.left), value.right]
    return [value]


def derivative(role: Statement) -> tuple[str, str]:
    """What comes from above, and act'(z), of a hidden delta."""
    above, *rest = factors(role.value)
    return ast.unparse(above), " * ".join(_factor(part) for part in rest)


def _factor(node: ast.expr) -> str:
    text = ast.unparse(node)
    return f"({text})" if isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp) else text


# The output delta.


def label_ignored(roles: Roles) -> Iterator[Pair]:
    if roles.one_hot:
        name = roles.one_hot.split("[")[0]
        yield roles.one_hot, f"{name} -= 1"
    elif roles.labels:
        yield roles.delta, _without_label(roles, "1")


def label_not_whole(roles: Roles) -> Iterator[Pair]:
    if roles.one_hot:
        yield roles.one_hot, roles.one_hot.replace("-= 1", "-= 0.9")
    elif roles.labels:
        yield roles.delta, _without_label(roles, f"0.9 * {roles.labels}")


def misaligned(roles: Roles) -> Iterator[Pair]:
    if roles.labels and roles.n:
        yield roles.delta, _without_label(roles, roles.labels + ("[::-1]" if roles.rows else "[:, ::-1]"))


def _without_label(roles: Roles, text: str) -> str:
    return roles.delta.replace(f"- {roles.labels}", f"- {text}", 1)


def output_sign(roles: Roles) -> Iterator[Pair]:
    if roles.labels:
        right, wrong = f"{roles.out} - {roles.labels}", f"{roles.labels} - {roles.out}"
        yield roles.delta, roles.delta.replace(right, wrong, 1)
    else:
        yield statement(roles.delta).with_value(f"-({statement(roles.delta).right})")


def _output_derivative_there(roles: Roles) -> bool:
    return f"{roles.out} * (1 - {roles.out})" in roles.delta


def extra_output_derivative(roles: Roles) -> Iterator[Pair]:
    if not _output_derivative_there(roles) and roles.labels and ("(1 - " not in roles.out):
        difference = f"{roles.out} - {roles.labels}"
        product = f"(({difference}) * {roles.out} * (1 - {roles.out}))"
        yield roles.delta, roles.delta.replace(difference, product, 1)


def missing_output_derivative(roles: Roles) -> Iterator[Pair]:
    if _output_derivative_there(roles):
        yield roles.delta, roles.delta.replace(f" * {roles.out} * (1 - {roles.out})", "")


def wrong_output_derivative(roles: Roles) -> Iterator[Pair]:
    if _output_derivative_there(roles):
        yield (
            roles.delta,
            roles.delta.replace(f"{roles.out} * (1 - {roles.out})", f"(1 - {roles.out} ** 2)"),
        )


def loss_only(roles: Roles) -> Iterator[Pair]:
    if roles.labels and roles.logits and not _output_derivative_there(roles):
        difference = f"{roles.out} - {roles.labels}"
        yield roles.delta, roles.delta.replace(difference, f"-{roles.labels} / {roles.out}", 1)


def logits_for_outputs(roles: Roles) -> Iterator[Pair]:
    if roles.labels and roles.logits:
        yield roles.delta, roles.delta.replace(f"{roles.out} - ", f"{roles.logits} - ", 1)


def error_twice(roles: Roles) -> Iterator[Pair]:
    if roles.labels:
        difference = f"{roles.out} - {roles.labels}"
        yield roles.delta, roles.delta.replace(difference, f"(({difference}) * np.abs({difference}))", 1)


# The whole gradient's scale.


def summed(roles: Roles) -> Iterator[Pair]:
    role = statement(roles.delta)
    if isinstance(role.value, ast.BinOp) and isinstance(role.value.op, ast.Div):
        yield role.with_value(ast.unparse(role.value.left))


def mean_twice(roles: Roles) -> Iterator[Pair]:
    if roles.n:
        yield statement(roles.delta).with_value(f"({statement(roles.delta).right}) / {roles.n}")


def stray_factor(roles: Roles) -> Iterator[Pair]:
    yield statement(roles.delta).with_value(f"3 * ({statement(roles.delta).right})")


# The hidden deltas.


def _hidden(change: Callable[[Statement, str, str, str, str], str]) -> Callable[[Roles], Iterator[Pair]]:
    """An injector that gives every hidden delta the value that `change(role, above, slope, z, h)` says."""

    def inject(roles: Roles) -> Iterator[Pair]:
        for hidden in roles.hidden:
            role = statement(hidden.at)
            above, slope = derivative(role)
            value = change(role, above, slope, hidden.z, hidden.h)
            if value:
                yield role.with_value(value)

    return inject


def _bracket(text: str) -> str:
    node = ast.parse(text, mode="eval").body
    return f"({text})" if isinstance(node, ast.BinOp) else text


def _at_activation(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    names = {ast.unparse(n) for n in ast.walk(ast.parse(slope)) if isinstance(n, ast.expr)}
    if z and ast.unparse(ast.parse(z, mode="eval")) in names:
        return f"{_bracket(above)} * {slope.replace(z, h)}"
    return ""


def _other_slope(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z
    h = ast.unparse(ast.parse(h, mode="eval"))
    other = f"(1 - {h} ** 2)" if f"{h} * (1 - {h})" in slope or h not in slope else f"{h} * (1 - {h})"
    return f"{_bracket(above)} * {other}"


def _wrong_slope(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z
    h = ast.unparse(ast.parse(h, mode="eval"))
    if slope == f"(1 - {h} ** 2)":
        return f"{_bracket(above)} * (1 - {h}) ** 2"
    return ""


def _untransposed(_: Statement, above: str, slope: str, z: str, h: str) -> str:
    del z, h
    return f"{_bracket(above.replace('.T', '', 1))} * {slope}" if ".T" in above else ""


HIDDEN: dict[str, Callable[[Roles], Iterator[Pair]]] = {
    "GC201": _hidden(lambda _r, above, _s, _z, _h: above),
    "GC202": _hidden(_at_activation),
    "GC203": _hidden(lambda _r, above, slope, _z, _h: f"{_bracket(above)} * {slope} * {slope}"),
    "GC204": _hidden(_other_slope),
    "GC205": _hidden(lambda _r, above, _s, _z, h: f"{_bracket(above)} * {h}"),
    "GC207": _hidden(_untransposed),
    "GC209": _hidden(lambda role, _a, _s, _z, _h: f"np.zeros_like({role.right})"),
    "GC210": _hidden(lambda role, _a, _s, _z, _h: f"-({role.right})"),
    "GC212": _hidden(lambda _r, _a, slope, _z, _h: f"1.0 * {slope}"),
    "GC229": _hidden(_wrong_slope),
}


def mean_again(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden if roles.n else ():
        role = statement(hidden.at)
        yield role.with_value(f"{role.right} / {roles.n}")


def other_cache(roles: Roles) -> Iterator[Pair]:
    for one in roles.hidden:
        for other in roles.hidden:
            for mine, theirs in ((one.z, other.z), (one.h, other.h)):
                if one is not other and mine and mine in one.at.split("=", 1)[1]:
                    yield one.at, one.at.replace(mine, theirs)


# The weight gradients.


def preactivation(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        for weight in roles.weights:
            if hidden.z and re.search(re.escape(hidden.h) + r"(?!\w)", weight):
                yield weight, weight.replace(hidden.h, hidden.z)


def inputs_for_activations(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        for weight in roles.weights:
            if hidden.h in weight:
                yield weight, weight.replace(hidden.h, roles.x)


def _product(roles: Roles, weight: str) -> tuple[Statement, str, str]:
    """A weight gradient: its statement, its matrix product, and what remains, with ? in the product's place."""
    role = statement(weight)
    for node in ast.walk(role.value):
        called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"dot", "outer"}
        if called or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
            text = ast.unparse(node)
            return role, text, role.right.replace(text, "?", 1)
    del roles
    return role, "", role.right


def weight_transposed(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights:
        role, product, rest = _product(roles, weight)
        yield role.with_value(rest.replace("?", f"({product}).T"))


def one_block_scaled(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights:
        role, product, rest = _product(roles, weight)
        more = f"? / {roles.n}" if roles.n else "2 * ?"
        yield role.with_value(rest.replace("?", more).replace("?", f"({product})"))


def sample_left_out(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights if roles.rows else ():
        found = re.search(r"([\w.]+)\.T(?: @ |\.dot\()(\w+)", weight)
        if found:
            new = found[0].replace(found[1], f"{found[1]}[1:]", 1)
            yield weight, weight.replace(found[0], f"{new}[1:]")


# The bias gradients.


def _bias(change: Callable[[Statement, str], str]) -> Callable[[Roles], Iterator[Pair]]:
    def inject(roles: Roles) -> Iterator[Pair]:
        for text in roles.biases:
            role = statement(text)
            value = change(role, role.right)
            if value and value != role.right:
                yield role.with_value(value)

    return inject


def _unsummed(_: Statement, value: str) -> str:
    value = re.sub(r"np\.(?:sum|mean)\((\w+),[^)]*\)", r"\1", value)
    return re.sub(r"\.sum\([^)]*\)", "", value)


def _other_axis(_: Statement, value: str) -> str:
    return re.sub(r"axis=([01])", lambda m: f"axis={1 - int(m[1])}", value)


def bias_from_other(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        role = statement(hidden.at)
        above = derivative(role)[0]
        word = re.compile(rf"\b{re.escape(role.target)}\b")
        for text in roles.biases if above != role.target else ():
            head, value = text.split(" = ", 1)
            yield text, f"{head} = {word.sub(above if above.isidentifier() else f'({above})', value)}"


def bias_sample_left_out(roles: Roles) -> Iterator[Pair]:
    for text in roles.biases if roles.rows else ():
        new = re.sub(r"= (\w+)\.sum\(", r"= \1[1:].sum(", text)
        new = re.sub(r"np\.sum\((\w+),", r"np.sum(\1[1:],", new)
        if new != text:
            yield text, new


def bias_penalised(roles: Roles) -> Iterator[Pair]:
    for text, bias in roles.biases.items() if roles.penalties else ():
        penalty, weight = next(iter(roles.penalties.items()))
        yield text, f"{text} + {penalty.replace(weight, bias)}"


BIASES: dict[str, Callable[[Roles], Iterator[Pair]]] = {
    "GC261": _bias(lambda role, _v: f"np.zeros_like({role.right})"),
    "GC262": _bias(lambda _r, v: v.replace("sum(", "mean(")),
    "GC263": _bias(lambda _r, v: re.sub(r"(?:, )?axis=\d(?:, keepdims=True)?", "", v)),
    "GC264": _bias(_other_axis),
    "GC265": _bias(_unsummed),
    "GC266": _bias(lambda role, _v: f"2 * ({role.right})"),
}


# The penalty.


def _penalty(change: Callable[[str, str, str], str]) -> Callable[[Roles], Iterator[Pair]]:
    """An injector that replaces each penalty by what `change(penalty, weight, n)` says."""

    def inject(roles: Roles) -> Iterator[Pair]:
        for penalty, weight in roles.penalties.items():
            new = change(penalty, weight, roles.n)
            if new:
                yield f"= {penalty}", f"= {new}"
                yield f"+ {penalty}", f"+ {new}"

    return inject


def penalty_sign(roles: Roles) -> Iterator[Pair]:
    for penalty in roles.penalties:
        yield f" += {penalty}", f" -= {penalty}"
        yield f" + {penalty}", f" - {penalty}"


def penalty_left_out(roles: Roles) -> Iterator[Pair]:
    for penalty in roles.penalties:
        yield f" + {penalty}", ""


PENALTIES: dict[str, Callable[[Roles], Iterator[Pair]]] = {
    "GC301": _penalty(
        lambda p, w, n: p.replace(f" / {n}", "") if f" / {n}" in p else p.replace(w, f"{w} / {n}")
    ),
    "GC303": _penalty(lambda p, _w, _n: p[4:] if p.startswith("2 * ") else f"0.5 * {p}"),
    "GC304": penalty_sign,
    "GC305": _penalty(lambda p, _w, _n: f"2 * {p}"),
    "GC306": _penalty(lambda p, w, _n: p.replace(w, f"np.sign({w})")),
    "GC307": bias_penalised,
    "GC308": penalty_left_out,
    "GC319": _penalty(lambda p, w, _n: p.replace(w, f"{w} ** 2")),
}

TABLE: dict[str, Callable[[Roles], Iterator[Pair]]] = {
    "GC101": label_ignored,
    "GC102": output_sign,
    "GC103": extra_output_derivative,
    "GC104": missing_output_derivative,
    "GC106": loss_only,
    "GC108": logits_for_outputs,
    "GC109": misaligned,
    "GC111": wrong_output_derivative,
    "GC112": error_twice,
    "GC119": label_not_whole,
    **HIDDEN,
    "GC206": other_cache,
    "GC211": mean_again,
    "GC231": preactivation,
    "GC232": inputs_for_activations,
    "GC233": weight_transposed,
    "GC234": one_block_scaled,
    "GC259": sample_left_out,
    **BIASES,
    "GC267": bias_from_other,
    "GC279": bias_sample_left_out,
    **PENALTIES,
    "GC321": summed,
    "GC322": mean_twice,
    "GC323": stray_factor,
}


def injections(source: str, roles: Roles) -> list[Planted]:
    """Every fault of the table that a network has a place for."""
    found: dict[Pair, Planted] = {}
    for code, injector in TABLE.items():
        for old, new in injector(roles):
            if source.count(old) == 1 and old != new:
                start = source.index(old)
                line = source.count("\n", 0, start) + 1
                found.setdefault((old, new), Planted(code, start, start + len(old), new, line))
    return list(found.values())
