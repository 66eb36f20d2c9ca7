"""The catalogue of faults for a reader: one page a fault, one line a fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from gradcheck.report.page import Page
from gradcheck.report.wording import SEVERITY_STYLES, count

if TYPE_CHECKING:  # the catalogue's texts are loaded by those who read them, not by every report
    from gradcheck.faults import Fault


def render_explanation(fault: Fault, console: Console) -> None:
    """Write the fault's page, its headings in bold."""
    from gradcheck.faults import page

    sheet = Page(console)
    explained = page(fault)
    severity = (f"{fault.severity}[{fault.code}]", SEVERITY_STYLES[fault.severity])
    sheet.paragraph([severity, (f" {fault.name}: ", "bold")], fault.title, "bold", hang=2)
    for section in explained.sections:
        sheet.blank()
        sheet.line((section.heading, "bold"))
        if section.verbatim:
            for line in section.text.splitlines():
                sheet.fold(["  "], line)
        else:
            sheet.paragraph(["  "], " ".join(section.text.split()))


def render_rules(faults: Sequence[Fault], console: Console) -> None:
    """Write one line a fault, under the family it belongs to."""
    sheet = Page(console)
    name_width = max((len(fault.name) for fault in faults), default=0)
    family = None
    for fault in faults:
        if fault.family is not family:
            family = fault.family
            sheet.line((family.value, "bold"))
        code = (fault.code, SEVERITY_STYLES[fault.severity])
        sheet.paragraph(["  ", code, f" {fault.name:<{name_width}}  "], fault.title)
    sheet.blank()
    sheet.line(
        f"{count(len(faults), 'fault')} · try: gradcheck explain {faults[0].code}" if faults else "no faults"
    )


def rules_as_list(faults: Sequence[Fault]) -> list[dict[str, str]]:
    """The catalogue's rows as JSON types."""
    return [
        {
            "code": fault.code,
            "name": fault.name,
            "family": str(fault.family),
            "kind": str(fault.kind),
            "severity": str(fault.severity),
            "title": fault.title,
        }
        for fault in faults
    ]
