"""The program run in this process, on a file that is there, with a diagnosis made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from handmade import SOURCE, faulty_report

import gradcheck.diagnosis
from gradcheck.cli import main


@dataclass
class Diagnosis:
    """Stands for the room below: notes what it was asked, and answers with `report` or raises it."""

    report: Any = field(default_factory=faulty_report)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, target, **options):
        self.asked.append({"target": target, **options})
        if isinstance(self.report, BaseException):
            raise self.report
        return self.report


@pytest.fixture
def diagnosis(monkeypatch):
    stand_in = Diagnosis()
    monkeypatch.setattr(gradcheck.diagnosis, "diagnose", stand_in, raising=False)
    monkeypatch.setattr(gradcheck.diagnosis, "check", stand_in, raising=False)
    return stand_in


@pytest.fixture
def net(tmp_path, monkeypatch):
    """``net.py`` in an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
