"""What a local name of a function stands for by where the source binds it: assigned, handed over, or looped over."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

from gradcheck.subject.discover.bindings import (
    bound_argument,
    is_drawn,
    is_first_item,
    is_written_into,
    iterated,
    last_assignment,
    target_names,
)
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import is_order
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.sayable import CannotSayError, item_at, literal, parsed, small
from gradcheck.subject.statements import Function, arguments


class LocalNames:
    """Local names of the user's functions, in the words of a scope.

    Args:
        say: says an expression of a moment in those words, so many names deep.
        site: the expression that makes a call, as it is written in the scope.
        order: an expression of the places of all samples, for orders of them that are drawn; empty for none.
    """

    def __init__(
        self,
        say: Callable[[ast.expr, Moment, int], ast.expr],
        site: Callable[[Call], ast.expr | None],
        order: str,
    ) -> None:
        self._say, self._site, self._order = say, site, order

    def said(self, name: str, function: Function | ast.Lambda, moment: Moment, depth: int) -> ast.expr:
        """What a local name of a function stands for at a moment.

        Raises:
            CannotSayError: when it depends on something out of reach.
        """
        found = last_assignment(function, name, moment.line)
        if found is not None:
            return self._assigned(name, function, found, moment, depth)
        if name in {argument.arg for argument in arguments(function)}:
            return self._argument(name, function, moment, depth)
        first = self._first(name, function, moment, depth)
        return first if first is not None else literal(name, moment.names)

    def _assigned(
        self,
        name: str,
        function: Function | ast.Lambda,
        found: tuple[ast.expr, str, int],
        moment: Moment,
        depth: int,
    ) -> ast.expr:
        """What a name was assigned; the value itself where that was drawn, or was changed since."""
        value, suffix, line = found
        if is_written_into(function, name):
            return small(name, moment.names)
        if is_drawn(value) and name in moment.names:
            ordered = self._order and is_order(moment.names[name])
            return parsed(self._order) if ordered else literal(name, moment.names)
        try:
            return item_at(self._say(value, Moment(moment.call, moment.names, line), depth - 1), suffix)
        except CannotSayError:
            return literal(name, moment.names)

    def _first(
        self, name: str, function: Function | ast.Lambda, moment: Moment, depth: int
    ) -> ast.expr | None:
        """What a loop's target stands for in the first pass; None where it is none, or not in that pass."""
        for node in ast.walk(function):
            if not isinstance(node, ast.For) or not node.lineno <= moment.line <= (node.end_lineno or 0):
                continue
            for item, suffix in target_names(node.target):
                source, rest = iterated(node.iter, suffix) if item == name else (None, "")
                if source is None or not is_first_item(source, rest, name, moment.names):
                    continue
                said = self._say(source, Moment(moment.call, moment.names, node.lineno), depth - 1)
                return item_at(said, f"[0]{rest}")
        return None

    def _argument(self, name: str, function: Function | ast.Lambda, moment: Moment, depth: int) -> ast.expr:
        call = moment.call
        site = self._site(call)
        node, own = bound_argument(call, function, name, site)
        if node is None:
            return literal(name, moment.names)
        if not own:
            return copy.deepcopy(node)  # a default, evaluated among the module's globals
        assert call.caller is not None
        assert site is not None
        return self._say(node, Moment(call.caller, call.around, site.lineno), depth - 1)
