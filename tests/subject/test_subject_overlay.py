"""Files: everything of the user's can be read, nothing of theirs can be changed."""

import tempfile
from pathlib import Path

import pytest

from gradcheck.errors import SubjectError


@pytest.fixture
def project(folder):
    """A folder with a small file, a large one, one below, one beside; and its contents, to compare with."""
    (folder / "small.txt").write_text("small", encoding="utf-8")
    (folder / "large.txt").write_text("large" * 100_000, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "x.csv").write_text("1,2\n", encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "y.csv").write_text("5,6\n", encoding="utf-8")
    (folder.parent / "shared").mkdir()
    (folder.parent / "shared" / "z.csv").write_text("3,4\n", encoding="utf-8")
    return folder.parent


def contents(project):
    return {
        path: path.read_bytes() for path in project.rglob("*") if path.is_file() and path.name != "net.py"
    }


HERE = "import os\nhere = os.path.dirname(os.path.abspath(__file__))\n"

READS = {
    "beside": "text = open('small.txt').read()",
    "large": "text = open('large.txt').read()",
    "below": "text = open('data/x.csv').read()",
    "hidden": "text = open('.hidden/y.csv').read()",
    "above": "text = open('../shared/z.csv').read()",
    "by numpy": "import numpy as np\ntext = str(np.loadtxt('../shared/z.csv', delimiter=','))",
    "by pathlib": "import pathlib\ntext = pathlib.Path(__file__).with_name('small.txt').read_text()",
    "by the file's folder": "text = open(os.path.join(here, 'data', 'x.csv')).read()",
    "itself": "text = open(__file__).read()",
    "after chdir": "os.chdir(here)\ntext = open('small.txt').read()",
    "listed": "text = ' '.join(os.listdir('.')) if os.path.exists('data/x.csv') else ''",
}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("source", READS.values(), ids=READS)
def test_what_the_user_can_read_the_worker_can_read(run, source):
    sandbox, values = run(HERE + source + "\n")
    assert values["text"]
    assert sandbox.notices == ()


WRITES = {
    "a new file": ("open('new.txt', 'w').write('x')", "new.txt"),
    "over a small file": ("open('small.txt', 'w').write('x')", "small.txt"),
    "over a large file": ("open('large.txt', 'w').write('x')", "large.txt"),
    "to the end of a large file": ("open('large.txt', 'a').write('x')", "large.txt"),
    "into a large file": ("f = open('large.txt', 'r+')\nf.write('x')\nf.close()", "large.txt"),
    "below": ("open('data/new.csv', 'w').write('x')", "data/new.csv"),
    "over a file below": ("open('data/x.csv', 'w').write('x')", "data/x.csv"),
    "into a hidden folder": ("open('.hidden/y.csv', 'w').write('x')", ".hidden/y.csv"),
    "above": ("open('../shared/z.csv', 'w').write('x')", "../shared/z.csv"),
    "by numpy": ("import numpy as np\nnp.save('weights.npy', np.zeros(3))", "weights.npy"),
    "by pathlib": ("import pathlib\npathlib.Path('small.txt').write_text('x')", "small.txt"),
    "by descriptor": ("os.write(os.open('large.txt', os.O_WRONLY), b'x')", "large.txt"),
    "by the file's folder": ("open(os.path.join(here, 'new.txt'), 'w').write('x')", "new.txt"),
    "over a file by its folder": ("open(os.path.join(here, 'small.txt'), 'w').write('x')", "small.txt"),
    "after chdir": ("os.chdir(here)\nopen('small.txt', 'w').write('x')", "small.txt"),
    "into a folder made by path": (
        "deep = os.path.join(here, 'out', 'deep')\nos.makedirs(deep)\nopen(deep + '/w', 'w').write('x')",
        "out/deep/w",
    ),
    "removed": ("os.remove('small.txt')", "small.txt"),
    "removed by its folder": ("os.remove(os.path.join(here, 'large.txt'))", "large.txt"),
    "renamed": ("os.rename('data', 'gone')", "gone"),
    "a tree removed": ("import shutil\nshutil.rmtree('data')", "data"),
    "copied over": ("import shutil\nshutil.copy('small.txt', 'large.txt')", "large.txt"),
    "truncated": ("os.truncate('large.txt', 0)", "large.txt"),
    "a database": ("import sqlite3\nsqlite3.connect('large.txt').close()", "large.txt"),
}


