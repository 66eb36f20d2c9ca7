from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from handmade import faulty_report

import gradcheck
from gradcheck.report import mimebundle


def test_a_shown_report_is_text_and_html():
    assert gradcheck.show(faulty_report())._repr_mimebundle_() == mimebundle(faulty_report())


def test_a_front_end_may_say_what_it_wants():
    shown = gradcheck.show(faulty_report())
    assert "text/plain" in shown._repr_mimebundle_(include={"text/html"}, exclude=None)


IN_IPYTHON = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

sys.path.insert(0, {tests!r})
shell = InteractiveShell.instance()
import gradcheck
from handmade import faulty_report

{statement}
formats, _ = shell.display_formatter.format(faulty_report())
print(json.dumps(sorted(formats)))
"""


def formats_after(statement, folder):
    program = IN_IPYTHON.format(statement=statement, tests=str(Path(__file__).parents[1]))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "IPYTHONDIR": str(folder)},
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_in_ipython_a_report_shows_itself(tmp_path):
    assert formats_after("gradcheck.check", tmp_path) == ["text/html", "text/plain"]


def test_what_makes_no_report_loads_no_renderer(tmp_path):
    assert formats_after("gradcheck.compare", tmp_path) == ["text/plain"]
