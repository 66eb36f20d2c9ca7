from __future__ import annotations

import json

import pytest
from handmade import faulty_report

import gradcheck.subject
from gradcheck import __version__
from gradcheck.demos import DEMOS
from gradcheck.faults import CATALOGUE
from gradcheck.report import as_text
from gradcheck.subject import Step, Wiring, to_toml

COMMANDS = ["diagnose", "check", "demo", "init", "rules", "explain"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_reads_well(command, capsys, words, monkeypatch):
    from gradcheck.cli import main

    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert text == words


@pytest.mark.parametrize("command", ["diagnose", "check", "init"])
def test_help_says_that_the_file_is_executed(command, capsys):
    from gradcheck.cli import main

    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "The file is executed" in capsys.readouterr().out


def test_version(capsys):
    from gradcheck.cli import main

    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"gradcheck {__version__}\n"


def test_rules_lists_the_catalogue(run):
    ran = run("rules")
    assert ran.code == 0
    assert all(code in ran.out for code in CATALOGUE)


def test_rules_lists_a_part_of_it(run):
    ran = run("rules", "GC4")
    assert "GC401" in ran.out
    assert "GC101" not in ran.out


def test_rules_as_json(run):
    rows = json.loads(run("rules", "--output-format", "json").out)
    assert [row["code"] for row in rows] == list(CATALOGUE)


@pytest.mark.parametrize("word", ["GC101", "gc101", "label-ignored"])
def test_explain_takes_a_code_or_a_name(word, run):
    ran = run("explain", word)
    assert ran.code == 0
    assert ran.out.startswith("error[GC101] label-ignored: ")


def test_demo_lists_what_there_is(run):
    ran = run("demo")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == [demo.name for demo in DEMOS]


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_every_demo_can_be_shown_and_is_python(demo, run):
    source = run("demo", demo.name, "--show").out
    assert source == demo.path.read_text(encoding="utf-8")
    compile(source, demo.file, "exec")


def test_a_demo_is_diagnosed_under_its_own_name_and_leaves_the_folder_alone(run, net, diagnosis):
    ran = run("demo", "iris", "--seed", 2)
    assert diagnosis.asked[0]["target"] == "iris_net.py"
    assert diagnosis.asked[0]["seed"] == 2
    assert (ran.code, ran.out) == (0, as_text(faulty_report()))
    assert [path.name for path in net.parent.iterdir()] == ["net.py"]


WIRING = Wiring(loss="cost()", params={"W": "net.W"}, step=Step("fit()", "0.1"))


@pytest.fixture
def discovery(monkeypatch):
    monkeypatch.setattr(gradcheck.subject, "discover_wiring", lambda *_, **__: WIRING, raising=False)


@pytest.mark.usefixtures("discovery")
def test_init_prints_the_wiring(run, net):
    ran = run("init", "net.py")
    assert (ran.code, ran.out, ran.err) == (0, to_toml(WIRING), "")


@pytest.mark.usefixtures("discovery")
def test_init_writes_the_wiring_and_never_over_a_file(run, net):
    path = net.parent / "wiring.toml"
    assert run("init", "net.py", "-o", "wiring.toml").code == 0
    path.write_text("mine", encoding="utf-8")
    refused = run("init", "net.py", "-o", "wiring.toml")
    assert refused.code == 2
    assert "wiring.toml is there already, nothing written" in refused.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("init", "net.py", "-o", "wiring.toml", "--force").code == 0
    assert path.read_text(encoding="utf-8") == to_toml(WIRING)


SMALL = """\
import numpy as np

x, y = np.array([[0.3, -1.2], [0.8, 0.5]]), np.array([1.0, -0.4])
w = np.array([0.1, 0.2])


def loss(w):
    return 0.5 * np.mean((x @ w - y) ** 2)


for _ in range(20):
    w -= 0.1 * x.T @ (x @ w - y) / 2
print(loss(w))
"""


def test_init_understands_a_file_and_what_it_writes_drives_it(run, net):
    net.write_text(SMALL, encoding="utf-8")
    assert run("init", "net.py", "-o", "net.toml").code == 0
    ran = run("check", "net.py", "--wiring", "net.toml")
    assert ran.code == 0
    assert "clean" in ran.out


def test_init_hands_over_what_it_has_where_one_thing_is_missing(run, tmp_path):
    (tmp_path / "quiet.py").write_text(
        "import numpy as np\nw = np.ones(4)\ndef nudge(w, pace):\n    return w * (1 - pace)\n"
        "for _ in range(50):\n    w = nudge(w, 0.1)\n"
    )
    done = run("init", str(tmp_path / "quiet.py"))
    assert done.code == 2
    assert "# MISSING: one number" in done.out
    assert "write the loss as one expression" in done.err
