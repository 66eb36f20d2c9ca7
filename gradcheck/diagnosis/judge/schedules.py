"""A learning rate's schedule that never advances: what is said of each way in which it may stand still."""

from __future__ import annotations

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Fact, Row, always


def _message(fact: Fact) -> str:
    if fact["kind"] == "unused":
        return f"{fact['target']} is computed anew at every turn, and no update uses it"
    return f"{fact['text']} gives the same rate at every turn of its loop"


def _measured(fact: Fact) -> str:
    first, times, other = figure(fact["value"]), fact["times"], fact["other"]
    if fact["kind"] == "unused":
        return (
            f"{fact['text']} goes from {first} to {figure(other)} in {times} turns; halved, it leaves training the "
            f"same to the bit, where {fact['base']} is used"
        )
    if fact["kind"] == "slow":
        return f"{first} at each of {times} turns, and at ten times as many; at {figure(other)} it is another"
    argument, there = (figure(number) for number in other)
    return f"{first} each of {times} times; with {argument} in place of its constant it gives {there}"


SCHEDULE = Row(
    "schedule_audit",
    "stuck",
    always("schedule-stuck"),
    lambda fact, _names: _message(fact),
    _measured,
    "compute the rate from the loop's own count, and update with what that gives",
    0.9,
)
