"""A candidate is a change of text, and nothing else of the text changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.repair.candidate import Candidate, Splice, apply_splices, overlap


@pytest.mark.parametrize(
    ("splices", "after"),
    [
        ([], "abcdef"),
        ([Splice(1, 3, "X")], "aXdef"),
        ([Splice(0, 0, "<"), Splice(6, 6, ">")], "<abcdef>"),
        ([Splice(4, 5, ""), Splice(0, 1, "long")], "longbcdf"),
        ([Splice(2, 2, "1"), Splice(2, 4, "2")], "ab12ef"),
        ([Splice(6, 6, ">"), Splice(0, 6, "x")], "x>"),
        ([Splice(0, 6, "")], ""),
    ],
    ids=[
        "none",
        "one",
        "at both ends",
        "out of order",
        "an insertion before a replacement",
        "one behind a replacement",
        "everything",
    ],
)
def test_splices(splices, after):
    assert apply_splices("abcdef", splices) == after
    assert Candidate(tuple(splices), "x", 0.0).apply("abcdef") == after


@st.composite
def texts_and_splices(draw):
    text = draw(st.text(alphabet="ab\né漢", max_size=12))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [Splice(start, end, draw(st.text(alphabet="xy", max_size=3))) for start, end in pairs]


@given(texts_and_splices())
def test_what_is_not_spliced_stays(case):
    text, splices = case
    after = apply_splices(text, splices[::-1])
    kept = len(text) - sum(splice.end - splice.start for splice in splices)
    assert len(after) == kept + sum(len(splice.text) for splice in splices)
    assert "".join(c for c in after if c not in "xy") == "".join(
        c for i, c in enumerate(text) if not any(s.start <= i < s.end for s in splices)
    )


@pytest.mark.parametrize(
    ("one", "other", "touch"),
    [
        (Splice(0, 3, ""), Splice(3, 5, ""), False),
        (Splice(0, 4, ""), Splice(3, 5, ""), True),
        (Splice(1, 9, ""), Splice(3, 5, ""), True),
        (Splice(3, 3, "a"), Splice(3, 3, "a"), True),
        (Splice(3, 3, "a"), Splice(3, 3, "b"), False),
    ],
)
def test_overlap(one, other, touch):
    assert overlap([one], [other]) is touch
    assert overlap([other], [one]) is touch
