"""The loss that a gradient implies, for code that has none: what the output delta would be the derivative of.

Half a squared error has the delta `o - t` times the slope of the activation, cross-entropy on a softmax and binary
cross-entropy on a sigmoid have `o - t` alone (Bishop, Pattern Recognition and Machine Learning, section 5.2). Which of
them is meant is decided by trying: the one whose gradient agrees with the code's, for the most parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.forms import loss_forms
from gradcheck.subject.discover.losses import LossCandidate
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.outputs import network_outputs, output_expressions, read
from gradcheck.subject.discover.samples import LABEL_NAMES, plain_name

PRIOR = 0.3
IMPLIED = "implied: "
OUTPUTS = 3


def implied_losses(seen: Observation) -> list[LossCandidate]:
    """Losses of the outputs and the labels, for a network whose code has none."""
    if not seen.changed:
        return []
    where = max(seen.changed, key=lambda moved: moved.before.size).expression
    found: list[LossCandidate] = []
    for labels in label_expressions(seen):
        expressions = output_expressions(seen)
        for said, value in list(network_outputs(seen, expressions, labels, where))[:OUTPUTS]:
            wanted = _value(seen, labels)
            for form in loss_forms(said, value, labels, wanted) if wanted is not None else ():
                texts = _over_pairs(seen, form.expression)
                found += [LossCandidate(text, PRIOR, f"{IMPLIED}{form.name}") for text in texts]
        if found:
            break
    return found


def label_expressions(seen: Observation) -> list[str]:
    """Expressions of the labels, as the update sees them."""
    tables = [said for table, said in seen.driver.stage.batch.items() if table.is_label]
    names = [
        n
        for n in seen.live.scope
        if plain_name(n) in LABEL_NAMES and n not in {"m", "np"} and n not in seen.own
    ]
    given = [text for table in tables for text in _handed(seen, table)]
    pairs = [f"{said}[0][1]" for table, said in seen.driver.stage.batch.items() if table.holds_pairs]
    return list(dict.fromkeys([*pairs, *given, *tables, *names]))


def _over_pairs(seen: Observation, loss: str) -> list[str]:
    """A loss of the first of some pairs, as the sum and the mean over all of them; other losses as they are."""
    for table, said in seen.driver.stage.batch.items():
        first = f"{said}[0]"
        if table.holds_pairs and f"{first}[1]" in loss:
            each = loss.replace(f"{first}[0]", "a").replace(f"{first}[1]", "b")
            total = f"sum({each} for a, b in {said})"
            return [f"{total} / len({said})", total]
    return [loss]


def _handed(seen: Observation, table: str) -> Iterator[str]:
    """The parts of a table that the update's own statements speak of: t[i]."""
    for node in ast.walk(ast.parse(seen.driver.text)):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == table:
            yield ast.unparse(node)


def _value(seen: Observation, expression: str) -> Any:
    try:
        return read(seen.driver.stage.start(), expression)
    except GradcheckError:
        return None
