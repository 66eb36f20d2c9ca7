from __future__ import annotations

import pytest

from gradcheck.diffs import hunks
from gradcheck.errors import InputError


def test_rows_carry_their_line_numbers():
    diff = "--- a\n+++ b\n@@ -3,3 +3,4 @@ def f():\n x\n-y\n+Y\n+Z\n w\n@@ -9 +10 @@\n-q\n+Q\n"
    first, second = hunks(diff)
    assert [(row.mark, row.number, row.text) for row in first.rows] == [
        (" ", 3, "x"),
        ("-", 4, "y"),
        ("+", 4, "Y"),
        ("+", 5, "Z"),
        (" ", 5, "w"),
    ]
    assert (second.start, second.length) == (9, 1)


def test_lines_that_look_like_headers_are_lines():
    [hunk] = hunks("@@ -1,2 +1,2 @@\n--- a comment\n-- q\n+++ b comment\n++ r\n")
    assert [(row.mark, row.text) for row in hunk.rows] == [
        ("-", "-- a comment"),
        ("-", "- q"),
        ("+", "++ b comment"),
        ("+", "+ r"),
    ]


def test_an_insertion_covers_no_old_line():
    [hunk] = hunks("@@ -5,0 +6 @@\n+new\n")
    assert (hunk.start, hunk.length, hunk.rows[0].number) == (5, 0, 6)


def test_an_empty_context_line_may_have_lost_its_space():
    [hunk] = hunks("@@ -1,2 +1,2 @@\n\n-a\n+b\n")
    assert [(row.mark, row.text) for row in hunk.rows] == [(" ", ""), ("-", "a"), ("+", "b")]


def test_a_file_without_a_last_newline_is_told():
    [hunk] = hunks("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
    assert [(row.text, row.ended) for row in hunk.rows] == [("a", False), ("b", False)]


def test_nonsense_is_refused():
    with pytest.raises(InputError, match="not a row of a unified diff"):
        hunks("@@ -1 +1 @@\n*a\n")


def test_no_diff_has_no_hunks():
    assert hunks("") == ()
