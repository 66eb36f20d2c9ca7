from __future__ import annotations

from handmade import label_finding
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gradcheck.cells import Cells
from gradcheck.findings import Label, Outcome, Report
from gradcheck.report.excerpt import excerpt, positions
from gradcheck.report.page import Page


def drawn(show, source, *labels, lines=(), **console):
    finding = label_finding(labels=labels, lines=lines)
    report = report_on(source, finding)
    return show(lambda _, page: excerpt(Page(page), report, finding, "red"), None, **console)


def report_on(source, *findings):
    return Report("net.py", source, Outcome.FAULTY, (), (), findings, cells=Cells.of(source))


def test_marks_stand_under_what_they_mark(show):
    assert drawn(show, "a = b + c\n", Label(1, 4, 5, "what"), Label(1, 8, 9, "why", primary=False)) == (
        "  |\n"
        "1 | a = b + c\n"
        "  |         - why\n"
        "  |     ^ what\n"
    )  # fmt: skip


def test_tabs_and_wide_characters_keep_marks_in_place(show):
    source = "\tx = '網路'\td\n"
    at = source.index("d")
    rows = drawn(show, source, Label(1, at, at + 1)).splitlines()
    assert rows[1] == "1 |     x = '網路'  d"
    assert rows[2].index("^") == cell_len(rows[1]) - 1


def test_lines_far_apart_are_shown_with_a_gap(show, words):
    source = "".join(f"line {n}\n" for n in range(1, 31))
    assert (
        drawn(show, source, Label(28, 0, 4, "here"), Label(5, 0, 4), Label(7, 0, 4, primary=False)) == words
    )


def test_a_long_line_is_cut_to_the_marked_part(show, words):
    source = "y = " + " + ".join(f"term_{n}" for n in range(60)) + "\n"
    at = source.index("term_41")
    assert drawn(show, source, Label(1, at, at + 7, "this one")) == words


def test_words_that_do_not_fit_beside_go_below(show, words):
    source = " " * 60 + "x = 1\n"
    assert drawn(show, source, Label(1, 60, 65, "a long explanation " * 6)) == words


def test_bare_lines_are_marked_over_what_is_typed(show):
    assert drawn(show, "if a:\n    b = 1  \n", lines=(2,)).splitlines()[-1] == "  |     ^^^^^"


def test_labels_outside_the_file_are_left_out(show):
    assert drawn(show, "a\n", Label(7, 0, 1), lines=(9,)) == ""


def test_a_region_past_the_end_of_its_line_is_marked_at_the_end(show):
    assert drawn(show, "ab\n", Label(1, 1, 90)).splitlines()[-1] == "  |  ^"


def test_crlf_is_not_shown(show):
    assert drawn(show, "a = 1\r\nb = 2\r\n", Label(2, 0, 1)).splitlines()[1] == "2 | b = 2"


def test_positions_name_primary_labels_first_then_lines():
    def at(finding):
        return positions(report_on("", finding), finding)

    assert at(label_finding()) == "net.py:15:9"
    assert at(label_finding(labels=())) == "net.py:15"
    assert at(label_finding(labels=(), lines=())) == "net.py"


NOTEBOOK = "# %% cell 2\na = 1\n\n# %% cell 5\nb = 2\nc = 3\n"


def test_lines_of_a_notebook_are_those_of_its_cells(show):
    finding = label_finding(labels=(Label(6, 0, 1), Label(2, 4, 5)))
    assert positions(report_on(NOTEBOOK, finding), finding) == "net.py, cell 5, line 2:1; cell 2, line 1:5"
    rows = drawn(show, NOTEBOOK, Label(6, 0, 1), Label(2, 4, 5)).splitlines()
    assert [row for row in rows if row[0] != " "] == ["1 | a = 1", ".", "2 | c = 3"]


@given(st.text("ab \t網é", min_size=1, max_size=50), st.data())
def test_on_a_short_line_the_mark_is_as_wide_as_the_region(show, line, data):
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start + 1, len(line)))
    rows = drawn(show, line + "\n", Label(1, start, end), width=400).split("\n")
    # Widening the tabs of the part up to a column, then measuring, is the same sum done another way.
    before, through = (cell_len(_widened(line[:column])) for column in (start, end))
    assert rows[2] == "  | " + " " * before + "^" * (through - before)


def _widened(text):
    out = ""
    for character in text:
        out += " " * (4 - cell_len(out) % 4) if character == "\t" else character
    return out
