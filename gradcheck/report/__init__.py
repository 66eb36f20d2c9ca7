"""Renderers of a Report. They know data, never commands: each takes a report and a console to write on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.console import Console

from gradcheck.findings import Report
from gradcheck.report.catalogue import render_explanation, render_rules, rules_as_list
from gradcheck.report.concise import render_concise
from gradcheck.report.github import render_github
from gradcheck.report.html import as_html, mimebundle, render_html
from gradcheck.report.machine import as_dict, render_json
from gradcheck.report.sarif import as_sarif, render_sarif
from gradcheck.report.terminal import render_full, render_patch
from gradcheck.report.text import as_text, table_as_text, written

Renderer = Callable[[Report, Console], None]

RENDERERS: Mapping[str, Renderer] = {
    "full": render_full,
    "concise": render_concise,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
    "html": render_html,
}

__all__ = [
    "RENDERERS",
    "Renderer",
    "as_dict",
    "as_html",
    "as_sarif",
    "as_text",
    "mimebundle",
    "render_concise",
    "render_explanation",
    "render_full",
    "render_github",
    "render_html",
    "render_json",
    "render_patch",
    "render_rules",
    "render_sarif",
    "rules_as_list",
    "table_as_text",
    "written",
]
