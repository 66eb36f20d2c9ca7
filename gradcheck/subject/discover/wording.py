"""What discovery took the code to be, in plain sentences."""

from __future__ import annotations

import ast

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.judge import Verdict
from gradcheck.subject.discover.script import Script
from gradcheck.subject.wiring import Wiring

MOST_NAMES = 8


def understood(verdict: Verdict, wiring: Wiring) -> tuple[str, ...]:
    """Two to four sentences that let a person see at once whether the code was misread."""
    found = [_gradient(verdict, wiring), _loss(verdict, wiring), _parameters(wiring)]
    samples = _samples(verdict)
    return tuple(sentence for sentence in (*found, samples) if sentence)


def qualified(script: Script, call: Call) -> str:
    """A function's name as people say it: IrisNet.sgd."""
    node = script.functions.get((call.code.co_firstlineno, call.code.co_name))
    owner = script.owners.get(id(node))
    return f"{owner.name}.{call.code.co_name}" if owner else call.code.co_name


def _gradient(verdict: Verdict, wiring: Wiring) -> str:
    rate = verdict.rate
    said = (
        f", rate {rate.expression}" + ("" if _is_number(rate.expression) else f" = {rate.value:g}")
        if rate
        else ""
    )
    if wiring.step is not None:
        what = f"of {_function(verdict)} " if _function(verdict) else ""
        through = f", with {verdict.optimiser}" if verdict.optimiser else ""
        return f"one update {what}by `{_one_line(wiring.step.run)}`{said or ', no rate found'}{through}"
    assert wiring.grads is not None
    if verdict.source in {"state", "update"}:
        return f"the gradient is taken back out of one step of {verdict.optimiser}"
    how = {"returned": "returned by", "kept": "left on the network by", "held": "seen inside"}[verdict.source]
    return f"the gradient is {how} `{_one_line(wiring.grads.run)}`"


def _function(verdict: Verdict) -> str:
    seen = verdict.seen
    calls = [call for call in seen.calls if call.caller is seen.watch.calls[0]]
    return qualified(seen.driver.stage.scene.script, calls[-1]) if calls else ""


def _loss(verdict: Verdict, wiring: Wiring) -> str:
    return f"the loss is {verdict.loss.name}, as `{_one_line(wiring.loss)}`"


def _parameters(wiring: Wiring) -> str:
    names = list(wiring.params)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"the parameters are {', '.join(names[:MOST_NAMES])}{more}"


def _samples(verdict: Verdict) -> str:
    stage = verdict.seen.driver.stage
    if stage.samples is None:
        return ""
    if not stage.at:
        return f"both see all {stage.samples.count} samples"
    if stage.at == stage.samples.one():
        return f"both see one sample of {stage.samples.count}, since an update does not see them all"
    step = int(stage.at.strip(":"))
    return f"both see every {ordinal(step)} of {stage.samples.count} samples"


def ordinal(number: int) -> str:
    """A place in a row, as people say it.

    Example:
        >>> [ordinal(n) for n in (2, 3, 11, 23, 100)]
        ['2nd', '3rd', '11th', '23rd', '100th']
    """
    teens = 10 < number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _is_number(text: str) -> bool:
    try:
        return isinstance(ast.literal_eval(text), float | int)
    except (ValueError, SyntaxError):
        return False


def _one_line(text: str) -> str:
    return "; ".join(line.strip() for line in text.split("\n"))
