"""The file that a user names: found, decoded, and refused with a message that helps."""

import os

import pytest

from gradcheck.errors import GradcheckError, SubjectError
from gradcheck.subject.target import resolve_target


@pytest.fixture
def named(tmp_path, monkeypatch):
    """Write a file into the working directory; its name."""
    monkeypatch.chdir(tmp_path)

    def write(content, name="net.py"):
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return write


def test_a_file_is_found_and_kept_as_typed(named, tmp_path):
    target = resolve_target(named("W = 1\n"))
    assert (target.path, target.display, target.source) == (tmp_path / "net.py", "net.py", "W = 1\n")
    assert (target.encoding, target.newline) == ("utf-8", "\n")


@pytest.mark.parametrize(
    ("content", "encoding", "newline"),
    [
        ("# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"), "iso-8859-1", "\n"),
        (b"\xef\xbb\xbfname = '\xc3\xa9'\n", "utf-8-sig", "\n"),
        (b"name = '\xc3\xa9'\r\nW = 1\r\n", "utf-8", "\r\n"),
        (b"name = '\xc3\xa9'\rW = 1\r", "utf-8", "\r"),
        (b"name = '\xc3\xa9'\r\nW = 1\n", "utf-8", "\n"),
    ],
    ids=["cookie", "byte order mark", "windows", "old mac", "mixed"],
)
def test_encoding_and_line_endings_survive_a_patch(named, content, encoding, newline):
    target = resolve_target(named(content))
    assert "name = 'é'" in target.source
    assert (target.encoding, target.newline) == (encoding, newline)
    assert target.encode(target.source) == content


REFUSED = {
    "folder": ("", ".", "is a folder", "net.py"),
    "misspelt": ("W = 1", "nte.py", "there is no nte.py", "did you mean net.py?"),
    "no folder": ("W = 1", "nowhere/net.py", "there is no nowhere/net.py", "no folder"),
    "nothing alike": ("W = 1", "qqqqqqqqqqq", "there is no qqqqqqqqqqq", "net.py"),
    "empty": (" \n", "net.py", "is empty", "save it"),
    "binary": (b"\x7fELF\0\0", "net.py", "binary", ".py file"),
    "undecodable": (b"a = '\xe9'\n", "net.py", "missing encoding", "UTF-8"),
    "unknown cookie": (b"# coding: klingon\n", "net.py", "klingon", "UTF-8"),
    "syntax": ("W = 1\nif W\n    pass\n", "net.py", "net.py:2: expected ':': if W", "same line"),
    "python 2": ("print 'a'\n", "net.py", "net.py:1", "Python 2"),
}


@pytest.mark.parametrize(("content", "asked", "came", "attempt"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_was_expected_what_came_and_what_to_try(named, content, asked, came, attempt):
    named(content)
    with pytest.raises(GradcheckError) as caught:
        resolve_target(asked)
    assert "expected" in caught.value.message
    assert came in caught.value.message
    assert attempt in caught.value.hint


@pytest.mark.parametrize(
    ("asked", "file"),
    [("nets.shallow", "nets/shallow.py"), ("nets.deep", "nets/deep/__main__.py")],
)
def test_a_module_is_found_as_python_would_find_it(asked, file, named, tmp_path):
    for name in ("nets/shallow.py", "nets/__init__.py", "nets/deep/__main__.py", "nets/deep/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        named("W = 1\n", name)
    target = resolve_target(asked)
    assert (target.path, target.display) == (tmp_path / file, os.path.normpath(file))


def test_what_python_merely_warns_about_is_accepted(named):
    assert resolve_target(named('pattern = "\\d"\n')).source == 'pattern = "\\d"\n'


def test_a_return_outside_a_function_is_a_syntax_error_too(named):
    with pytest.raises(SubjectError, match="outside function"):
        resolve_target(named("return 1\n"))


def test_a_package_in_the_working_directory_is_run_as_python_would_run_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__main__.py").write_text("rate = 0.1\n")
    target = resolve_target("package")
    assert (target.path, target.display) == (folder / "__main__.py", "package/__main__.py")


@pytest.mark.parametrize("place", ["net.py", "net"])
@pytest.mark.parametrize("name", ["Net", "Net.fit", "train", "model"])
def test_an_object_in_a_file_or_a_module(place, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "class Net:\n    def fit(self): pass\ndef train(): pass\nmodel = Net()\n"
    (tmp_path / "net.py").write_text(text)
    target = resolve_target(f"{place}:{name}")
    assert (target.path, target.display, target.object) == (tmp_path / "net.py", "net.py", name)


@pytest.mark.parametrize(
    ("name", "meant"), [("Nett", "did you mean Net?"), ("Net.fitt", "did you mean Net.fit?")]
)
def test_an_object_that_is_not_there(name, meant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("class Net:\n    def fit(self): pass\n")
    with pytest.raises(GradcheckError, match=f"to define {name}, but it does not") as refused:
        resolve_target(f"net.py:{name}")
    assert refused.value.hint == meant


def test_a_file_whose_own_name_has_a_colon_is_that_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:b").write_text("rate = 0.1\n")
    assert resolve_target("a:b").object == ""
