"""Faults of the output's delta."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.quality.injections.statements import Injector, Pair, statement
from tests.quality.styles import Roles


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


def _output_derivative(roles: Roles) -> tuple[str, str] | None:
    """The derivative of a sigmoid or a tanh in the delta's product, and the other's; None where there is none."""
    sigmoid, tanh = f"{roles.out} * (1 - {roles.out})", f"(1 - {roles.out}**2)"
    pairs = ((sigmoid, tanh), (tanh, sigmoid))
    return next((pair for pair in pairs if f" * {pair[0]}" in roles.delta), None)


def extra_output_derivative(roles: Roles) -> Iterator[Pair]:
    if _output_derivative(roles) is None and roles.labels and ("(1 - " not in roles.out):
        difference = f"{roles.out} - {roles.labels}"
        product = f"(({difference}) * {roles.out} * (1 - {roles.out}))"
        yield roles.delta, roles.delta.replace(difference, product, 1)


def missing_output_derivative(roles: Roles) -> Iterator[Pair]:
    if found := _output_derivative(roles):
        yield roles.delta, roles.delta.replace(f" * {found[0]}", "")


def wrong_output_derivative(roles: Roles) -> Iterator[Pair]:
    if found := _output_derivative(roles):
        yield roles.delta, roles.delta.replace(*found)


def loss_only(roles: Roles) -> Iterator[Pair]:
    if roles.labels and roles.logits and _output_derivative(roles) is None:
        difference = f"{roles.out} - {roles.labels}"
        yield roles.delta, roles.delta.replace(difference, f"-{roles.labels} / {roles.out}", 1)


def logits_for_outputs(roles: Roles) -> Iterator[Pair]:
    if roles.labels and roles.logits:
        yield roles.delta, roles.delta.replace(f"{roles.out} - ", f"{roles.logits} - ", 1)


def error_twice(roles: Roles) -> Iterator[Pair]:
    if roles.labels:
        difference = f"{roles.out} - {roles.labels}"
        yield roles.delta, roles.delta.replace(difference, f"(({difference}) * np.abs({difference}))", 1)


def diagonal_jacobian(roles: Roles) -> Iterator[Pair]:
    """-y / p times p (1 - p): the softmax's Jacobian without what lies off its diagonal."""
    if roles.classes != "softmax":
        return
    if roles.labels:
        yield (
            roles.delta,
            roles.delta.replace(
                f"{roles.out} - {roles.labels}",
                f"-{roles.labels} / {roles.out} * {roles.out} * (1 - {roles.out})",
                1,
            ),
        )
    elif found := _one_hot(roles):
        name, y = found
        coded = f"np.eye({name}.shape[1])[{y}]"
        yield roles.one_hot, f"{name}[:] = -{coded} / {name} * {name} * (1 - {name})"


def decisions(roles: Roles) -> Iterator[Pair]:
    """The class decided for, where its probability belongs."""
    axis = 1 if roles.rows else 0
    chosen = {
        "softmax": "({p} == {p}.max(axis={axis}, keepdims=True))",
        "sigmoid": "({p} > 0.5)",
    }.get(roles.classes, "")
    if chosen and roles.labels:
        decided = chosen.format(p=roles.out, axis=axis)
        yield roles.delta, roles.delta.replace(f"{roles.out} - ", f"{decided} - ", 1)
    elif chosen and (found := _one_hot(roles)):
        decided = chosen.format(p=found[0], axis=axis)
        yield roles.one_hot, f"{found[0]}[:] = {decided}\n{roles.one_hot}"


def _one_hot(roles: Roles) -> tuple[str, str] | None:
    """The delta and the classes in the statement that subtracts one where the label is."""
    found = re.match(r"(\w+)\[.*, (\w+)\] -= 1", roles.one_hot)
    return (found[1], found[2]) if found else None


def single_sample(roles: Roles) -> Iterator[Pair]:
    """The delta of every sample but the first thrown away."""
    name = statement(roles.delta).target
    if roles.n and name.isidentifier():
        yield roles.delta, f"{roles.delta}\n{name}[{'1:' if roles.rows else ':, 1:'}] = 0"


OUTPUTS: dict[str, Injector] = {
    "GC101": label_ignored,
    "GC102": output_sign,
    "GC103": extra_output_derivative,
    "GC104": missing_output_derivative,
    "GC105": diagonal_jacobian,
    "GC106": loss_only,
    "GC107": decisions,
    "GC108": logits_for_outputs,
    "GC109": misaligned,
    "GC110": single_sample,
    "GC111": wrong_output_derivative,
    "GC112": error_twice,
    "GC119": label_not_whole,
}
