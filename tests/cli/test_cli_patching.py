from __future__ import annotations

import difflib
import os
import stat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradcheck.cli.files import write_atomically
from gradcheck.cli.patching import apply_to_file
from gradcheck.diffs import patched
from gradcheck.errors import InputError, UsageError
from gradcheck.subject import resolve_target

LINES = st.lists(st.sampled_from(["a", "b", "  c", "", "-- d", "++ e", "\tf", "g\x0ch", "é"]), max_size=12)


def diff_of(old, new, context):
    """A unified diff as `diff -u` writes it."""
    rows = difflib.unified_diff(old, new, "net.py", "net.py", n=context, lineterm="")
    return "".join(row + "\n" for row in rows)


@given(LINES, LINES, st.integers(0, 3), st.sampled_from(["\n", "\r\n"]))
@example(["a"], [], 0, "\n")
@example([], ["a"], 3, "\n")
def test_a_patch_does_what_it_says(old, new, context, end):
    text = "".join(line + end for line in old)
    # An empty file has no line ends to go by.
    expected = "".join(line + (end if old else "\n") for line in new)
    assert patched(text, diff_of(old, new, context)) == expected


@given(LINES.filter(bool), LINES, st.data())
def test_a_patch_of_another_text_is_refused(old, new, data):
    diff = diff_of(old, new, 3)
    changed = data.draw(st.integers(0, len(old) - 1))
    other = [*old[:changed], old[changed] + "!", *old[changed + 1 :]]
    touched = any(line.startswith(("-", " ")) and line[1:] == old[changed] for line in diff.splitlines()[2:])
    text = "".join(line + "\n" for line in other)
    if not touched:
        return
    try:
        result = patched(text, diff)
    except InputError:
        return
    assert "!" in result  # the changed line is another one that reads the same, and was left alone


def test_a_last_line_without_an_end_gets_one_when_lines_follow():
    assert patched("a\nb", "@@ -2 +2,2 @@\n b\n\\ No newline at end of file\n+c\n") == "a\nb\nc\n"


def test_a_last_line_may_stay_without_an_end():
    diff = "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    assert patched("a", diff) == "b"


def test_hunks_that_overlap_are_refused():
    with pytest.raises(InputError, match="overlap"):
        patched("a\nb\n", "@@ -2 +2 @@\n-b\n+c\n@@ -1 +1 @@\n-a\n+d\n")


DIFF = "@@ -2 +2 @@\n-b = 1  # é\n+b = 2  # é\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a = 0\nb = 1  # é\n", "utf-8"),
        ("a = 0\r\nb = 1  # é\r\n", "utf-8"),
        ("a = 0\nb = 1  # é\nc = 0\r\n", "utf-8"),
        ("a = 0\r\nb = 1  # é\nc = 0\r\n", "utf-8"),
        ("a = 0\nb = 1  # é", "utf-8"),
        ("a = 0\nb = 1  # é\n", "utf-8-sig"),
        ("# -*- coding: latin-1 -*-\nb = 1  # é\n", "latin-1"),
    ],
    ids=["unix", "windows", "mixed", "mixed the other way", "no last end", "bom", "latin-1"],
)
def test_encoding_and_line_ends_are_kept(text, encoding, tmp_path):
    path = tmp_path / "net.py"
    path.write_bytes(text.encode(encoding))
    diff = DIFF if text.endswith("\n") else DIFF.replace("é\n", "é\n\\ No newline at end of file\n")
    apply_to_file(str(path), resolve_target(path).source, diff)
    assert path.read_bytes() == text.replace("b = 1", "b = 2").encode(encoding)


def test_a_file_that_is_no_longer_python_is_not_written(tmp_path):
    path = tmp_path / "net.py"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="expected text that Python can decode"):
        apply_to_file(str(path), "a\n", DIFF)


def test_mode_and_link_are_kept(tmp_path):
    real = tmp_path / "real.py"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o751)
    link = tmp_path / "link.py"
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o751


def test_a_new_file_gets_the_mode_of_any_new_file(tmp_path):
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "net.py"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["net.py"]


def test_a_read_only_file_is_not_written(tmp_path, monkeypatch):
    path = tmp_path / "net.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything; users may not
    with pytest.raises(UsageError, match="read-only"):
        write_atomically(path, b"new")
