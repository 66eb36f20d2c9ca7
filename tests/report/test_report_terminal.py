from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import alias_finding, clean_report, comparison, faulty_report, label_finding, unsure_report
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gradcheck.findings import Label, Outcome, Patch, Report, Severity, Training
from gradcheck.findings import Run as TrainingRun
from gradcheck.report import RENDERERS, render_concise, render_full, render_patch, written
from gradcheck.report.terminal import consequences, roots

REPORTS = {"faulty": faulty_report, "clean": clean_report, "unsure": unsure_report}


@pytest.mark.parametrize("name", REPORTS)
def test_the_full_report_reads_well_without_colour(name, show, words):
    assert show(render_full, REPORTS[name]()) == words


@pytest.mark.parametrize("name", REPORTS)
def test_the_concise_report_reads_well(name, show, words):
    assert show(render_concise, REPORTS[name](), width=200) == words


def test_colour_marks_the_full_report(show, words):
    assert show(render_full, faulty_report(), color=True) == words


def test_an_ascii_terminal_gets_ascii(show, words):
    text = show(render_full, faulty_report(), encoding="ascii")
    text.encode("ascii")
    assert text == words


def test_no_meaning_is_carried_by_colour_alone(show):
    import re

    coloured = show(render_full, faulty_report(), color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == show(render_full, faulty_report())


def test_a_consequence_is_told_under_its_cause_and_nowhere_else(show):
    report = faulty_report()
    text = show(render_full, report)
    assert [finding.code for finding in roots(report)] == ["GC101", "GC401"]
    assert [finding.code for finding in consequences(report, report.findings[0])] == ["GC601"]
    assert "= explains: GC601" in text
    assert "[GC601]" not in text


def test_a_consequence_without_its_cause_stands_for_itself(show):
    report = faulty_report()
    alone = replace(report, findings=report.findings[1:])
    assert "warning[GC601] uniform-outputs" in show(render_full, alone)


def test_doubt_is_said(show):
    report = replace(faulty_report(), findings=(label_finding(confidence=0.55),))
    assert "label-ignored (confidence 0.55):" in show(render_full, report)


def test_a_note_leaves_the_verdict_clean(show):
    note = label_finding(severity=Severity.NOTE, fix=None, explains=())
    text = show(render_full, replace(clean_report(), findings=(note,)))
    assert "note[GC101]" in text
    assert "clean: no fault found, 1 parameter checked · 1 note\n" in text


def test_a_check_alone_names_what_is_wrong_and_how_to_go_on(show):
    closing = show(render_full, replace(faulty_report(), findings=(), patch="", training=None)).splitlines()[
        -2:
    ]
    assert closing == [
        "faulty: wrong gradient of W1, b1, W2, b2",
        "  try: gradcheck diagnose net.py",
    ]


def test_a_patch_that_reads_oddly_and_advice_are_told(show):
    fix = replace(label_finding().fix, odd="it divides by a constant of 0.5 that stands nowhere else")
    report = replace(faulty_report(), findings=(label_finding(fix=fix, advice="use a fused loss"),))
    text = show(render_full, report)
    assert "= note: it divides by a constant" in text
    assert "= help: use a fused loss" in text


def test_an_unverified_patch_says_so(show):
    fix = replace(label_finding().fix, verified=False)
    text = show(render_full, replace(faulty_report(), findings=(label_finding(fix=fix),)))
    assert "(not verified)" in text
    assert "verified fix" not in text


def test_a_training_that_overflowed_is_shown(show):
    training = Training("fit()", 3, TrainingRun(1.0, float("nan")))
    assert "as it stands    loss 1 → nan\n" in show(render_full, replace(clean_report(), training=training))


def test_markup_in_the_source_is_shown_as_typed(show):
    source = "a = x[bold]  # [/red] [link=evil] :smile:\n"
    finding = label_finding(lines=(1,), labels=(Label(1, 4, 11, "[bold]?"),), message="[b]m[/b]", fix=None)
    text = show(render_full, Report("net.py", source, Outcome.FAULTY, ("[i]",), (), (finding,)))
    assert "1 | a = x[bold]  # [/red] [link=evil] :smile:" in text
    assert "^^^^^^^ [bold]?" in text
    assert "label-ignored: [b]m[/b]" in text


def test_escape_sequences_in_the_source_do_not_reach_the_terminal(show):
    source = "a = '\x1b[31m\x07'\n"
    finding = label_finding(lines=(1,), labels=(Label(1, 0, 5),), message="\x1b]0;title\x07", fix=None)
    text = show(render_full, Report("net.py", source, Outcome.FAULTY, (), (), (finding,)), color=False)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_a_patch_is_written_to_the_letter():
    diff = "--- net.py\n+++ net.py\n@@ -1 +1 @@\n-\ta = 1  # " + "x" * 200 + "\r\n+\ta = 2\r\n"
    report = replace(faulty_report(), patch=diff)
    assert written(lambda console: render_patch(report, console)) == diff


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
PROSE = st.text(st.sampled_from("ab网é·→[ ]\t/-\\δ\x1b"), max_size=300)
FIGURES = st.floats(min_value=0) | st.just(float("nan"))


@st.composite
def reports(draw):
    """Any report that the types allow, within reason."""
    source = draw(st.lists(PROSE.map(lambda line: line.replace("\n", " ")), min_size=1, max_size=30))
    line = st.integers(-1, len(source) + 2)
    column = st.integers(0, 320)
    labels = draw(
        st.lists(st.builds(Label, line, column, column, PROSE, st.booleans()), max_size=4).map(tuple)
    )
    diff = "".join(f"@@ -{n} +{n} @@\n-{text}\n+{text}x\n" for n, text in enumerate(source[:3], start=1))
    findings = tuple(
        label_finding(
            labels=labels,
            lines=tuple(draw(st.lists(line, max_size=5))),
            message=draw(PROSE),
            evidence=tuple(draw(st.lists(PROSE, max_size=3))),
            parameters=tuple(draw(st.lists(NAMES, max_size=9))),
            file=draw(NAMES),
            fix=Patch(diff, verified=True, before=draw(FIGURES), after=draw(FIGURES), measure=draw(NAMES)),
            algebra=draw(PROSE),
            advice=draw(PROSE),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    parameters = tuple(
        comparison(name, tuple(draw(st.lists(st.integers(0, 10**6), max_size=4))), reason=draw(PROSE))
        for name in draw(st.lists(NAMES, max_size=3))
    )
    return Report(
        target=draw(NAMES),
        source="\n".join(source),
        outcome=draw(st.sampled_from(Outcome)),
        understood=tuple(draw(st.lists(PROSE, max_size=2))),
        parameters=parameters,
        findings=findings,
        patch=diff,
        notices=tuple(draw(st.lists(PROSE, max_size=2))),
    )


@given(reports(), st.sampled_from(["utf-8", "ascii", "latin-1", "cp1252"]))
def test_every_report_fits_80_columns_and_its_encoding(show, report, encoding):
    text = show(render_full, report, encoding=encoding)
    text.encode(encoding)
    widest = max(text.split("\n"), key=cell_len)
    assert cell_len(widest) <= 80, widest


@given(reports())
def test_every_renderer_takes_every_report(show, report):
    for name, render in RENDERERS.items():
        silent = name == "github" and not report.findings and report.outcome is not Outcome.INCONCLUSIVE
        assert bool(show(render, report)) is not silent


def test_a_patch_that_its_finding_has_shown_is_not_shown_again(show):
    finding = label_finding()
    text = show(render_full, replace(faulty_report(), findings=(finding,), patch=finding.fix.diff))
    assert text.count("delta[np.arange(len(y)), y] -= 1") == 1
    assert "patch: net.py, largest relative error 2.9e-11 with it\n" in text


def test_a_patch_that_is_half_the_way_says_so(show):
    text = show(render_full, replace(faulty_report(), patched_error=None))
    assert "patch: net.py, not every gradient is right with it\n" in text


def test_lines_of_algebra_keep_their_indentation(show):
    finding = label_finding(algebra="the delta:\n  should be  " + "p - y " * 15 + "\n  computed   p")
    rows = show(render_full, replace(faulty_report(), findings=(finding,))).splitlines()
    at = rows.index("   = algebra: the delta:")
    assert rows[at + 1].startswith(" " * 16 + "should be  p - y")
    assert rows[at + 2].startswith(" " * 16 + "p - y")
    assert rows[at + 3] == " " * 16 + "computed   p"


def test_the_second_finding_keeps_its_own_place(show):
    text = show(render_full, replace(faulty_report(), findings=(alias_finding(),)))
    assert "  --> net.py:14:9\n" in text
