"""What code scanning services read: SARIF logs and GitHub's workflow commands."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from handmade import SOURCE, clean_report, faulty_report, label_finding, unsure_report

from gradcheck.diffs import patched
from gradcheck.findings import Patch, Severity
from gradcheck.report import as_sarif, render_github, render_sarif


def results(report):
    [run] = as_sarif(report)["runs"]
    return run["results"]


def replaced(text, replacements):
    """`text` with SARIF's replacements made as the standard says, the last first."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]
    for replacement in reversed(replacements):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_a_log_names_the_rules_it_reports():
    report = faulty_report()
    log = as_sarif(report)
    [run] = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in run["results"]] == [finding.code for finding in report.findings]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_result_points_at_the_region_at_fault():
    [location] = results(faulty_report())[0]["locations"]
    region = location["physicalLocation"]["region"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "net.py"
    line = SOURCE.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "delta -= 1"


@pytest.mark.parametrize(
    ("severity", "level", "command"),
    [
        (Severity.ERROR, "error", "::error "),
        (Severity.WARNING, "warning", "::warning "),
        (Severity.NOTE, "note", "::notice "),
    ],
)
def test_a_severity_is_the_services_own_word(severity, level, command, show):
    report = replace(faulty_report(), findings=(label_finding(severity=severity),))
    assert results(report)[0]["level"] == level
    assert show(render_github, report).startswith(command)


UNENDED = "--- a\n+++ a\n@@ -2 +2 @@\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"


@pytest.mark.parametrize(
    ("source", "diff"),
    [
        (SOURCE, label_finding().fix.diff),
        ("a\nb", UNENDED),
        ("a\nb\n", "--- a\n+++ a\n@@ -1,0 +2 @@\n+new\n"),
        ("a\nb\n", "--- a\n+++ a\n@@ -1 +0,0 @@\n-a\n"),
    ],
    ids=["a hunk with context", "a file without a last newline", "lines put in", "lines taken out"],
)
def test_a_fix_makes_what_the_patch_makes(source, diff):
    fix = Patch(diff, verified=True, before=0.5, after=1e-11)
    [given] = results(replace(faulty_report(), findings=(label_finding(fix=fix),)))[0]["fixes"]
    [change] = given["artifactChanges"]
    assert replaced(source, change["replacements"]) == patched(source, diff)


def test_a_patch_that_was_not_verified_is_no_fix():
    fix = replace(label_finding().fix, verified=False)
    assert "fixes" not in results(replace(faulty_report(), findings=(label_finding(fix=fix),)))[0]


def test_a_log_without_results_is_a_log(show):
    log = json.loads(show(render_sarif, clean_report()))
    assert log["runs"][0]["results"] == []


def test_names_that_are_no_references_are_quoted():
    report = replace(faulty_report(), findings=(label_finding(file="my nets/säule.py"),))
    [location] = results(report)[0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "my%20nets/s%C3%A4ule.py"


def test_a_command_stands_on_one_line_whatever_it_says(show):
    finding = label_finding(message="50% wrong:\nsee b2, W2", file="a,b:c.py")
    shown = show(render_github, replace(faulty_report(), findings=(finding,)))
    assert shown == (
        "::error file=a%2Cb%3Ac.py,line=15,col=9,endColumn=18,title=GC101 label-ignored"
        "::50%25 wrong:%0Asee b2, W2\n"
    )


def test_every_finding_is_a_command_and_an_open_question_is_a_warning(show):
    report = faulty_report()
    assert show(render_github, report).count("\n") == len(report.findings)
    assert show(render_github, clean_report()) == ""
    assert show(render_github, unsure_report()).splitlines()[-1] == (
        "::warning file=net.py,title=gradcheck::could not tell whether the gradient is right"
    )
