"""The worker process: what goes in and out, what ends it, what is left after it."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import subject_tasks

from gradcheck.errors import InputError, SubjectError, SubjectTimeoutError

BUSY = (
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
)


def script(sandbox):
    return subject_tasks.run_script, str(sandbox.target.path), sandbox.target.source


def test_arrays_come_back_as_they_were(run):
    _, values = run("import numpy as np\nW = np.arange(6.0).reshape(2, 3)\nname = __file__\n")
    np.testing.assert_array_equal(values["W"], np.arange(6.0).reshape(2, 3))
    assert values["name"].endswith("net.py")


def test_one_worker_serves_all_calls(sandbox_of):
    sandbox = sandbox_of()
    assert sandbox.call(os.getpid) == sandbox.call(os.getpid) != os.getpid()


def test_the_worker_starts_fast(sandbox_of):
    seconds = []
    for _ in range(3):
        started = time.monotonic()
        sandbox_of().call(os.getpid)
        seconds.append(time.monotonic() - started)
    assert min(seconds) < 1.5  # 0.15 s on an idle machine; what it is to catch is an import that takes long


def test_python_looks_as_if_started_on_the_file(sandbox_of, folder):
    directory, first, arguments = sandbox_of().call(subject_tasks.where)
    assert Path(directory).name == folder.name
    assert Path(directory) != folder
    assert first == str(folder)
    assert arguments == [str(folder / "net.py")]


def test_errors_of_gradcheck_cross_whole(sandbox_of):
    with pytest.raises(InputError) as caught:
        sandbox_of().call(subject_tasks.refuse)
    assert (caught.value.message, caught.value.hint) == ("expected more, but less came", "try more")


def test_a_fault_of_gradcheck_is_raised_with_its_traceback(sandbox_of):
    with pytest.raises(KeyError) as caught:
        sandbox_of().call(subject_tasks.blunder)
    assert "in blunder" in caught.value.__notes__[0]


def test_the_users_exception_names_its_line(run):
    with pytest.raises(SubjectError, match=r"ZeroDivisionError.*line 2"):
        run("W = 0\nW = 1 / W\n")


def test_what_does_not_pickle_is_a_fault_of_the_task(sandbox_of):
    with pytest.raises(TypeError, match="does not pickle"):
        sandbox_of().call(subject_tasks.unpicklable)


def test_an_object_of_the_users_stays_in_the_worker(sandbox_of):
    sandbox = sandbox_of("class Net:\n    pass\n")
    with pytest.raises(pickle.UnpicklingError, match=r"plain data only, but it returned a subject_net\.Net"):
        sandbox.call(subject_tasks.instance_of_a_user_class, *script(sandbox)[1:])


def test_progress_reaches_the_parent(sandbox_of):
    seen = []
    sandbox = sandbox_of(progress=lambda *report: seen.append(report))
    sandbox.call(subject_tasks.report, 3)
    assert seen[0] == ("stepping", 1, 3)
    assert seen[-1] == ("stepping", 3, 3)


def test_a_call_leaves_nothing_to_the_next(sandbox_of):
    sandbox = sandbox_of()
    before = sandbox.call(subject_tasks.state)
    sandbox.call(subject_tasks.disturb)
    assert sandbox.call(subject_tasks.state) == before


def test_the_global_generators_start_from_the_sandboxs_seed(sandbox_of):
    draws = [sandbox_of(seed=seed).call(subject_tasks.state)[3] for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_neighbours_are_imported_afresh_by_each_call(sandbox_of, folder):
    (folder / "layers.py").write_text("count = [0]\n", encoding="utf-8")
    sandbox = sandbox_of("import layers\nlayers.count[0] += 1\nseen = layers.count[0]\n")
    assert [sandbox.call(*script(sandbox))["seen"] for _ in range(2)] == [1, 1]
    assert sandbox.notices == ()
    assert not (folder / "__pycache__").exists()


def test_a_neighbour_named_like_the_standard_library_is_the_users_alone(sandbox_of, folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "queue.py").write_text("raise RuntimeError('not for gradcheck')\n", encoding="utf-8")
    assert sandbox_of().call(os.getpid)


@pytest.mark.parametrize("source", ["while True:\n    pass\n", BUSY, "import time\ntime.sleep(60)\n"])
def test_a_script_that_never_ends_is_stopped_and_says_where(run, source):
    started = time.monotonic()
    with pytest.raises(SubjectTimeoutError, match=r"within 0\.5 s.*net\.py:\d") as caught:
        run(source, time_limit=0.5)
    assert time.monotonic() - started < 20.0
    assert "--time-limit" in caught.value.hint


def test_a_time_limit_can_be_given_for_one_call(sandbox_of):
    sandbox = sandbox_of()
    with pytest.raises(SubjectTimeoutError, match=r"0\.2 s"):
        sandbox.call(time.sleep, 30, time_limit=0.2)


def test_a_new_worker_follows_one_that_was_stopped(sandbox_of):
    sandbox = sandbox_of()
    first = sandbox.call(os.getpid)
    with pytest.raises(SubjectTimeoutError):
        sandbox.call(time.sleep, 30, time_limit=0.2)
    assert sandbox.call(os.getpid) != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import os\nprint('last words')\nos._exit(3)\n", "exit status 3"),
        ("import ctypes\nprint('last words')\nctypes.string_at(0)\n", r"SIGSEGV in .*net\.py:3"),
        ("import os\nprint('last words')\nos.abort()\n", r"SIGABRT in .*net\.py:3"),
    ],
)
def test_a_dead_worker_is_an_error_with_its_cause(run, source, cause):
    with pytest.raises(SubjectError, match=cause) as caught:
        run(source)
    assert "last words" in caught.value.hint


@pytest.mark.parametrize("leaving", ["import sys\nsys.exit(1)\n", "exit()\n", "raise SystemExit\n"])
def test_an_exit_ends_the_task_and_not_the_worker(sandbox_of, leaving):
    sandbox = sandbox_of(leaving)
    before = sandbox.call(os.getpid)
    with pytest.raises(SubjectError, match="SystemExit"):
        sandbox.call(*script(sandbox))
    assert sandbox.call(os.getpid) == before


def test_an_exit_outside_the_users_frames_is_the_subjects_too(sandbox_of):
    sandbox = sandbox_of()
    with pytest.raises(SubjectError, match="SystemExit"):
        sandbox.call(subject_tasks.leave)
    assert "it called sys.exit()" in sandbox.notices


def test_a_keyboard_interrupt_of_the_user_code_is_not_the_parents(run):
    with pytest.raises(SubjectError, match="KeyboardInterrupt"):
        run("raise KeyboardInterrupt\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource limits")
@pytest.mark.parametrize("allocation", ["np.ones(50 << 27)", "[0] * (50 << 27)", "bytearray(50 << 30)"])
def test_fifty_gigabytes_are_refused(run, allocation):
    with pytest.raises(SubjectError, match="MemoryError") as caught:
        run(f"import numpy as np\nW = {allocation}\n", memory_limit=1 << 30)
    assert "1 GiB" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource limits")
def test_memory_taken_bit_by_bit_is_bounded_too(run):
    with pytest.raises(SubjectError, match=r"MemoryError.*line 3"):
        run(
            "kept = []\nwhile True:\n    kept.append(bytearray(1 << 24))\n",
            memory_limit=1 << 28,
            time_limit=20,
        )


def test_output_is_captured_from_python_and_from_below(run):
    sandbox, _ = run("import os, sys\nprint('é out')\nprint('err', file=sys.stderr)\nos.write(1, b'low')\n")
    assert sandbox.output == "é out\nerr\nlow"


def test_output_survives_the_time_limit(sandbox_of):
    sandbox = sandbox_of("print('epoch 0')\nwhile True:\n    pass\n", time_limit=0.3)
    with pytest.raises(SubjectTimeoutError):
        sandbox.call(*script(sandbox))
    assert sandbox.output.startswith("epoch 0\n")


def test_a_hundred_megabytes_are_printed_fast_and_kept_within_bounds(run):
    started = time.monotonic()
    sandbox, _ = run("print('first')\nfor _ in range(100):\n    print('x' * 1_000_000)\nprint('last')\n")
    assert time.monotonic() - started < 30.0
    assert len(sandbox.output) < 1.1 * (1 << 20)
    assert sandbox.output.startswith("first\n")
    assert sandbox.output.endswith("last\n")
    assert "bytes not kept" in sandbox.output
    assert "it printed 100.0 MB; the middle of that was not kept" in sandbox.notices


@pytest.mark.parametrize(
    "source",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
        "import atexit, time\natexit.register(time.sleep, 60)\n",
        "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()\n",
    ],
    ids=["thread", "atexit", "busy thread"],
)
def test_what_a_script_leaves_running_does_not_hold_up_the_end(run, source):
    sandbox, _ = run(source)
    started = time.monotonic()
    sandbox.close()
    assert time.monotonic() - started < 20.0


def test_the_temporary_folder_is_gone_afterwards(sandbox_of):
    sandbox = sandbox_of()
    directory = Path(sandbox.call(os.getcwd))
    assert directory.is_dir()
    sandbox.close()
    assert not directory.exists()
    with pytest.raises(RuntimeError, match="closed"):
        sandbox.call(os.getcwd)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interrupt_kills_the_worker_and_goes_on(sandbox_of):
    sandbox = sandbox_of()
    worker = sandbox.call(os.getpid)
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        sandbox.call(time.sleep, 30)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


PARENT = """
import sys, time
sys.path.insert(0, {tests!r})
import subject_tasks, os
from gradcheck.subject import Sandbox, resolve_target
sandbox = Sandbox(resolve_target({file!r}))
print(sandbox.call(os.getpid), sandbox.call(os.getcwd), flush=True)
sandbox.call(subject_tasks.run_script, {file!r}, "while True: pass")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_does_not_outlive_a_parent_that_was_killed(folder):
    file = folder / "net.py"
    file.write_text("W = 1\n", encoding="utf-8")
    code = PARENT.format(tests=str(Path(__file__).parent), file=str(file))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker, directory = parent.stdout.readline().split()
        parent.kill()
    deadline = time.monotonic() + 5
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        assert not _alive(worker)
        assert not Path(directory).exists()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(worker), signal.SIGKILL)


def _alive(process):
    with contextlib.suppress(FileNotFoundError):
        return ") Z" not in Path(f"/proc/{process}/stat").read_text("ascii")
    return False
