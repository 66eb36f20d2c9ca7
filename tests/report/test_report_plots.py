from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pytest
from handmade import faulty_report, unsure_report

from gradcheck.report import plots

mpl.use("Agg")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    figure.canvas.draw()  # what cannot be drawn fails here
    plt.close(figure)


def test_relative_errors_are_bars_with_verdicts_in_words(ax):
    plots.relative_errors(ax, faulty_report().parameters)
    assert [bar.get_width() for bar in ax.patches] == [0.56, 0.49, 0.56, 0.56]
    assert ax.get_yticklabels()[0].get_text() == "W1: wrong"


def test_figures_that_are_no_numbers_can_be_drawn(ax):
    plots.relative_errors(ax, unsure_report().parameters)
    assert ax.get_yticklabels()[1].get_text() == "b: kink"


def test_a_heatmap_shows_powers_of_ten_of_the_largest_entry(ax):
    numerical = np.array([[2.0, 1.0], [0.0, -4.0]])
    analytic = numerical + np.array([[0.04, 0.0], [0.0, 4.0]])
    image = plots.error_heatmap(ax, analytic, numerical)
    assert np.allclose(image.get_array(), [[-2, math.log10(plots.FLOOR)], [math.log10(plots.FLOOR), 0]])


def test_a_heatmap_takes_a_bias_and_a_gradient_of_zero(ax):
    image = plots.error_heatmap(ax, np.zeros(3), np.zeros(3))
    assert image.get_array().shape == (1, 3)


def test_a_step_curve_has_a_line_a_gradient(ax):
    plots.step_curve(ax, [1e-2, 1e-4], {"yours": [1.0, 1.0], "right": [1e-4, 0.0]})
    yours, right = ax.get_lines()
    assert yours.get_label() == "yours"
    assert list(right.get_ydata()) == [1e-4, plots.FLOOR]


def test_training_curves_mark_the_loss_of_nothing_learnt(ax):
    plots.training_curves(ax, {"as it stands": [2.0, 1.1]}, floor=math.log(3))
    assert [line.get_label() for line in ax.get_lines()] == ["as it stands", "uniform outputs: 1.099"]


def test_activations_say_how_many_are_saturated(ax):
    plots.activations(ax, [[-1.0, 0.0], [0.999, 0.5]])
    assert ax.get_title() == "50% saturated"
    assert sum(bar.get_height() for bar in ax.patches) == 4
