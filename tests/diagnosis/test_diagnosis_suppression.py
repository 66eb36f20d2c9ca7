"""Findings that the author knows of are left out where a comment or the settings say so, and nowhere else."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from handmade import alias_finding, label_finding, uniform_finding

from gradcheck.demos import find as find_demo
from gradcheck.diagnosis import diagnose
from gradcheck.diagnosis.patches import with_fixes
from gradcheck.diagnosis.suppression import without_known
from gradcheck.diffs import patched
from gradcheck.errors import UsageError
from gradcheck.findings import Outcome

SOURCE = """\
a = 1
b = f(
    2,{inside}
    3,
){beside}
{above}
c = 4
"""
CALL, AFTER = 3, 7  # a line inside the call, and the line of `c = 4`


def source(inside="", beside="", above=""):
    return SOURCE.format(inside=inside, beside=beside, above=above)


def known(text, *findings, **expected):
    return without_known(findings, "net.py", text, expected)


def finding_at(line, **changes):
    return label_finding(lines=(line,), labels=(), **changes)


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_a_comment_covers_its_whole_statement_and_no_other(where):
    text = source(**{where: "  # gradcheck: ignore[GC101]"})
    inside, outside = finding_at(CALL), finding_at(AFTER)
    assert known(text, inside).kept == ()
    assert known(text, outside).kept == (outside,)


def test_a_comment_of_its_own_covers_the_next_statement():
    text = source(above="# gradcheck: ignore[GC101]")
    assert known(text, finding_at(AFTER)).kept == ()
    assert known(text, finding_at(CALL)).kept != ()


@pytest.mark.parametrize("entry", ["GC101", "gc1", "label-ignored", "GC401, GC101", "#GC101"])
def test_codes_beginnings_and_names_are_understood(entry):
    text = source(beside=f"  # gradcheck: ignore[{entry}]")
    assert (known(text, finding_at(CALL)).kept == ()) == ("#" not in entry)


def test_text_that_is_no_comment_suppresses_nothing():
    text = source(beside='; s = "# gradcheck: ignore[GC101]"')
    assert known(text, finding_at(CALL)) == replace(known(text), kept=(finding_at(CALL),))


def test_what_follows_from_a_known_fault_is_known_too():
    text = source(beside="  # gradcheck: ignore[GC101]")
    cause, symptom, other = finding_at(CALL), uniform_finding(), alias_finding()
    found = known(text, cause, symptom, other)
    assert (found.kept, found.hushed) == ((other,), (cause, symptom))


def test_an_unused_suppression_is_reported():
    text = source(beside="  # gradcheck: ignore[GC402]")
    assert known(text, finding_at(CALL)).notices == ("net.py:5: unused suppression, no GC402 is found there",)


def test_a_suppression_that_names_no_fault_says_what_to_write():
    [bare] = known(source(beside="  # gradcheck: ignore")).notices
    assert bare == "net.py:5: a suppression names its codes: # gradcheck: ignore[GC401]"
    [wrong] = known(source(beside="  # gradcheck: ignore[label-ignord]")).notices
    assert wrong.startswith("net.py:5: expected a code")
    assert "did you mean GC101 label-ignored?" in wrong


def test_an_expected_fault_is_left_out_with_its_reason():
    found = known(source(), finding_at(CALL), GC101="a lesson")
    assert (found.kept, found.notices) == ((), ("expected GC101 label-ignored: a lesson",))


def test_an_expected_fault_that_is_not_there_is_reported():
    assert known(source(), GC101="a lesson").notices == ("expected GC101, but it is not found: a lesson",)
    with pytest.raises(UsageError, match="expected a code"):
        known(source(), GC999="no such fault")


def test_fixes_can_be_taken_one_by_one():
    from handmade import PATCH
    from handmade import SOURCE as NET

    label, alias = label_finding(), alias_finding()
    assert with_fixes(NET, [label]) == patched(NET, label.fix.diff)
    assert with_fixes(NET, [alias, label]) == with_fixes(NET, [label, alias]) == patched(NET, PATCH)


def test_a_patch_leaves_a_suppressed_fault_alone(tmp_path):
    net = tmp_path / "net.py"
    shutil.copy(find_demo("iris").path, net)
    text = net.read_text(encoding="utf-8")
    fault = next(line for line in text.split("\n") if line.strip() == "d_out -= 1")
    net.write_text(text.replace(fault, f"{fault}  # gradcheck: ignore[GC101, GC401]"), encoding="utf-8")
    report = diagnose(net)
    assert report.suppressed
    assert {"GC101", "GC401", "GC601"}.isdisjoint(finding.code for finding in report.findings)
    assert {"GC301", "GC402"} <= {finding.code for finding in report.findings}
    assert report.outcome is Outcome.FAULTY
    assert f"{fault}  # gradcheck: ignore[GC101, GC401]" in patched(report.source, report.patch)
    assert report.patched_error is None  # its gradients are wrong still, on purpose
