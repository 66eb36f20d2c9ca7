from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from gradcheck.diagnosis.answers import Related
from gradcheck.diagnosis.subject import Subject
from gradcheck.subject import Target, Wiring

SOURCE = "a = 1\nb = 2\n"


def related(found):
    sandbox = SimpleNamespace(call=lambda *_: found)
    target = Target(Path("/net.py"), "net.py", SOURCE)
    return Subject(sandbox, target, Wiring(loss="0.0", params={}), 0)._related(f"# mended\n{SOURCE}")


def test_no_delta_that_departs_stays_none():
    assert related(Related()) == Related()


def test_the_line_of_a_delta_is_that_of_the_original():
    assert related(Related(delta={"level": "output", "line": 3})).delta == {"level": "output", "line": 2}
