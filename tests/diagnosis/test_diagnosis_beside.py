"""The second worker: its results, its silence while nobody waits, and its end."""

import os
import threading
import time
from pathlib import Path

import pytest

from gradcheck.diagnosis.beside import Beside
from gradcheck.errors import GradcheckError, SubjectError
from gradcheck.subject.sandbox import Sandbox, notices_of
from gradcheck.subject.target import Target
from gradcheck.subject.worker import report_progress
from gradcheck.subject.worker.link import in_worker


@pytest.fixture
def make(tmp_path):
    (tmp_path / "net.py").write_text("")
    return lambda progress: Sandbox(Target(tmp_path / "net.py", "net.py", ""), progress=progress)


@pytest.fixture(autouse=True)
def _tasks_can_be_imported(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def pid(number):
    return number, os.getpid()


def tell(number):
    report_progress("looking", number, 9)
    return number


def write_outside(path):
    Path(path).write_text("x")


def test_calls_are_carried_out_in_order_in_one_other_process(make):
    with Beside(make) as beside:
        first, second = (beside.begin(lambda sandbox, n=n: sandbox.call(pid, n)) for n in (1, 2))
        (one, here), (two, there) = first(), second()
    assert (one, two) == (1, 2)
    assert here == there != os.getpid()


def test_an_error_of_the_call_is_raised_where_its_result_is_asked_for(make):
    with Beside(make) as beside:
        result = beside.begin(lambda sandbox: sandbox.call(os._exit, 3))
        with pytest.raises(SubjectError, match="exit status 3"):
            result()


def test_progress_is_told_only_while_somebody_waits(make):
    told = []
    with Beside(make, lambda *news: told.append(news)) as beside:
        ended = threading.Event()
        beside.begin(lambda sandbox: (sandbox.call(tell, 1), ended.set()))
        assert ended.wait(30)
        assert told == []
        slow = beside.begin(lambda sandbox: (time.sleep(0.3), sandbox.call(tell, 2)))
        slow()
    assert told == [("looking", 2, 9)]


def test_leaving_the_block_breaks_off_what_runs_and_what_was_to_come(make):
    began = time.monotonic()
    with Beside(make) as beside:
        running = beside.begin(lambda sandbox: sandbox.call(time.sleep, 50))
        beside.begin(lambda sandbox: sandbox.call(time.sleep, 50))
        time.sleep(0.5)
    assert time.monotonic() - began < 20
    with pytest.raises(GradcheckError):
        running()
    with pytest.raises(RuntimeError, match="closed"):
        beside.sandbox.call(in_worker)


def test_leaving_at_once_leaves_no_worker_behind(make):
    with Beside(make) as beside:
        beside.begin(lambda sandbox: sandbox.call(time.sleep, 50))
    with pytest.raises(RuntimeError, match="closed"):
        beside.sandbox.call(in_worker)


def test_an_interrupted_sandbox_refuses_further_calls(make):
    with make(None) as sandbox:
        assert sandbox.call(in_worker)
        sandbox.interrupt()
        with pytest.raises(SubjectError, match="interrupted"):
            sandbox.call(in_worker)


def test_what_was_noticed_in_two_sandboxes_is_told_once_with_the_sum(make, tmp_path):
    outside = str(tmp_path / "elsewhere.txt")
    with make(None) as one, make(None) as other:
        for sandbox, times in ((one, 2), (other, 1)):
            for _ in range(times):
                sandbox.call(write_outside, outside)
        told = notices_of(one, other)
    assert len(told) == 1
    assert told[0].endswith("(3 times)")
    assert one.notices[0].endswith("(2 times)")


def test_the_modules_to_preload_are_imported_before_the_first_task(tmp_path):
    (tmp_path / "net.py").write_text("")
    target = Target(tmp_path / "net.py", "net.py", "")
    for preload, there in (((), False), (("gradcheck.reference.optimizers",), True)):
        with Sandbox(target, preload=preload) as sandbox:
            assert sandbox.call(has_optimizers) is there


def has_optimizers():
    import sys

    return "gradcheck.reference.optimizers" in sys.modules
