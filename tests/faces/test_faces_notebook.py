from __future__ import annotations

from handmade import faulty_report

import gradcheck
from gradcheck.report import mimebundle


def test_a_shown_report_is_text_and_html():
    assert gradcheck.show(faulty_report())._repr_mimebundle_() == mimebundle(faulty_report())


def test_a_front_end_may_say_what_it_wants():
    shown = gradcheck.show(faulty_report())
    assert "text/plain" in shown._repr_mimebundle_(include={"text/html"}, exclude=None)
