"""The pytest plugin: a failed `gradcheck.assert_gradients` shows everything measured in a section of its own.

Pytest loads this module whenever gradcheck is installed, so it imports nothing that costs time.
"""

from __future__ import annotations

import sys
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - pytest passes arguments by name
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the section."""
    report = yield
    # A mismatch can only have been raised if its module has been imported.
    home = sys.modules.get("gradcheck.assertions")
    if (
        home is not None
        and call.excinfo is not None
        and isinstance(call.excinfo.value, home.GradientMismatch)
    ):
        report.sections.append(("gradcheck", call.excinfo.value.details))
    return report
