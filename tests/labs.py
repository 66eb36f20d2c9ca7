"""Labs of specimens and of networks in strings, and a gradient check that shares nothing with the package."""

from __future__ import annotations

import contextlib
import io
import types
import warnings
from textwrap import dedent

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.faults import find
from gradcheck.subject.wiring import Wiring

STEP = 1e-5
RIGHT = 2e-6
# Relative error up to which plain central differences call a gradient right.


def specimen_lab(fault, *, bad=True):
    """The lab of a fault's bad or good program."""
    specimen = find(fault).specimen
    source = specimen.bad_source() if bad else specimen.good_source()
    return Lab("net.py", source, specimen.wiring)


def lab_of(source, **wired):
    """The lab of a network given as a string, wired by keywords."""
    return Lab("net.py", dedent(source), Wiring(**wired))


def independent_errors(source, wiring, *, points=(11, 12)):
    """Parameter -> worst relative error of its gradient, by central differences at shifted parameters.

    Args:
        source: the program.
        wiring: how to drive it.
        points: seeds of the shifts.
    """
    worst = dict.fromkeys(wiring.params, 0.0)
    for seed in points:
        analytic, numerical = _gradient(source, wiring, seed), central_differences(source, wiring, seed)
        for name, n in numerical.items():
            if analytic[name].size not in {1, n.size}:
                worst[name] = np.inf
                continue
            a = np.broadcast_to(analytic[name].ravel(), n.size)
            scale = max(np.linalg.norm(a) + np.linalg.norm(n), 1e-9)
            worst[name] = max(worst[name], float(np.linalg.norm(a - n.ravel()) / scale))
    return worst


def is_right(source, wiring):
    """Whether every gradient of a program is that of its loss."""
    return max(independent_errors(source, wiring).values()) < RIGHT


def central_differences(source, wiring, seed=None):
    """Parameter -> numerical gradient where the program starts, or at shifted parameters."""
    found = {}
    with _quiet():
        scope = _started(source, wiring, seed)
        for name, expression in wiring.params.items():
            value = np.array(eval(expression, scope), dtype=float)  # noqa: S307 -- as above
            slopes = np.zeros_like(value)
            for index in np.ndindex(value.shape):
                sides = []
                for sign in (1, -1):
                    moved = value.copy()
                    moved[index] += sign * STEP
                    _assign(scope, expression, moved)
                    sides.append(float(eval(wiring.loss, scope)))  # noqa: S307 -- as above
                slopes[index] = (sides[0] - sides[1]) / (2 * STEP)
            _assign(scope, expression, value)
            found[name] = slopes
    return found


def _started(source, wiring, seed):
    module = types.ModuleType("independent")
    np.random.seed(0)  # noqa: NPY002 -- some programs draw from the global generator
    exec(compile(source, "net.py", "exec"), module.__dict__)  # noqa: S102 -- programs of this repository
    scope = {**module.__dict__, "m": module, "np": np}
    exec(wiring.setup, scope)  # noqa: S102 -- as above
    rng = np.random.default_rng(seed)
    for expression in wiring.params.values():
        value = np.array(eval(expression, scope), dtype=float)  # noqa: S307 -- as above
        if seed is not None:
            _assign(scope, expression, value + 0.2 * rng.normal(size=value.shape))
    return scope


def _assign(scope, expression, value):
    scope["_given"] = value
    exec(f"{expression} = _given", scope)  # noqa: S102 -- as above


def _gradient(source, wiring, seed):
    with _quiet():
        scope = _started(source, wiring, seed)
        before = {name: np.array(eval(e, scope), dtype=float) for name, e in wiring.params.items()}  # noqa: S307
        exec(wiring.run, scope)  # noqa: S102 -- as above
        if wiring.grads is not None:
            return {name: np.array(eval(e, scope), dtype=float) for name, e in wiring.grads.of.items()}  # noqa: S307
        rate = eval(wiring.step.lr, scope)  # noqa: S307 -- as above
        after = {name: np.array(eval(e, scope), dtype=float) for name, e in wiring.params.items()}  # noqa: S307
        return {name: (before[name] - after[name]) / rate for name in before}


@contextlib.contextmanager
def _quiet():
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
