"""Saying in the wiring's words what was seen deep inside the user's code.

Inside `sgd` the loss is `self.error(self.forward(X)[0], y)`; for the script that called it, it is
`net.error(net.forward(X)[0], y)`. A local name is replaced by what it stands for: an object that the scope can
reach, what a call returned, the argument that a parameter was given, the expression it was assigned.
"""

from __future__ import annotations

import ast
import builtins
import copy
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.subject.discover.bindings import (
    last_assignment,
)
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.drawing import drawing_functions, drawn_once
from gradcheck.subject.discover.local_names import LocalNames
from gradcheck.subject.discover.moments import Held, Moment
from gradcheck.subject.discover.reached import Reached
from gradcheck.subject.discover.replacing import rewritten
from gradcheck.subject.discover.sayable import (
    CannotSayError,
    comes_from_draw,
    item_at,
    literal,
    parsed,
)
from gradcheck.subject.discover.script import Script
from gradcheck.subject.statements import Function, assigned_in, declared_global

DEEPEST = 14
LONGEST = 600


class Phrases:
    """Turns expressions of the user's functions into expressions of a scope.

    Args:
        sources: file name -> parsed source.
        scope: the scope's own names.
        module: the globals of the user's module.
        base: calls whose local names are names of the scope.
        renamed: names that go by another name in the scope, or by another expression.
        sites: calls by number that are written differently in the scope.
        aliases: expressions of base calls, as text, that go by a name in the scope.
        unit: statements that run as the base call, and the names that they alone bind.
        fresh: ids of the numbers that were there from the start; None where nothing has run yet.
        held: a function that is held at the start of a loop.
        order: an expression of the places of all samples, for orders of them that are drawn.
    """

    def __init__(
        self,
        sources: Mapping[str, Script],
        scope: Mapping[str, Any],
        module: Mapping[str, Any],
        *,
        base: set[int],
        renamed: Mapping[str, str] | None = None,
        sites: Mapping[int, ast.expr] | None = None,
        aliases: Mapping[str, str] | None = None,
        unit: tuple[ast.Module, set[str]] | None = None,
        fresh: set[int] | None = None,
        held: Held | None = None,
        order: str = "",
    ) -> None:
        self._locals = LocalNames(self._say, self.site, order)
        self._hold = held
        self._unit, self._own = unit or (ast.Module([], []), set())
        self._sites = dict(sites or {})
        self._aliases = dict(aliases or {})
        self._sources = sources
        self._scope = scope
        self._module = module
        self._there = set(module)
        self._base = base
        self._renamed = dict(renamed or {})
        self._drawing = drawing_functions(sources.values())
        self.drawn = False
        self._reached = Reached((scope, module), self._renamed, fresh)

    def learn(self, calls: list[Call]) -> None:
        """Take note of what calls returned."""
        self._reached.learn(calls)

    def call(self, call: Call) -> str:
        """The expression that makes a call.

        Raises:
            CannotSayError: when it depends on something out of reach.
        """
        return self.text(self._call(call, DEEPEST))

    def expression(self, node: ast.expr, moment: Moment) -> str:
        """An expression inside a call, in the scope's words.

        Raises:
            CannotSayError: as above.
        """
        return self.text(self._say(node, moment, DEEPEST))

    def statement(self, node: ast.stmt, moment: Moment, local: set[str]) -> str:
        """A statement inside a call, its own local names kept.

        Raises:
            CannotSayError: as above.
        """
        made = rewritten(copy.deepcopy(node), self, moment, DEEPEST, local)
        return ast.unparse(ast.fix_missing_locations(made))

    def object(self, value: Any) -> str | None:
        """An expression of an object that the scope reaches; None where it does not."""
        return self._reached.said(value)

    def is_draw(self, node: ast.expr, moment: Moment) -> bool:
        """Whether an index is an array of places that were drawn at random, along one axis."""
        if moment.call.number in self._base:
            return False
        if isinstance(node, ast.Tuple):
            rest = [item for item in node.elts if ast.unparse(item) not in {":", "..."}]
            return len(rest) == 1 and self.is_draw(rest[0], moment)
        value = moment.names.get(node.id) if isinstance(node, ast.Name) else None
        if not (isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu"):
            return False
        function = self._function(moment.call)
        assert isinstance(node, ast.Name)
        return function is not None and comes_from_draw(function, node.id, moment.line, depth=3)

    def target(self, node: ast.Name, moment: Moment) -> ast.expr:
        """The name that a base call's name is assigned by."""
        if moment.call.number not in self._base or node.id not in self._renamed:
            return node
        made = parsed(self._renamed[node.id])
        made.ctx = node.ctx  # type: ignore[attr-defined] # a name or an attribute
        return made

    def alias(self, node: ast.expr, moment: Moment) -> str | None:
        """The name that an expression of a base call goes by."""
        if not self._aliases or moment.call.number not in self._base:
            return None
        return self._aliases.get(ast.unparse(node))

    def text(self, node: ast.expr) -> str:
        """The text of an expression; too long ones help nobody."""
        text = ast.unparse(drawn_once(ast.fix_missing_locations(node), self._drawing))
        if len(text) > LONGEST:
            raise CannotSayError(text[:40])
        return text

    def name(self, name: str, moment: Moment, depth: int = DEEPEST) -> ast.expr:
        """What a name stands for at a moment.

        Raises:
            CannotSayError: as above.
        """
        call = moment.call
        if depth <= 0:
            raise CannotSayError(name)
        if call.number in self._base:
            return self._of_base(name, moment, depth)
        if self._hold is not None and (call.code.co_firstlineno, call.code.co_name) == self._hold.code:
            return self._of_held(name, self._hold, moment, depth)
        known = self._by_value(name, moment, depth)
        return known if known is not None else self._by_source(name, moment, depth)

    def _by_source(self, name: str, moment: Moment, depth: int) -> ast.expr:
        """What a name stands for by where the source binds it."""
        function = self._function(moment.call)
        if moment.call.code.co_name == "<module>":
            return self._of_script(name, moment, depth)
        if function is not None and name in assigned_in(function) - declared_global(function):
            return self._locals.said(name, function, moment, depth)
        return self._enclosing(name, moment, depth)

    def _of_base(self, name: str, moment: Moment, depth: int) -> ast.expr:
        """A name of the scope, or one that the update's own statements bind."""
        found = last_assignment(self._unit, name, moment.line) if name in self._own else None
        if found is None:
            return parsed(self._renamed.get(name, name))
        value, suffix, line = found
        return item_at(self._say(value, Moment(moment.call, moment.names, line), depth - 1), suffix)

    def _of_held(self, name: str, held: Held, moment: Moment, depth: int) -> ast.expr:
        """A local name of a function held at a loop: one it had there, or one that the pass makes."""
        function = self._function(moment.call)
        found = last_assignment(function, name, moment.line) if function is not None else None
        if found is not None and found[2] > held.line:
            value, suffix, line = found
            return item_at(self._say(value, Moment(moment.call, moment.names, line), depth - 1), suffix)
        if name in held.names:
            return ast.Attribute(ast.Name(held.through, ast.Load()), name, ast.Load())
        return self._enclosing(name, moment, depth)

    def _of_script(self, name: str, moment: Moment, depth: int) -> ast.expr:
        """A global of a script that runs on from where it was left: one it had then, or one that it makes."""
        script = self._sources.get(moment.call.code.co_filename)
        if name in self._there or hasattr(builtins, name) or script is None:
            return ast.Name(name, ast.Load())
        found = last_assignment(script.tree, name, moment.line)
        if found is None:
            raise CannotSayError(name)
        value, suffix, line = found
        return item_at(self._say(value, Moment(moment.call, moment.names, line), depth - 1), suffix)

    def _by_value(self, name: str, moment: Moment, depth: int) -> ast.expr | None:
        """What a name stands for, by its object: one that the scope reaches, or that a call returned."""
        value = moment.names.get(name)
        if isinstance(value, numbers.Number | str | None | bool):
            return None
        if (known := self._reached.said(value)) is not None:
            return parsed(known)
        made = self._reached.made(value)
        if made is None or made[0] is moment.call:
            return None
        try:
            return item_at(self._call(made[0], depth - 1), made[1])
        except CannotSayError:
            return None

    def _say(self, node: ast.expr, moment: Moment, depth: int) -> ast.expr:
        made = rewritten(copy.deepcopy(node), self, moment, depth, set())
        assert isinstance(made, ast.expr)
        return made

    def _call(self, call: Call, depth: int) -> ast.expr:
        site = self.site(call)
        if site is None or call.caller is None or depth <= 0:
            raise CannotSayError(call.code.co_name)
        return self._say(site, Moment(call.caller, call.around, site.lineno), depth - 1)

    def site(self, call: Call) -> ast.expr | None:
        """The expression that makes a call, as it is written in the scope."""
        return self._sites.get(call.number, call.site)

    def _enclosing(self, name: str, moment: Moment, depth: int) -> ast.expr:
        """A global, a builtin, or a name of the function around a comprehension or a nested function."""
        call = moment.call
        if (
            call.code.co_name.startswith("<")
            and call.caller is not None
            and name not in call.code.co_varnames
        ):
            if name in call.code.co_freevars:
                return self.name(
                    name, Moment(call.caller, {**call.around, **moment.names}, moment.line), depth - 1
                )
        elif name in call.code.co_varnames or name in call.code.co_freevars:
            return literal(name, moment.names)
        if name in self._scope and name in self._module and self._scope[name] is not self._module[name]:
            return parsed(f"m.{name}")
        if name in self._module or hasattr(builtins, name) or name in self._scope:
            return ast.Name(name, ast.Load())
        if name in moment.names:
            return literal(name, moment.names)
        raise CannotSayError(name)

    def _function(self, call: Call) -> Function | ast.Lambda | None:
        script = self._sources.get(call.code.co_filename)
        return script.functions.get((call.code.co_firstlineno, call.code.co_name)) if script else None
