"""Pictures of a gradient check, each drawn on axes that are handed in; none imports matplotlib.

Norms and gradient flow are not among them on purpose: both look right for many wrong gradients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcheck.numerics import Comparison, Verdict
from gradcheck.report.wording import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

FLOOR = 1e-17  # where an exact zero stands on a logarithmic scale
_COLOURS = {
    Verdict.PASS: "tab:green",
    Verdict.FAIL: "tab:red",
    Verdict.KINK: "tab:orange",
    Verdict.INCONCLUSIVE: "tab:gray",
}


def relative_errors(ax: Axes, comparisons: Sequence[Comparison]) -> None:
    """One bar a parameter on a logarithmic scale, a black tick at its error bar, the verdict in words.

    Args:
        ax: where to draw.
        comparisons: the gradient check.
    """
    rows = np.arange(len(comparisons))
    errors = [max(one.relative_error, FLOOR) for one in comparisons]
    ax.barh(rows, errors, color=[_COLOURS[one.verdict] for one in comparisons])
    ax.plot([max(one.error_bar, FLOOR) for one in comparisons], rows, "k|", markersize=14, label="error bar")
    ax.set_xscale("log")
    ax.set_xlim(FLOOR, 10)
    ax.set_yticks(rows, [f"{one.name}: {VERDICTS[one.verdict]}" for one in comparisons])
    ax.invert_yaxis()
    ax.set_xlabel("relative error")
    ax.legend(loc="lower right")


def error_heatmap(
    ax: Axes, analytic: ArrayLike, numerical: ArrayLike, *, scale: float | None = None
) -> AxesImage:
    """The error of every entry of one weight matrix, relative to the largest entry, in powers of ten.

    Args:
        ax: where to draw.
        analytic: the code's gradient, (rows, columns), or (columns,) for a bias.
        numerical: the measured one, of the same shape.
        scale: what counts as large, to compare several parameters; the largest measured entry if not given.

    Returns:
        The image, for a colour bar.
    """
    a, n = (np.atleast_2d(np.asarray(value, dtype=np.float64)) for value in (analytic, numerical))
    size = float(np.abs(n).max()) if scale is None else scale
    errors = np.maximum(np.abs(a - n) / (size or 1.0), FLOOR)
    image = ax.imshow(np.log10(errors), cmap="magma", vmin=-12, vmax=0, aspect="equal")
    ax.set_xticks(range(a.shape[1]))
    ax.set_yticks(range(a.shape[0]))
    return image


def step_curve(ax: Axes, steps: ArrayLike, errors: Mapping[str, ArrayLike]) -> None:
    """How far a gradient is from finite differences, over the step size.

    A right gradient makes a V: truncation falls with the step, rounding grows. A wrong one is flat.

    Args:
        ax: where to draw.
        steps: (k,) step sizes.
        errors: (k,) relative errors by name of the gradient.
    """
    for name, values in errors.items():
        ax.loglog(steps, np.maximum(np.asarray(values, dtype=np.float64), FLOOR), marker=".", label=name)
    ax.set_xlabel("step size h")
    ax.set_ylabel("relative error")
    ax.legend()


def training_curves(ax: Axes, losses: Mapping[str, ArrayLike], *, floor: float | None = None) -> None:
    """Loss over training steps, with a dotted line at a loss that means nothing was learnt.

    Args:
        ax: where to draw.
        losses: (steps,) by name of the run.
        floor: such a loss: ln K for K classes.
    """
    for name, values in losses.items():
        ax.plot(np.asarray(values, dtype=np.float64), label=name)
    if floor is not None:
        ax.axhline(floor, color="black", linestyle=":", label=f"uniform outputs: {floor:.4g}")
    ax.set_xlabel("step")
    ax.set_ylabel("loss")
    ax.legend()


def activations(
    ax: Axes, values: ArrayLike, *, ends: tuple[float, float] = (-1.0, 1.0), bins: int = 40
) -> None:
    """Histogram of a hidden layer's outputs over the data; the title says how many sit at an end.

    Args:
        ax: where to draw.
        values: (samples, units).
        ends: the values the activation tends to: (-1, 1) for tanh, (0, 1) for the logistic function.
        bins: bars.
    """
    flat: NDArray[np.float64] = np.ravel(np.asarray(values, dtype=np.float64))
    low, high = ends
    near = 0.02 * (high - low)
    share = float(np.mean((flat < low + near) | (flat > high - near)))
    ax.hist(flat, bins=bins, range=ends, color="tab:blue")
    ax.set_xlabel("activation")
    ax.set_ylabel("count")
    ax.set_title(f"{share:.0%} saturated")
