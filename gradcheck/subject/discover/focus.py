"""One object of a file: which of the loops that train concern it."""

from __future__ import annotations

import ast
from typing import Any

from gradcheck.subject.discover.leaves import nodes
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.training import Training


def concerns(training: Training, name: str, script: Script) -> bool:
    """Whether a loop trains an object of the file: a class, a function that it runs, or something with a name.

    Args:
        training: the loop.
        name: the object's qualified name; empty for any.
        script: the file.
    """
    if not name:
        return True
    run = training.run
    codes = [call.code for call in run.call.chain]
    codes += [call.code for call in training.watch.calls if run.call in call.chain]
    if any(code.co_qualname == name or code.co_qualname.startswith(f"{name}.<locals>") for code in codes):
        return True
    changed = {id(held) for change in training.changes.values() for held in change.value[:2]}
    space = {**training.module, **run.names}
    if any(isinstance(n, ast.ClassDef) and n.name == name for n in script.tree.body):
        found = [node.value for node in nodes(space) if _is_instance(node.value, name)]
        found += [value for value in run.call.names.values() if _is_instance(value, name)]
    else:
        found = [space[name]] if name in space else []
    return any({id(node.value), id(node.owner)} & changed for node in nodes({"it": found}))


def _is_instance(value: Any, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(value).__mro__)
