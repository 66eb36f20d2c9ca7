from __future__ import annotations

import builtins
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from handmade import clean_report, faulty_report, label_finding, unsure_report

from gradcheck.errors import MissingExtraError
from gradcheck.report import as_html, as_text, mimebundle, render_html

VOID = {"meta", "br", "img", "hr", "link", "input"}


class Balanced(HTMLParser):
    """Notes tags that are not closed in turn, and every attribute that would fetch something."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []
        self.problems = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.problems += [name for name, _ in attrs if name in {"src", "href"} or name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")


def parsed(html):
    page = Balanced()
    page.feed(html)
    return page


@pytest.mark.parametrize(
    "report", [faulty_report(), clean_report(), unsure_report()], ids=lambda r: r.outcome
)
def test_html_is_balanced_and_self_contained(report):
    page = parsed(as_html(report))
    assert page.problems == []
    assert page.open == []
    assert "script" not in page.tags
    assert "url(" not in as_html(report)


def test_findings_fold_and_the_root_cause_is_open():
    html = as_html(faulty_report())
    assert re.search(r"<details open><summary><strong class=\"gc-error\">error\[GC101\]", html)
    assert re.search(r"<details><summary><strong class=\"gc-warning\">warning\[GC401\]", html)
    assert "explains GC601 uniform-outputs" in html


def test_light_and_dark_are_both_there():
    assert "prefers-color-scheme:dark" in as_html(clean_report())


def test_what_users_wrote_is_escaped():
    report = replace(
        faulty_report(),
        source="x = '<script>alert(1)</script>'\n" * 20,
        findings=(label_finding(message="<b>"),),
    )
    html = as_html(report)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;" in html


def test_a_page_declares_its_encoding(show):
    page = show(render_html, clean_report())
    assert page.startswith("<!doctype html>")
    assert '<meta charset="utf-8">' in page


def test_a_notebook_may_choose_text_or_html():
    report = faulty_report()
    assert mimebundle(report) == {"text/plain": as_text(report), "text/html": as_html(report)}


def test_without_jinja2_the_text_remains_and_the_install_line_is_told(monkeypatch):
    plain_import = builtins.__import__

    def without_jinja2(name, *args, **kwargs):
        if name == "jinja2":
            raise ImportError(name)
        return plain_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_jinja2)
    assert list(mimebundle(clean_report())) == ["text/plain"]
    with pytest.raises(MissingExtraError, match=r"pip install 'gradcheck\[report\]'"):
        as_html(clean_report())
