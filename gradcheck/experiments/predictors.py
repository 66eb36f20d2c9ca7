"""Functions that are there to predict: run on the samples, as nobody who trains would run them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import partial

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import calls_of, functions_with, samples_of
from gradcheck.subject.program import Live
from gradcheck.trace import Recorder, SourceMap

Run = tuple[str, Recorder]


def predictions(lab: Lab) -> list[Run]:
    """The functions that predict, each with what one run of it on the samples gave; ask for it by `lab.once`.

    Such a function takes a class or a side of a threshold, or is the one that the outputs come from; training, its loss
    and its gradient go without it, and nobody has to say in which mode it is to run.
    """
    source = lab.tracer.source
    loss, gradient = _reached(lab, lab.wiring.loss), set(lab.tracer.recorder.reached)
    backward = gradient - loss - _reached(lab, lab.wiring.outputs)
    trained = _functions(source, gradient | loss)
    modes = {name for name, node in _definitions(source.tree.body) if _trains_by_default(node)}
    found: list[Run] = []
    running = trained | _functions(source, _reached(lab, lab.wiring.outputs))
    for known, call in _calls(lab, running):
        answers: list[object] = []
        recorder = lab.tracer.recording(partial(_evaluated, call=call, answers=answers))
        name = known or next((source.sites[n].function for n in recorder.reached), "")
        if answers and name and name not in trained | modes and backward.isdisjoint(recorder.reached):
            found.append((name, recorder))
    return found


def _evaluated(live: Live, call: str, answers: list[object]) -> None:
    answers.append(live.evaluate(call))


def _calls(lab: Lab, running: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """Functions with expressions that call them; the outputs, whose function is not known, under an empty name.

    Nothing is called but what decides on what the network gives: what saves or plots is no prediction.
    """
    names = {name.rpartition(".")[2] for name in running}
    asking = set(functions_with(lab, lambda node: _called(node) in names))
    samples = samples_of(lab)
    if lab.wiring.outputs:
        yield "", lab.wiring.outputs
    if samples is not None:
        whole = (samples.inputs, samples.labels)
        for function in [name for name in functions_with(lab, _decides) if name in asking]:
            for call in calls_of(lab, function, whole[:1], whole):
                yield function, call


def _called(node: ast.AST) -> str:
    """The last name of what a call calls; empty for any other node. A called object is named as its class says."""
    if not isinstance(node, ast.Call):
        return ""
    return "__call__" if isinstance(node.func, ast.Name) and node.func.id == "self" else _last(node.func)


def _last(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _decides(node: ast.AST) -> bool:
    """Whether an expression takes the largest of several, or compares."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", "") in {"argmax", "round", "rint"}
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE)


def _reached(lab: Lab, expression: str) -> set[int]:
    return set(lab.tracer.recording(lambda live: live.evaluate(expression)).reached) if expression else set()


def _functions(source: SourceMap, statements: set[int]) -> set[str]:
    return {source.sites[number].function for number in statements}


def _definitions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a file, under their qualified names."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", node


def _trains_by_default(node: ast.FunctionDef) -> bool:
    """Whether a function takes itself to be in training where nothing else is said."""
    defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    values = [default.value for default in defaults if isinstance(default, ast.Constant)]
    return any(value is True or (isinstance(value, str) and "train" in value.lower()) for value in values)
