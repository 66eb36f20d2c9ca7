"""`assert_gradients`: a gradient check that fails a test, with both numbers in the failure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from gradcheck.findings import Report
    from gradcheck.numerics import Comparison, NumericalGradient
    from gradcheck.subject import Wiring

MOST = 5  # wrong parameters spelled out in a failure; the details hold them all


class GradientMismatch(AssertionError):  # noqa: N818 - reads as what pytest prints: the gradient mismatches
    """A gradient that disagrees with the measured one, or that could not be measured well enough to tell.

    Attributes:
        details: everything that was measured, as text of 80 columns; pytest shows it in a section of its own.
        comparisons: the gradient check, by parameter.
        report: the whole diagnosis, where a file was diagnosed.
    """

    __module__ = "gradcheck"  # the name that users import, and that pytest prints

    def __init__(
        self,
        message: str,
        details: str = "",
        comparisons: Mapping[str, Comparison] | None = None,
        report: Report | None = None,
    ) -> None:
        super().__init__(message, details, comparisons, report)
        self.details = details
        self.comparisons = dict(comparisons or {})
        self.report = report

    def __str__(self) -> str:
        return str(self.args[0])


@overload
def assert_gradients(subject: Callable[[Any], Any], gradient: Any, x: Any, *, seed: int = 0) -> None: ...


@overload
def assert_gradients(subject: str | Path, *, wiring: Wiring | None = None, seed: int = 0) -> None: ...


def assert_gradients(
    subject: Callable[[Any], Any] | str | Path,
    gradient: Any = None,
    x: Any = None,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
) -> None:
    """Assert that a gradient is the gradient of its loss.

    Args:
        subject: the loss, a function of x; or a file, which is then diagnosed as `gradcheck diagnose` would.
        gradient: the gradient of a loss: a function of x, or its value at x, in the structure of x.
        x: where to check: an array, a number, nested lists, or a mapping of names to such.
        wiring: how to drive a file; discovered if not given.
        seed: of every random choice.

    Raises:
        GradientMismatch: they disagree, or the measurement cannot tell.
        UsageError: a loss without gradient and x, or a file with them.

    Example:
        >>> import numpy as np
        >>> assert_gradients(lambda w: np.sum(w**3), lambda w: 3 * w**2, np.array([1.0, 2.0]))
        >>> assert_gradients(lambda w: np.sum(w**3), lambda w: 2 * w**2, np.array([1.0, 2.0]))
        Traceback (most recent call last):
            ...
        gradcheck.GradientMismatch: the gradient of x is wrong
          x[1] = 8, measured 12; 2 of 2 entries, cosine 1.00
    """
    __tracebackhide__ = True
    if callable(subject):
        if gradient is None or x is None or wiring is not None:
            raise UsageError(
                "a loss needs its gradient and x, and takes no wiring", hint="assert_gradients(f, grad, x)"
            )
        _assert_function(subject, gradient, x, seed)
    else:
        if gradient is not None or x is not None:
            raise UsageError(
                "a file takes no gradient and no x", hint='assert_gradients("net.py", wiring=...)'
            )
        _assert_file(subject, wiring, seed)


def _assert_function(f: Callable[[Any], Any], gradient: Any, x: Any, seed: int) -> None:
    __tracebackhide__ = True
    from gradcheck.numerics import Verdict, compare, numerical_gradient
    from gradcheck.report import table_as_text

    # Somebody's gradient may write into its argument; f must not see that.
    analytic = gradient(copy.deepcopy(x)) if callable(gradient) else gradient
    numerical = numerical_gradient(f, x, seed=seed)
    comparisons = compare(analytic, numerical)
    wrong = [one for one in comparisons.values() if one.verdict is Verdict.FAIL]
    unsure = [one for one in comparisons.values() if one.verdict is Verdict.INCONCLUSIVE]
    if wrong:
        message = f"the gradient of {_names(wrong)} is wrong"
        rows = [_numbers(one, analytic, numerical) for one in wrong[:MOST]]
    elif unsure:
        message = f"could not tell whether the gradient of {_names(unsure)} is right"
        rows = [f"{one.name}: {one.reason}" for one in unsure[:MOST]]
    else:
        return
    details = table_as_text(tuple(comparisons.values()))
    raise GradientMismatch("\n  ".join([message, *rows]), details, comparisons)


def _assert_file(target: str | Path, wiring: Wiring | None, seed: int) -> None:
    __tracebackhide__ = True
    from gradcheck.diagnosis import diagnose
    from gradcheck.findings import Outcome
    from gradcheck.report import as_text

    report = diagnose(target, wiring=wiring, seed=seed)
    if report.outcome is Outcome.CLEAN:
        return
    rows = [_norms(one) for one in report.parameters if one.verdict != "pass"][:MOST]
    rows.append(f"reproduce: gradcheck diagnose {report.target} --seed {report.seed}")
    comparisons = {one.name: one for one in report.parameters}
    raise GradientMismatch("\n  ".join([_headline(report), *rows]), as_text(report), comparisons, report)


def _headline(report: Report) -> str:
    """The code first: pytest's summary cuts the line at its end."""
    from gradcheck.findings import Severity
    from gradcheck.report.excerpt import positions
    from gradcheck.report.terminal import roots

    faults = [one for one in roots(report) if one.severity is not Severity.NOTE]
    if not faults:
        return f"could not tell whether the gradients of {report.target} are right"
    root, *others = faults
    place = positions(report, replace(root, labels=(), lines=root.lines[:1]))
    more = f" (+{', '.join(finding.code for finding in others)})" if others else ""
    return f"{root.code} {root.name} at {place}{more}: {root.message}"


def _names(comparisons: list[Comparison]) -> str:
    return ", ".join(one.name for one in comparisons)


def _numbers(one: Comparison, analytic: Any, numerical: NumericalGradient) -> str:
    """A parameter's most wrong entry: the number that came, and the one that was measured."""
    import numpy as np

    flat = one.wrong[0]
    parameters = numerical.parameters
    came = parameters.split(parameters.flatten(analytic))[one.name].reshape(-1)[flat]
    measured = numerical.values[one.name].reshape(-1)[flat]
    index = ", ".join(str(i) for i in np.unravel_index(flat, one.shape))
    place = f"{one.name}[{index}]" if index else one.name
    count = f"{len(one.wrong)} of {one.checked} entries"
    return f"{place} = {came:.6g}, measured {measured:.6g}; {count}, cosine {one.cosine:.2f}"


def _norms(one: Comparison) -> str:
    """A parameter's two norms: what is left of both gradients once the worker has ended."""
    return (
        f"{one.name}: |gradient| {one.analytic_norm:.3g}, measured {one.numerical_norm:.3g}, "
        f"cosine {one.cosine:.2f}, relative error {one.relative_error:.1e}"
    )
