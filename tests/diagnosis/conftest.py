"""Tasks that run in this process, without a worker, have nobody to report their progress to."""

import pytest

from gradcheck.diagnosis.tasks import audits, gradient


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    for tasks in (audits, gradient):
        monkeypatch.setattr(tasks, "report_progress", lambda *_: None)
