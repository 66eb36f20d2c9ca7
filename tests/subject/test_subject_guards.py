"""Each thing that a script may do and a worker must not: keyboard, windows, processes, network, entropy."""

import sys
from pathlib import Path

import numpy as np
import pytest
import subject_tasks

from gradcheck.errors import SubjectError
from gradcheck.subject import Sandbox, resolve_target


@pytest.mark.parametrize(
    "reading",
    ["input('? ')", "sys.stdin.read()", "sys.stdin.readline()", "next(sys.stdin)", "sys.stdin.buffer.read()"],
)
def test_the_keyboard_is_at_its_end(shared, reading):
    with pytest.raises(SubjectError, match=r"EOFError.*nobody is there to type.*line 2"):
        shared(f"import sys\n{reading}\n")


def test_reading_the_keyboard_is_mentioned(run):
    sandbox, _ = run(
        "for _ in range(3):\n    try:\n        input('n? ')\n    except EOFError:\n        n = 1\n"
    )
    assert sandbox.notices == ("it read from the keyboard, where nobody types (3 times)",)
    assert sandbox.output == "n? " * 3


def test_plots_are_drawn_and_not_shown(run):
    pytest.importorskip("matplotlib")
    sandbox, values = run(
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
        "for _ in range(2):\n    plt.plot([1, 2])\n    plt.show()\nplt.pause(60)\n"
        "plt.savefig('loss.png')\nbackend = matplotlib.get_backend().lower()\n"
    )
    assert values["backend"] == "agg"
    assert "it called plt.show(): no window was opened (2 times)" in sandbox.notices
    assert any("loss.png" in notice for notice in sandbox.notices)


def test_matplotlib_is_not_imported_for_those_who_do_not(run):
    _, values = run("import sys\nloaded = int('matplotlib' in sys.modules)\n")
    assert values["loaded"] == 0


def test_tkinter_opens_no_window(run):
    pytest.importorskip("tkinter")
    with pytest.raises(SubjectError, match="does not let the code open windows"):
        run("import tkinter\ntkinter.Tk()\n")


PROCESSES = {
    "fork": "os.fork()",
    "system": "os.system('echo hello')",
    "subprocess": "subprocess.run(['echo', 'hello'])",
    "exec": "os.execv('/bin/echo', ['echo'])",
    "spawn": "os.posix_spawn('/bin/echo', ['echo'], {})",
    "pool": "multiprocessing.get_context('fork').Pool(2)",
    "spawned pool": "multiprocessing.get_context('spawn').Pool(2)",
    "kill": "os.kill(os.getppid(), 15)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="these ways to a process are POSIX")
@pytest.mark.parametrize("attempt", PROCESSES.values(), ids=PROCESSES)
def test_no_process_is_started_or_signalled(shared, attempt):
    with pytest.raises(SubjectError, match=r"PermissionError: gradcheck does not let the code do this"):
        shared(f"import multiprocessing, os, subprocess\nif __name__ != '__main__':\n    {attempt}\n")


NETWORK = {
    "http://127.0.0.1:9/iris.csv": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/iris.csv')",
    "('127.0.0.1', 9)": "import socket\nsocket.socket().connect(('127.0.0.1', 9))",
    "example.org": "import socket\nsocket.create_connection(('example.org', 80))",
    "http://example.org": "import webbrowser\nwebbrowser.GenericBrowser('echo').open('http://example.org')",
}


@pytest.mark.parametrize(("what", "attempt"), NETWORK.items(), ids=NETWORK)
def test_the_network_is_off(run, what, attempt):
    sandbox, _ = run("try:\n    " + attempt.replace("\n", "\n    ") + "\nexcept PermissionError:\n    pass\n")
    assert f"it tried to reach {what} over the network" in sandbox.notices[0]


DRAWS = {
    "generator": "np.random.default_rng().random()",
    "legacy object": "np.random.RandomState().rand()",
    "sequence": "float(np.random.SeedSequence().entropy % 10**9)",
    "bit generator": "np.random.Generator(np.random.PCG64()).random()",
    "reseeded globally": "(np.random.seed(), np.random.rand())[1]",
    "reseeded with None": "(np.random.seed(None), np.random.rand())[1]",
    "standard object": "random.Random().random()",
    "standard reseeded": "(random.seed(), random.random())[1]",
    "global legacy": "np.random.rand()",
    "global standard": "random.random()",
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """What each of DRAWS gives, twice running: in a first call, in a later one, in a new worker."""
    file = tmp_path_factory.mktemp("draws") / "net.py"
    file.write_text("W = 1\n", encoding="utf-8")
    scripts = [f"import random\nimport numpy as np\nx = {draw}\ny = {draw}\n" for draw in DRAWS.values()]
    rounds = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        for times in (2, 1):
            with Sandbox(resolve_target(file)) as sandbox:
                calls = [sandbox.call(subject_tasks.run_scripts, str(file), scripts) for _ in range(times)]
                rounds += [dict(zip(DRAWS, call, strict=True)) for call in calls]
    return rounds


@pytest.mark.parametrize("draw", DRAWS)
def test_unseeded_generators_give_the_same_in_every_run(drawn, draw):
    first, later, anew = (round_[draw] for round_ in drawn)
    assert first == later == anew
    assert first["x"] != first["y"]


@pytest.mark.parametrize("draw", DRAWS)
def test_unseeded_generators_follow_the_replay_of_the_global_state(shared, draw):
    _, values = shared(
        "import random\nimport numpy as np\nfrom gradcheck.subject.randomness import seed_everything\n"
        f"seed_everything(5)\nx = {DRAWS[draw]}\nseed_everything(5)\ny = {DRAWS[draw]}\n"
    )
    assert values["x"] == values["y"]


def test_a_seed_of_the_users_own_is_kept(shared):
    _, values = shared(
        "import numpy as np\nx = np.random.default_rng(7).random()\ny = np.random.RandomState(7).rand()\n"
    )
    assert values == {"x": np.random.default_rng(7).random(), "y": np.random.RandomState(7).rand()}


def test_sets_are_walked_in_the_same_order(sandbox_of):
    source = "order = list({'alpha', 'beta', 'gamma', 'delta', 'epsilon'})\n"
    sandboxes = [sandbox_of(source) for _ in range(3)]
    orders = [box.call(subject_tasks.run_script, str(box.target.path), source)["order"] for box in sandboxes]
    assert orders[0] == orders[1] == orders[2]


def test_guards_cost_nothing_where_arrays_are_computed(run):
    source = (
        "import time\nimport numpy as np\nX = np.ones((10, 10))\n"
        "start = time.process_time()\nfor _ in range(100_000):\n    X = X + 1.0\n"
        "seconds = time.process_time() - start\n"
    )
    _, values = run(source)
    bare: dict[str, object] = {}
    exec(source, bare)  # noqa: S102 -- the same lines without a sandbox
    assert values["seconds"] < 3 * float(bare["seconds"])


def test_many_notices_are_cut_short(run):
    sandbox, _ = run("for i in range(300):\n    open(f'{i}.txt', 'w').close()\n")
    assert len(sandbox.notices) <= 52
    assert "it did more of this kind, which is not listed (250 times)" in sandbox.notices
