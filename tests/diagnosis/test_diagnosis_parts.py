"""Patches and the order of findings, each by itself."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.diagnosis.patches import alone, changed_lines, original_line, unified_diff
from gradcheck.diagnosis.ranking import outcome_of, ranked
from gradcheck.findings import (
    Evidence,
    Family,
    Finding,
    Kind,
    Outcome,
    Severity,
)
from gradcheck.numerics import Comparison, Verdict


def evidence(verdicts=(Verdict.FAIL,)):
    comparisons = {
        f"W{i}": Comparison(f"W{i}", (2, 3), 1.0, 2.0, 0.5, 0.4, 1e-9, verdict)
        for i, verdict in enumerate(verdicts)
    }
    return Evidence("net.py", "d = p\n", comparisons)


# --- patches

LINES = st.lists(st.sampled_from(["a", "b", "  c = 1", "", "é\u2028x", "\x0c", "d\r"]), max_size=8)
TEXTS = st.builds(lambda rows, end: "\n".join(rows) + end * bool(rows), LINES, st.sampled_from(["", "\n"]))


def applied(before, diff, tmp_path):
    (tmp_path / "net.py").write_bytes(before.encode())
    (tmp_path / "fix.diff").write_bytes(diff.encode())
    command = [str(shutil.which("patch")), "--binary", "--fuzz=0", "-s", "net.py", "fix.diff"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return (tmp_path / "net.py").read_bytes().decode()


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nX\nc\n"),
        ("a\nb", "a\nX"),
        ("a\nb", "a\nb\n"),
        ("a\nb\n", "a\nb"),
        ("a\nb", "a\nb\nc"),
        ("a\r\nb\r\nc\r\n", "a\r\nX\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\r\nX\nc\r\n"),
        ("a\x0c\nb\u2028c\nd\n", "a\x0c\nb\u2028X\nd\n"),
        ("é\n漢\n", "é\nüber\n"),
        (
            "".join(f"{i}\n" for i in range(40)),
            "".join(f"{i if i not in (3, 30) else 'X'}\n" for i in range(40)),
        ),
    ],
    ids=[
        "a line",
        "no newline at the end",
        "a newline added",
        "a newline taken",
        "a line after no newline",
        "CRLF",
        "mixed ends",
        "form feeds and separators",
        "letters beyond ASCII",
        "two places",
    ],
)
def test_a_diff_applies(before, after, tmp_path):
    assert applied(before, unified_diff(before, after, "net.py"), tmp_path) == after


@given(TEXTS)
def test_no_change_is_no_diff(text):
    assert unified_diff(text, text, "net.py") == ""


@given(TEXTS, TEXTS)
def test_a_change_alone_in_an_untouched_file_is_that_change(before, after):
    assert alone(before, before, after) == after


ORIGINAL = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ORIGINAL.replace("one", "ONE"), ORIGINAL.replace("one", "ONE").replace("four", "FOUR"), "four FOUR"),
        ("zero\n" + ORIGINAL, "zero\n" + ORIGINAL.replace("four", "FOUR"), "four FOUR"),
        (ORIGINAL.replace("two\n", ""), ORIGINAL.replace("two\n", "").replace("four", "FOUR"), "four FOUR"),
        (ORIGINAL.replace("one", "ONE"), ORIGINAL.replace("one", "ONE").replace("five\n", ""), "five\n "),
    ],
    ids=["after a change", "after an insertion", "after a deletion", "a deletion"],
)
def test_a_later_repair_by_itself(before, after, expected):
    old, new = expected.split(" ")
    assert alone(ORIGINAL, before, after) == ORIGINAL.replace(old, new)


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (ORIGINAL, ()),
        (ORIGINAL.replace("two", "2"), (2,)),
        (ORIGINAL.replace("two\nthree\n", ""), (2, 3)),
        (ORIGINAL.replace("two", "two\n2.5"), (2,)),
        ("zero\n" + ORIGINAL, (1,)),
        (ORIGINAL + "six\n", (5,)),
        (ORIGINAL.replace("one", "1").replace("five", "5"), (1, 5)),
    ],
    ids=["none", "one", "gone", "new", "new at the top", "new at the end", "two places"],
)
def test_lines_that_a_change_touches(after, lines):
    assert changed_lines(ORIGINAL, after) == lines


def test_lines_of_a_later_source_in_the_original():
    later = "zero\none\n2\nthree\nfour\nnew\nfive\n"
    rows = {"one": 1, "2": 2, "three": 3, "four": 4, "five": 5}
    for text, line in rows.items():
        assert original_line(ORIGINAL, later, later.split("\n").index(text) + 1) == line


# --- ranking


def finding(code, family, *, kind=Kind.FAULT, severity=Severity.ERROR, confidence=0.9, **more):
    return Finding(code, code.lower(), family, kind, severity, confidence, "message", "net.py", **more)


DELTA = finding("GC101", Family.OUTPUT_DELTA)
HIDDEN = finding("GC201", Family.HIDDEN_DELTA)
PENALTY = finding("GC301", Family.REGULARIZATION)
SCALE = finding("GC321", Family.SCALING, severity=Severity.WARNING)
NOTE = finding("GC605", Family.ARCHITECTURE, severity=Severity.NOTE)
SYMPTOM = finding("GC601", Family.ARCHITECTURE, kind=Kind.SYMPTOM, explained_by="GC101")


@given(st.permutations([DELTA, HIDDEN, PENALTY, SCALE, NOTE, SYMPTOM]))
def test_root_causes_first_symptoms_last(findings):
    codes = [f.code for f in ranked(findings, (), ())]
    assert codes == ["GC101", "GC201", "GC301", "GC321", "GC605", "GC601"]


def test_what_follows_is_folded_under_its_cause():
    first, *_, last = ranked([SYMPTOM, PENALTY, DELTA], (), ())
    assert (first.explains, last.explained_by) == (("GC601",), "GC101")


def test_a_symptom_whose_cause_was_not_asked_for_stands_alone():
    (only,) = ranked([SYMPTOM, DELTA], ["GC6"], ())
    assert (only.code, only.explained_by) == ("GC601", "")
    assert [f.code for f in ranked([SYMPTOM, DELTA], (), ["GC6"])] == ["GC101"]
    assert ranked([SYMPTOM, DELTA], (), ["GC6"])[0].explains == ()


@pytest.mark.parametrize(
    ("findings", "verdicts", "outcome"),
    [
        ([], (Verdict.PASS, Verdict.PASS), Outcome.CLEAN),
        ([], (Verdict.PASS, Verdict.KINK), Outcome.CLEAN),
        ([], (Verdict.PASS, Verdict.INCONCLUSIVE), Outcome.INCONCLUSIVE),
        ([NOTE], (Verdict.PASS,), Outcome.CLEAN),
        ([NOTE, SCALE], (Verdict.PASS,), Outcome.FAULTY),
        ([DELTA], (Verdict.INCONCLUSIVE,), Outcome.FAULTY),
        ([], (Verdict.FAIL,), Outcome.INCONCLUSIVE),
    ],
    ids=["right", "kink", "wide bars", "a note", "a warning", "an error", "what fails and was not asked for"],
)
def test_the_verdict(findings, verdicts, outcome):
    assert outcome_of(findings, evidence(verdicts)) is outcome
