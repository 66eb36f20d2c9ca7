"""Tasks that the sandbox's tests run in the worker, which finds this module through PYTHONPATH."""

import os
import sys
from pathlib import Path

import numpy as np

from gradcheck.errors import InputError
from gradcheck.subject.loading import load_module
from gradcheck.subject.worker import report_progress


def run_script(path, source):
    """Run the user's file as gradcheck does; the plain values of its globals."""
    values = vars(load_module(path, source)).items()
    plain = int | float | str | list | np.ndarray
    return {name: value for name, value in values if isinstance(value, plain) and not name.startswith("__")}


def run_scripts(path, sources):
    """As `run_script`, one after another."""
    return [run_script(path, source) for source in sources]


def where():
    return str(Path.cwd()), sys.path[0], sys.argv


def report(steps):
    for step in range(steps):
        report_progress("stepping", step + 1, steps)


def refuse():
    raise InputError("expected more, but less came", hint="try more")


def blunder():
    return {}["missing"]


def leave():
    sys.exit(3)


def unpicklable():
    return lambda: None


def instance_of_a_user_class(path, source):
    return load_module(path, source, name="subject_net").Net()


def disturb():
    os.chdir("/")
    sys.path.clear()
    np.seterr(all="raise")
    np.random.seed(99)  # noqa: NPY002 -- as user code does
    sys.stdout = None
    os.environ["DISTURBED"] = "1"


def state():
    draw = np.random.rand()  # noqa: NPY002 -- the generator that is shared is what the test is about
    return str(Path.cwd()), len(sys.path), np.geterr(), draw, os.environ.get("DISTURBED")
