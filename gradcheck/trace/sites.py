"""Sites: the expressions and statements of a source file, each with its place and its surroundings."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One expression or statement of the user's file.

    Attributes:
        number: its index in `SourceMap.sites`.
        node: the syntax tree there.
        start: offset of its first character in the source.
        end: offset after its last character.
        line: 1-based line of its first character.
        function: qualified name of the outermost function it stands in; empty at module level.
        statement: number of the statement it belongs to (its own number for a statement).
        depth: how many enclosing expressions up to that statement.
        parent: number of the expression or statement it stands in directly; -1 at module level.
    """

    number: int
    node: ast.AST
    start: int
    end: int
    line: int
    function: str
    statement: int
    depth: int
    parent: int

    @property
    def is_statement(self) -> bool:
        """Whether this is a statement rather than an expression."""
        return isinstance(self.node, ast.stmt)


def lines_of(source: str) -> list[str]:
    r"""The lines of a source as Python counts them, with their ends: a form feed, say, does not end one.

    Example:
        >>> lines_of("a\nb\x0cc\r\n")
        ['a\n', 'b\x0cc\r\n']
    """
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source)


@dataclass(slots=True)
class SourceMap:
    r"""A parsed source with a `Site` for every expression and statement.

    Args:
        source: the text of the file.

    Raises:
        SyntaxError: when it does not parse.

    Example:
        >>> found = SourceMap("def f(x):\n    return 2 * x\n")
        >>> [found.text(site) for site in found.sites if site.function == "f"]
        ['return 2 * x', '2 * x', '2', 'x']
    """

    source: str
    tree: ast.Module = field(init=False)
    sites: list[Site] = field(init=False, default_factory=list)
    _offsets: list[int] = field(init=False)
    _lines: list[bytes] = field(init=False)
    _numbers: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.source)
        rows = lines_of(self.source)
        self._lines = [row.encode() for row in rows]
        self._offsets = [0]
        for row in rows:
            self._offsets.append(self._offsets[-1] + len(row))
        for statement in self.tree.body:
            self._visit(statement, function="", prefix="", statement=-1, depth=0, parent=-1)
        self._numbers = {id(site.node): site.number for site in self.sites}

    def text(self, site: Site) -> str:
        """The source of a site, exactly as typed."""
        return self.source[site.start : site.end]

    def offset(self, line: int, column: int) -> int:
        """Character offset of an `ast` position: a 1-based line and a column in UTF-8 bytes."""
        return self._offsets[line - 1] + len(self._lines[line - 1][:column].decode())

    def site_of(self, node: ast.AST) -> Site:
        """The site of a node of this tree."""
        return self.sites[self._numbers[id(node)]]

    def line_start(self, line: int) -> int:
        """Character offset of the first column of a 1-based line."""
        return self._offsets[line - 1]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Character offsets of a node's first character and of the one after its last."""
        located: ast.expr = node  # type: ignore[assignment] # statements carry the same four fields
        end_line, end_column = located.end_lineno, located.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return self.offset(located.lineno, located.col_offset), self.offset(end_line, end_column)

    def statement_of(self, site: Site) -> Site:
        """The statement that a site belongs to."""
        return self.sites[site.statement]

    def _visit(
        self, node: ast.AST, *, function: str, prefix: str, statement: int, depth: int, parent: int
    ) -> None:
        if isinstance(node, ast.stmt | ast.expr):
            number = len(self.sites)
            if isinstance(node, ast.stmt):
                statement, depth = number, 0
            start, end = self.span(node)
            self.sites.append(Site(number, node, start, end, node.lineno, function, statement, depth, parent))
            depth += 1
            parent = number
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            prefix = f"{prefix}.{node.name}" if prefix else node.name
            if not isinstance(node, ast.ClassDef):
                function = function or prefix
        for child in ast.iter_child_nodes(node):
            self._visit(
                child, function=function, prefix=prefix, statement=statement, depth=depth, parent=parent
            )
