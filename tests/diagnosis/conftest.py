"""Tasks that run in this process, without a worker, have nobody to report their progress to."""

import pytest

from gradcheck.diagnosis import tasks


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr(tasks, "report_progress", lambda *_: None)
