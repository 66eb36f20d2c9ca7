"""The user's file executed as a fresh module, quietly, with whatever it raises told as the user's."""

from __future__ import annotations

import linecache
import sys
import types
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError, SubjectError
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.live.given import Given
from gradcheck.subject.packages import join_package
from gradcheck.subject.partway import in_main_block, run_until
from gradcheck.subject.randomness import seed_everything

MODULE_NAME = "__gradcheck_subject__"
# A plain import must not run a script's `if __name__ == "__main__":` block.

SOURCE = "__gradcheck_source__"
CODE = "__gradcheck_code__"
# Where the globals of a loaded module hold its text, which may have been edited since it was on the disk, and its code.


def load_module(
    path: str,
    source: str,
    *,
    seed: int = 0,
    name: str = MODULE_NAME,
    code: types.CodeType | None = None,
    hooks: Mapping[str, Any] | None = None,
    until: str = "",
    given: Given | None = None,
) -> types.ModuleType:
    """Execute `source`, or `code` made from it, as a fresh module that believes it was loaded from `path`.

    With live objects given, its definitions alone are executed, and what is given takes the place of all else.

    Raises:
        SubjectError: when it has a syntax error or raises.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    module.__dict__[SOURCE] = source
    join_package(module, path)
    module.__dict__.update(hooks or {})
    keep_lines(path, source)
    sys.modules[name] = module  # dataclasses and pickling look their module up there
    seed_everything(seed)
    try:
        text = source if given is None else definitions_alone(source)
        code = code or compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as problem:
        raise SubjectError(
            f"{path}:{problem.lineno}: the file is not valid Python: {problem.msg}",
            hint="run it with python once; gradcheck reads it with the same grammar",
        ) from problem
    if until and in_main_block(source, until):
        module.__dict__["__name__"] = "__main__"
    with running(f"importing {path}"):
        module.__dict__[CODE] = code
        if given is not None:
            given.prepare(module)
        run_until(code, source, until, module)
        if given is not None:
            given.fill(module, code)
    return module


def keep_lines(path: str, source: str) -> None:
    """Let tracebacks quote the source that runs, which a notebook, or an edited file, has not on the disk."""
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)


class running:  # noqa: N801 -- read as a phrase: with running("the loss")
    """Runs user code with its warnings silenced, and turns whatever it raises into a `SubjectError`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._quiet = warnings.catch_warnings()
        self._errstate = np.errstate(all="ignore")

    def __enter__(self) -> None:
        self._quiet.__enter__()
        warnings.simplefilter("ignore")
        self._errstate.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._errstate.__exit__(kind, problem, trace)
        self._quiet.__exit__(kind, problem, trace)
        if problem is None or isinstance(problem, GradcheckError | KeyboardInterrupt):
            return
        if isinstance(problem, Exception | SystemExit):
            raise SubjectError.of(self._what, problem) from problem
