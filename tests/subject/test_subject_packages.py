"""A file is part of its package where it imports from it, and a script where it only lies there."""

import sys
import types

import pytest

from gradcheck.subject.packages import home_of, join_package, package_of


@pytest.fixture
def file_with(tmp_path):
    """Write a module two packages deep; its path."""
    folder = tmp_path / "nets" / "deep"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()

    def write(text):
        (folder / "net.py").write_text(text, encoding="utf-8")
        return folder / "net.py"

    return write


@pytest.mark.parametrize(
    "text", ["from . import a", "from ..b import c", "import nets.b", "from nets import b"]
)
def test_a_file_that_imports_from_its_package_is_run_from_above_it(text, file_with, tmp_path, monkeypatch):
    path = file_with(text)
    assert (package_of(path), home_of(path)) == ("nets.deep", tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    module = types.ModuleType("m")
    join_package(module, str(path))
    assert module.__package__ == "nets.deep"
    assert sys.path[0] == str(tmp_path)


@pytest.mark.parametrize("text", ["import numpy", "from netsuite import b", "not python at all"])
def test_a_script_that_lies_in_a_package_is_a_script(text, file_with):
    path = file_with(text)
    assert (package_of(path), home_of(path)) == ("", path.parent)
