"""Faults of updates and optimisers, each from what its experiment saw: one row of the table a kind of fact."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure, listed
from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.diagnosis.judge.schedules import SCHEDULE
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended


def trained(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


REPLAYED = {
    "idle": "velocity-overwritten",
    "overwritten": "velocity-overwritten",
    "shared": "shared-optimiser-state",
    "uncorrected": "adam-bias-correction",
    "count": "step-count-per-tensor",
    "epsilon": "epsilon-inside-root",
    "reset": "optimiser-state-reset",
}
REPLAYED_MESSAGES = {
    "idle": "keeps a velocity that no step ever changes: every step is one of plain gradient descent",
    "overwritten": "overwrites its velocity with the gradient: every step is one of plain gradient descent",
    "shared": "lets parameters share their running means",
    "uncorrected": "does not correct its running means for their start at 0",
    "count": "counts a step for every parameter, so the corrections run ahead",
    "epsilon": "adds epsilon inside the root, which divides small gradients by far too much",
    "reset": "starts its running means anew at every step",
}


def _replayed(fact: Fact) -> str:
    driven = f"{fact['function'] or 'training'}, given known gradients of many sizes for six steps,"
    if fact["fault"] == "shared":
        return f"{driven} moves {fact['second']} otherwise when the gradient of {fact['first']} alone is taken away"
    if "decay" in fact:
        return f"{driven} steps by the rate times the gradient, though it holds a decay of {figure(fact['decay'])}"
    return f"{driven} takes the steps of such an Adam to six digits, and not those of Adam"


def _lent(fact: Fact) -> str:
    changed = f"its caller's {fact['data']} is another after line {fact['lines'][-1]}"
    after = (
        f", and line {fact['read']} reads it again" if fact["read"] else ", which nothing reads again as yet"
    )
    return f"{changed}{after}"


def _shallow(evidence: Evidence) -> Sequence[Fact]:
    """Copies to go back to, and copies of what was best: each place once."""
    copies = evidence.fact("copy_audit", "shallow", [])
    lines = {fact["line"] for fact in copies}
    best = evidence.fact("snapshot_audit", "snapshots", [])
    return [*copies, *(fact for fact in best if fact["shallow"] and fact["line"] not in lines)]


def _uncleared(fact: Fact) -> str:
    if "rounds" in fact:
        return f"given known gradients, each of {fact['rounds']} steps followed the sum of all of them so far"
    twice = "a second call gives exactly twice the gradient; " if fact["doubled"] else ""
    return (
        f"{twice}line {fact['lines'][-1]} found the last step's sum in place {fact['visits']} times in a row"
    )


TABLE = (
    Row(
        "overwrite_audit",
        "inputs",
        always("input-overwritten"),
        lambda fact, _names: f"{fact['function']} changes the array that it is given as {fact['argument']}",
        lambda fact: (
            f"{fact['data']} is another after the call, at line {fact['line']}: the next call starts from changed data"
        ),
        "make a new array, or copy the argument first",
        0.95,
    ),
    Row(
        "lent_audit",
        "changed",
        always("input-overwritten"),
        lambda fact, _names: f"{fact['function']} changes the array that it is given as {fact['argument']}",
        _lent,
        "make a new array, or copy the argument first",
        0.93,
        lambda fact: not fact["read"],
        unless=lambda evidence: bool(evidence.fact("overwrite_audit", "inputs", [])),
    ),
    Row(
        "overwrite_audit",
        "activations",
        always("preactivation-overwritten"),
        lambda fact, _names: f"{fact['target']} is written into {fact['other']}, which is read again",
        lambda fact: (
            f"after line {fact['line']} both are one array, and {fact['other']} is another than before; "
            f"line {fact['read_later']} reads it"
        ),
        "let the activation make a new array, or use its derivative in terms of its value",
        0.95,
        lambda fact: not fact["wrong"],
    ),
    Row(
        "overwrite_audit",
        "parameters",
        always("gradient-aliases-parameter"),
        lambda fact, names: f"the gradient of {names} is built in the array of {fact['text']} itself",
        lambda fact: (
            f"line {fact['bound']} makes no copy; line {fact['lines'][1]} changes {listed(fact['parameters'])} itself"
        ),
        "copy the parameter before changing it, or write gradient = factor * parameter",
        0.97,
    ),
    Row(
        "copy_audit",
        "shallow",
        always("shallow-copy"),
        lambda fact, names: f"{fact['target']} is a new container of the same arrays: {names}",
        lambda fact: (
            f"{fact['text']} holds the arrays that the updates change in place; line {fact['used']} puts back what "
            "never was away"
        ),
        "copy every array: copy.deepcopy, or a comprehension with .copy()",
        0.93,
        facts=_shallow,
    ),
    Row(
        "update_watch",
        "ascending",
        always("gradient-ascent"),
        lambda _fact, names: f"the update of {names} goes up the slope of the loss",
        lambda fact: (
            f"cosine between the first update and the gradient of the loss: {fact['cosine']:+.3f}, where descent has "
            f"a negative one; training takes the loss from {figure(fact['before'])} to {figure(fact['after'])}"
        ),
        "subtract: w -= rate * gradient",
        0.95,
    ),
    Row(
        "update_watch",
        "zero_rate",
        always("zero-learning-rate"),
        lambda fact, names: f"{fact['text']} is 0 in the update, so {names} stays as it is",
        lambda fact: (
            f"line {fact['lines'][-1]} was reached with {fact['text']} = 0, and no parameter changed by a bit"
        ),
        "give the rate a value above 0; mind that // and int() cut off what is below 1",
        0.95,
    ),
    Row(
        "update_watch",
        "rebound",
        always("rebound-locally"),
        lambda fact, names: (
            f"the update binds the local name {fact['target']} to a new array; {names} keeps the old one"
        ),
        lambda fact: (
            f"line {fact['line']} was reached with {fact['target']} being {listed(fact['parameters'])}, "
            "which training leaves equal bit for bit"
        ),
        "write into the array (w -= ...), or assign to where it is kept",
        0.95,
    ),
    Row(
        "update_watch",
        "discarded",
        always("update-discarded"),
        lambda fact, names: f"the updated {names} goes to {fact['target']}, and is not used",
        lambda fact: (
            f"line {fact['line']} computes {fact['start']} minus a step; training leaves "
            f"{listed(fact['parameters'])} equal bit for bit"
        ),
        "assign the result to the parameter",
        0.95,
    ),
    Row(
        "update_watch",
        "unregistered",
        always("unregistered-parameter"),
        lambda fact, names: f"{fact['function']} leaves out {names}, so no update reaches it",
        lambda fact: (
            f"training moves {listed(fact['moved'])}; {listed(fact['parameters'])} stays equal bit for bit "
            "though the loss has a slope there"
        ),
        "let the list of parameters hold every one",
        0.95,
    ),
    Row(
        "update_watch",
        "replaced",
        always("update-replaces-parameter"),
        lambda _fact, names: f"the update replaces {names} instead of moving it",
        lambda fact: f"after line {fact['line']} it is exactly {figure(fact['factor'])} times {fact['text']}",
        "subtract: -= and not =-",
        0.95,
    ),
    Row(
        "decay_audit",
        "decayed",
        always("penalty-and-decay"),
        lambda _fact, names: f"the update shrinks {names}, which the loss penalises already",
        lambda fact: (
            f"on line {fact['line']} the step holds {figure(fact['shrunk'])} times the parameter besides the gradient, "
            f"which has the penalty of strength {fact['scalar']} in it"
        ),
        "keep one of the two: the penalty in the loss, or the decay in the update",
        0.93,
    ),
    Row(
        "update_watch",
        "sequential",
        always("sequential-update"),
        lambda _fact, names: f"the gradient of {names} is computed after other parameters have moved already",
        lambda fact: (
            f"the network runs again after the update on line {fact['between'][0]} and before that on line "
            f"{fact['line']}, in every round"
        ),
        "compute all gradients first, then update",
        0.9,
    ),
    Row(
        "update_watch",
        "uncleared",
        always("gradients-not-cleared"),
        lambda _fact, _names: "gradients are added to those of earlier steps, which nothing clears",
        _uncleared,
        "set the gradients to 0 before each backward pass",
        0.95,
    ),
    SCHEDULE,
    Row(
        "update_watch",
        "reset",
        always("optimiser-state-reset"),
        lambda fact, _names: f"every round makes a new {fact['owner']}, whose running means start at 0",
        lambda fact: f"{fact['rounds']} updates were made by {fact['rounds']} objects, each used once",
        "make it once, before the loop, and change its rate there",
        0.95,
    ),
    Row(
        "optimiser_replay",
        "faulty",
        lambda fact: REPLAYED[fact["fault"]],
        lambda fact, _names: f"{fact['function'] or 'training'} {REPLAYED_MESSAGES[fact['fault']]}",
        _replayed,
        "compare with the algorithm as it is published",
        0.93,
    ),
    Row(
        "clipping_audit",
        "elementwise",
        always("elementwise-clipping"),
        lambda fact, _names: f"{fact['text']} cuts every entry by itself, which turns the gradient",
        lambda fact: (
            f"a gradient thirty times as long as {fact['limit']} is turned by {fact['degrees']:.0f} degrees; "
            + (f"{fact['factor']} is computed" if fact["factor"] else f"{fact['norm']} is compared with it")
            + ", and every entry is cut all the same"
        ),
        "multiply all gradients by limit / norm where their norm is larger",
        0.85,
    ),
    Row(
        "rate_audit",
        "rates",
        lambda fact: f"learning-rate-too-{fact['kind']}",
        lambda fact, _names: f"{fact['text']} = {figure(fact['rate'])} is too {fact['kind']}",
        lambda fact: (
            f"training takes the loss from {figure(fact['before'])} to {figure(fact['own'])}, and to "
            f"{figure(fact['other'])} with {figure(fact['factor'])} times the rate and nothing else changed"
        ),
        "change the rate by that factor",
        0.85,
        unless=lambda evidence: bool(
            evidence.fact("start_audit", "stuck", [])
            or evidence.fact("strength_audit", "strong", [])
            or evidence.fact("order_audit", "sorted", [])  # classes in turn make any loss swing
        ),
    ),
)
