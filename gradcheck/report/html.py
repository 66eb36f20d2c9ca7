"""The report as one self-contained piece of HTML, for notebooks and files: no script, light and dark."""

from __future__ import annotations

import contextlib

from rich.console import Console

from gradcheck.errors import MissingExtraError
from gradcheck.findings import Finding, Report
from gradcheck.report.closing import severities
from gradcheck.report.excerpt import excerpt, positions
from gradcheck.report.page import Page
from gradcheck.report.terminal import consequences, roots, trained
from gradcheck.report.text import as_text, written
from gradcheck.report.wording import VERDICTS, cosine, effect, figure, shape

_HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>gradcheck</title>
"""


def as_html(report: Report) -> str:
    """The report as a fragment that brings its own style.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2", extra="report") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gradcheck.report"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html").render(
        report=report,
        findings=roots(report),
        counts=severities(report),
        consequences=lambda finding: consequences(report, finding),
        excerpt=lambda finding: _drawn(report, finding),
        positions=lambda finding: positions(report, finding),
        verdicts=VERDICTS,
        effect=effect,
        figure=figure,
        cosine=cosine,
        shape=shape,
        run=trained,
    )


def render_html(report: Report, console: Console) -> None:
    """Write the report as a page.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    console.file.write(_HEAD + as_html(report) + "\n</html>\n")


def mimebundle(report: Report) -> dict[str, str]:
    """What a notebook can show: the terminal's report, and HTML where jinja2 is installed."""
    bundle = {"text/plain": as_text(report)}
    with contextlib.suppress(MissingExtraError):  # the text is the whole report too
        bundle["text/html"] = as_html(report)
    return bundle


def _drawn(report: Report, finding: Finding) -> str:
    return written(lambda console: excerpt(Page(console), report, finding, ""), width=100)
