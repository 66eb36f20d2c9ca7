from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report.wording import printable


@given(st.text(), st.sampled_from(["utf-8", "ascii", "latin-1", "cp437", "koi8-r"]))
def test_every_text_can_be_written_in_every_encoding(text, encoding):
    printable(text, encoding).encode(encoding)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_what_an_encoding_carries_is_left_alone(text):
    assert printable(text, "utf-8") == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("cosine 0.37 → 1", "cosine 0.37 -> 1"),
        ("‖∇W‖ ≤ λ", "||grad W|| <= lambda"),
        ("網", "??"),
        ("e\u0301", "e"),
    ],
)
def test_ascii_keeps_the_meaning_and_the_width(text, plain):
    assert printable(text, "ascii") == plain


def test_lone_surrogates_do_not_break_utf_8():
    assert printable("a\udc80b", "utf-8") == "a?b"
