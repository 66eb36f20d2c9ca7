"""Finds, names and repairs the fault in a backward pass written by hand.

The public names, each imported when it is first used, so that ``import gradcheck`` costs nothing.

Example:
    >>> import numpy as np
    >>> import gradcheck
    >>> gradcheck.assert_gradients(lambda w: np.sum(w**2), lambda w: 2 * w, np.ones(3))
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from gradcheck import subject
    from gradcheck.assertions import GradientMismatch, assert_gradients
    from gradcheck.diagnosis import check, diagnose
    from gradcheck.errors import GradcheckError
    from gradcheck.findings import Finding, Patch, Report
    from gradcheck.notebook import show
    from gradcheck.numerics import Comparison, NumericalGradient, compare, numerical_gradient
    from gradcheck.subject import Wiring

__all__ = [
    "Comparison",
    "Finding",
    "GradcheckError",
    "GradientMismatch",
    "NumericalGradient",
    "Patch",
    "Report",
    "Wiring",
    "assert_gradients",
    "check",
    "compare",
    "diagnose",
    "numerical_gradient",
    "show",
    "subject",
]

_HOMES = {
    "Comparison": "gradcheck.numerics",
    "Finding": "gradcheck.findings",
    "GradcheckError": "gradcheck.errors",
    "GradientMismatch": "gradcheck.assertions",
    "NumericalGradient": "gradcheck.numerics",
    "Patch": "gradcheck.findings",
    "Report": "gradcheck.findings",
    "Wiring": "gradcheck.subject",
    "assert_gradients": "gradcheck.assertions",
    "check": "gradcheck.diagnosis",
    "compare": "gradcheck.numerics",
    "diagnose": "gradcheck.diagnosis",
    "numerical_gradient": "gradcheck.numerics",
    "show": "gradcheck.notebook",
    "subject": "gradcheck.subject",
}

_MAKE_REPORTS = ("check", "diagnose")  # in a notebook, what they return shows itself


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'gradcheck' has no attribute {name!r}")
    if name in _MAKE_REPORTS and "IPython" in sys.modules:
        importlib.import_module("gradcheck.notebook").register()
    home = importlib.import_module(_HOMES[name])
    return home if home.__name__ == f"gradcheck.{name}" else getattr(home, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
