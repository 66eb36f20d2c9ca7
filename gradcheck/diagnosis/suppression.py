"""Findings that the author knows of: named in a comment on their line, or expected for a stated reason."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradcheck.errors import UsageError
from gradcheck.faults import by_prefix
from gradcheck.findings import Finding

_COMMENT = re.compile(r"#\s*gradcheck:\s*ignore\b(?:\s*\[(?P<codes>[^\]]*)\])?")
_BLANK = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})


@dataclass(frozen=True, slots=True)
class Suppression:
    """One code that a comment leaves out.

    Attributes:
        entry: a code, the beginning of one, or a name, as typed.
        line: of the comment, 1-based.
        covers: the lines of the statement it speaks of; a comment on a line of its own speaks of the next statement.
    """

    entry: str
    line: int
    covers: range

    def fits(self, finding: Finding) -> bool:
        """Whether it names the finding and stands on one of its lines."""
        return finding.code in by_prefix([self.entry]) and any(line in self.covers for line in finding.lines)


@dataclass(frozen=True, slots=True)
class Known:
    """What became of the findings of a report.

    Attributes:
        kept: those that nobody knew of.
        hushed: those that were known, and what follows from them.
        notices: suppressions and expectations that fit nothing, and those that stated a reason.
    """

    kept: tuple[Finding, ...]
    hushed: tuple[Finding, ...]
    notices: tuple[str, ...]


def without_known(
    findings: Sequence[Finding], target: str, source: str, expected: Mapping[str, str]
) -> Known:
    """Set the findings apart that comments of the source, or `expected`, say are known.

    Args:
        findings: ranked.
        target: the user's file, as given.
        source: its text.
        expected: code, beginning of a code, or name -> the reason why it is there.

    Raises:
        UsageError: an entry of `expected` fits no fault of the catalogue.
    """
    suppressions, notices = _of_comments(target, source)
    hushed: list[Finding] = []
    for suppression in suppressions:
        fitting = [finding for finding in findings if suppression.fits(finding)]
        if not fitting:
            where = f"{target}:{suppression.line}"
            notices.append(f"{where}: unused suppression, no {suppression.entry} is found there")
        hushed += fitting
    for entry, reason in expected.items():
        codes = by_prefix([entry])
        fitting = [finding for finding in findings if finding.code in codes]
        found = ", ".join(f"{finding.code} {finding.name}" for finding in fitting)
        notices.append(
            f"expected {found}: {reason}" if found else f"expected {entry}, but it is not found: {reason}"
        )
        hushed += fitting
    causes = _with_consequences({finding.code for finding in hushed}, findings)
    known = [finding for finding in findings if finding in hushed or finding.explained_by in causes]
    kept = tuple(finding for finding in findings if finding not in known)
    return Known(kept, tuple(known), tuple(notices))


def _with_consequences(codes: set[str], findings: Sequence[Finding]) -> set[str]:
    """`codes`, and the codes of everything that follows from them; findings are ranked, causes first."""
    for finding in findings:
        if finding.explained_by in codes:
            codes.add(finding.code)
    return codes


def _of_comments(target: str, source: str) -> tuple[list[Suppression], list[str]]:
    """The suppressions that the comments of a source hold, and complaints about those that name nothing."""
    found: list[Suppression] = []
    complaints: list[str] = []
    for line, covers, text in _comments(source):
        match = _COMMENT.search(text)
        if match is None:
            continue
        entries = [entry.strip() for entry in (match["codes"] or "").split(",") if entry.strip()]
        if not entries:
            complaints.append(f"{target}:{line}: a suppression names its codes: # gradcheck: ignore[GC401]")
        for entry in entries:
            try:
                by_prefix([entry])
            except UsageError as problem:
                complaints.append(f"{target}:{line}: {problem.message}; {problem.hint}")
            else:
                found.append(Suppression(entry, line, covers))
    return found, complaints


def _comments(source: str) -> Iterator[tuple[int, range, str]]:
    """Every comment: its line, the lines of the statement it stands beside or above, its text."""
    waiting: list[tuple[int, str]] = []
    start = 0  # of the statement that is being read; 0 between statements
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            waiting.append((line, token.string))
        if token.type not in _BLANK and not start:
            start = line
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            yield from ((at, range(start, line + 1), text) for at, text in waiting)
            waiting, start = [], 0
