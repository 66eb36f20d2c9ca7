"""A script in a folder of its own, run in a sandbox."""

from pathlib import Path

import pytest
import subject_tasks

from gradcheck.subject import Sandbox, resolve_target


@pytest.fixture(autouse=True)
def _tasks_can_be_imported(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    for habit in (
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
    ):  # would hide that the worker sees to it itself
        monkeypatch.delenv(habit, raising=False)


@pytest.fixture
def folder(tmp_path):
    """The user's folder, two levels below the test's."""
    made = tmp_path / "project" / "code"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def sandbox_of(folder):
    """Make a sandbox of a script; it is closed after the test."""
    made = []

    def make(source="", **options):
        (folder / "net.py").write_text(source or "W = 1\n", encoding="utf-8")
        made.append(Sandbox(resolve_target(folder / "net.py"), **options))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Run scripts one after another in one sandbox, which is fast; the sandbox, and the script's values."""
    file = tmp_path_factory.mktemp("project") / "net.py"
    file.write_text("W = 1\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, Sandbox(resolve_target(file)) as sandbox:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))

        def ran(source):
            return sandbox, sandbox.call(subject_tasks.run_script, str(file), source)

        yield ran


@pytest.fixture
def run(sandbox_of):
    """Run a script in a sandbox; the sandbox, and the plain values of the script's globals."""

    def ran(source, **options):
        sandbox = sandbox_of(source, **options)
        target = sandbox.target
        return sandbox, sandbox.call(subject_tasks.run_script, str(target.path), target.source)

    return ran
