"""The user's source as typed, with line numbers and the regions a finding speaks of marked below them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from gradcheck.findings import Finding, Label, Report
from gradcheck.report.page import Page

TAB = 4
NEAR = 2  # lines further apart than this are shown with a gap between them
MOST = 8  # labelled lines shown; a finding that needs more has its list of lines above the excerpt
WORDS = 24  # the narrowest column that prose beside a mark is worth


def excerpt(page: Page, report: Report, finding: Finding, style: str) -> None:
    """Draw the finding's labelled lines, or its bare lines where it labels none."""
    lines, cells = report.source.split("\n"), report.cells
    labels = _labels(finding, lines)
    if not labels:
        return
    numbers = _with_gaps(sorted({label.line for label in labels}))
    gutter = len(str(numbers[-1]))
    page.line((" " * gutter + " |", "blue"))
    for number in numbers:
        if number is None:
            page.line(("." * min(gutter, 3), "blue"))
            continue
        here = sorted((label for label in labels if label.line == number), key=lambda label: -label.column)
        view = _View.of(page, lines[number - 1].rstrip("\r"), here, page.width - gutter - 3)
        page.line((f"{cells.within(number):>{gutter}} | ", "blue"), view.text)
        for label in here:
            _mark(page, view, label, gutter, style)


def positions(report: Report, finding: Finding) -> str:
    """Where it is, as editors read it, the most suspect first: ``net.py:27:9, 34:9``, or by the cells of a notebook."""
    labelled = [(label.line, f":{label.column + 1}") for label in finding.labels if label.primary]
    places = labelled or [(line, "") for line in finding.lines]
    if not places:
        return finding.file
    if report.cells.starts:
        said = [f"{report.cells.said(line)}{column}" for line, column in places]
        return f"{finding.file}, {'; '.join(said)}"
    return f"{finding.file}:{', '.join(f'{line}{column}' for line, column in places)}"


def _labels(finding: Finding, lines: list[str]) -> list[Label]:
    """The labels that lie inside the file; bare lines become labels over what is typed on them."""
    inside = [label for label in finding.labels if 1 <= label.line <= len(lines)]
    if not inside:
        bare = [number for number in finding.lines if 1 <= number <= len(lines)]
        inside = [_whole(number, lines[number - 1]) for number in bare]
    kept = sorted({label.line for label in inside}, key=[label.line for label in inside].index)[:MOST]
    return [label for label in inside if label.line in kept]


def _whole(number: int, line: str) -> Label:
    typed = line.rstrip()
    return Label(number, len(typed) - len(typed.lstrip()), len(typed))


def _with_gaps(numbers: list[int]) -> list[int | None]:
    """The numbers with near neighbours joined up, and None where lines are left out."""
    shown: list[int | None] = []
    last = numbers[0]
    for number in numbers:
        if number - last > NEAR:
            shown.append(None)
        else:
            shown.extend(range(last + 1, number))
        shown.append(number)
        last = number
    return shown


@dataclass(frozen=True, slots=True)
class _View:
    """One line of source as it is shown: tabs widened, a long line cut to the part that matters.

    Attributes:
        text: what is shown.
        columns: the cell at which each character of the line as typed starts, and one more for its end.
        shift: cells by which what is shown stands further left than it was typed.
    """

    text: str
    columns: tuple[int, ...]
    shift: int = 0

    @classmethod
    def of(cls, page: Page, line: str, labels: list[Label], room: int) -> _View:
        pieces, columns = _laid_out(page, line)
        if columns[-1] <= room:
            return cls("".join(pieces), columns)
        dots = page.spell("…")
        room -= 2 * len(dots)
        wanted = min(labels, key=lambda label: not label.primary, default=Label(0, 0, 0))
        start, end = (columns[min(column, len(line))] for column in (wanted.column, wanted.end_column))
        skip = 0 if end <= room else min(start - NEAR * TAB, columns[-1] - room)
        first = next(index for index, cell in enumerate(columns) if cell >= skip)
        last = max(index for index, cell in enumerate(columns) if cell - columns[first] <= room)
        before, after = dots if first else "", dots if last < len(line) else ""
        return cls(before + "".join(pieces[first:last]) + after, columns, columns[first] - len(before))

    def span(self, label: Label) -> tuple[int, int]:
        """First cell of the label's region as shown, and its width; at least one cell wide."""
        most = len(self.columns) - 1
        shown = max(cell_len(self.text) - 1, 0)
        start, end = (
            self.columns[min(max(column, 0), most)] - self.shift
            for column in (label.column, label.end_column)
        )
        first = min(max(start, 0), shown)
        return first, max(min(end, shown + 1) - first, 1)


def _laid_out(page: Page, line: str) -> tuple[list[str], tuple[int, ...]]:
    """What each character is shown as, and the cell it starts at, with the cell after the last."""
    pieces: list[str] = []
    columns = [0]
    for character in line:
        piece = " " * (TAB - columns[-1] % TAB) if character == "\t" else page.spell(character)
        pieces.append(piece)
        columns.append(columns[-1] + cell_len(piece))
    return pieces, tuple(columns)


def _mark(page: Page, view: _View, label: Label, gutter: int, style: str) -> None:
    first, width = view.span(label)
    colour = style if label.primary else "blue"
    edge = (" " * gutter + " | ", "blue")
    marks = ("^" if label.primary else "-") * width
    beside = gutter + 3 + first + width + 1
    if not label.text:
        page.line(edge, " " * first, (marks, colour))
    elif beside + min(WORDS, cell_len(label.text)) <= page.width:
        page.paragraph([edge, " " * first, (marks, colour), " "], label.text, colour)
    else:
        page.line(edge, " " * first, (marks, colour))
        under = max(min(first, page.width - gutter - 3 - WORDS), 0)
        page.paragraph([edge, " " * under], label.text, colour)
