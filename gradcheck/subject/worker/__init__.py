"""The process that runs the user's code; tasks may `report_progress`, the rest is not for others."""

from gradcheck.subject.worker.link import report_progress

__all__ = ["report_progress"]