@pytest.mark.parametrize(("source", "name"), WRITES.values(), ids=WRITES)
def test_what_is_written_lands_elsewhere_and_is_mentioned(run, project, source, name):
    before = contents(project)
    sandbox, _ = run(HERE + source + "\n")
    assert contents(project) == before
    assert any(f" {name}" in notice for notice in sandbox.notices)


@pytest.mark.usefixtures("project")
def test_a_script_that_overwrites_itself_does_not(run):
    sandbox, _ = run("open(__file__, 'w').write('gone')\n")
    assert sandbox.target.path.read_text("utf-8") == sandbox.target.source
    assert "net.py" in sandbox.notices[0]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("path", ["'large.txt'", "os.path.join(here, 'large.txt')", "'.hidden/y.csv'"])
def test_what_was_written_reads_back(run, path):
    source = f"{HERE}with open({path}, 'a') as f:\n    f.write('end')\ntext = open({path}).read()\n"
    _, values = run(source)
    assert values["text"].endswith("end")
    assert len(values["text"]) > 3


@pytest.mark.parametrize(
    "attempt",
    [
        "open({0!r}, 'w')",
        "os.remove({0!r})",
        "os.rename({0!r}, 'here')",
        "os.mkdir({0!r} + 'd')",
        "os.chmod({0!r}, 0)",
    ],
)
def test_outside_nothing_can_be_changed(run, tmp_path, attempt):
    outside = tmp_path / "outside.txt"
    outside.write_text("kept", encoding="utf-8")
    with pytest.raises(SubjectError, match=r"PermissionError.*own folder only"):
        run("import os\n" + attempt.format(str(outside)) + "\n")
    assert outside.read_text("utf-8") == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.txt", "project"]


def test_a_refusal_is_mentioned(run, tmp_path):
    source = f"try:\n    open({str(tmp_path / 'x')!r}, 'w')\nexcept OSError:\n    pass\n"
    sandbox, _ = run(source)
    assert sandbox.notices == (
        f"it tried to change {tmp_path / 'x'}, outside its own folder, and was refused",
    )


@pytest.mark.parametrize(
    "source",
    [
        "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(d + '/x', 'w').write('x')\n",
        "import tempfile\nwith tempfile.NamedTemporaryFile() as f:\n    f.write(b'x')\n",
        "import os\nopen(os.devnull, 'w').write('x')\n",
        "import sqlite3\nsqlite3.connect(':memory:').close()\n",
    ],
    ids=["folder", "file", "nowhere", "memory"],
)
def test_temporary_files_are_nobodys_business(run, source):
    sandbox, _ = run(source)
    assert sandbox.notices == ()


def test_the_folder_for_temporary_files_can_be_the_users_too(run, folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    _, values = run("import os\nnames = sorted(os.listdir('.'))\nopen('new.txt', 'w').close()\n")
    assert values["names"] == ["net.py"]
    assert not (folder / "new.txt").exists()


def test_a_folder_of_many_files_is_read_to_the_last(run, folder):
    for i in range(1200):
        (folder / f"{i:04}.txt").write_text(str(i), encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "deep" / "x.txt").write_text("x", encoding="utf-8")
    numbers = "total = sum(int(open(f'{i:04}.txt').read()) for i in range(1200))\n"
    _, values = run(numbers + "deep = open('deep/x.txt').read()\n")
    assert values["total"] == sum(range(1200))
    assert values["deep"] == "x"


def test_a_link_of_the_users_is_read_and_not_written_through(run, folder, tmp_path):
    real = tmp_path / "real.txt"
    real.write_text("real", encoding="utf-8")
    Path(folder / "link.txt").symlink_to(real)
    run("text = open('link.txt').read()\nopen('link.txt', 'w').write('x')\n")
    assert real.read_text("utf-8") == "real"
