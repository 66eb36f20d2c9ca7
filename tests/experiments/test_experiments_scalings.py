"""Scales that only a set's own figures can give, and those that any set may have."""

import numpy as np
import pytest

from gradcheck.experiments.scalings import RANGE, STANDARD, own_scale

ROWS = np.random.default_rng(3).normal(size=(20, 3))
WIDTH = ROWS.max(axis=0) - ROWS.min(axis=0)
GREY = np.random.default_rng(4).integers(0, 4, (20, 3)) / 3.0


@pytest.mark.parametrize(
    ("rows", "scale"),
    [
        ((ROWS - ROWS.mean(axis=0)) / ROWS.std(axis=0), STANDARD),
        ((ROWS - ROWS.min(axis=0)) / WIDTH, RANGE),
        (2 * (ROWS - ROWS.min(axis=0)) / WIDTH - 1, RANGE),
        (3 * (ROWS - ROWS.min(axis=0)) / WIDTH, ""),  # no scale that anybody aims at
        ((ROWS - ROWS[:10].mean(axis=0)) / ROWS[:10].std(axis=0), ""),
        (GREY, ""),  # every shade has many samples, as 0 and 255 have
    ],
    ids=["standard", "from 0 to 1", "from -1 to 1", "from 0 to 3", "of another set", "grey values"],
)
def test_which_scale_a_set_was_brought_to(rows, scale):
    assert own_scale(rows) == scale


def test_a_set_that_is_too_small_says_nothing():
    few = ROWS[:4]
    assert own_scale((few - few.mean(axis=0)) / few.std(axis=0)) == ""
