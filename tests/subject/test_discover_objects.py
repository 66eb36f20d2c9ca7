"""One object of a file is named behind a colon: a class, a method, a variable, or a class that nothing runs."""

from __future__ import annotations

import pytest
from discovered import NETWORKS, worst_disagreement

from gradcheck.subject import discover_wiring, resolve_target


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("Line", "w"), ("Switch", "v"), ("Switch.fit", "v"), ("switch", "v"), ("Quiet", "u")],
)
def test_the_object_that_was_named_is_the_one_that_is_wired(name, parameter):
    path = f"{NETWORKS / 'two_networks.py'}:{name}"
    wiring = discover_wiring(resolve_target(path))
    assert [text.rpartition(".")[2] for text in wiring.params.values()] == [parameter]
    assert worst_disagreement(path, wiring) < 1e-6


def test_the_array_that_a_loop_leaves_in_a_name_of_its_own_is_a_parameter_like_the_others():
    """After `for a, b in zip(w.arrays(), g.arrays())`, `a` is the last of them, and a shorter way to say it."""
    beans = NETWORKS.parents[1] / "quality" / "courses" / "networks" / "beans_columns.py"
    wiring = discover_wiring(resolve_target(beans), time_limit=300)
    assert {text.rpartition(".")[2] for text in wiring.params.values()} == {"U", "u", "V", "v"}
    assert worst_disagreement(beans, wiring) < 1e-6


def test_an_object_that_trains_nothing_is_asked_about_by_its_name():
    target = resolve_target(f"{NETWORKS / 'two_networks.py'}:Line.cost")
    with pytest.raises(Exception, match=r"two_networks.py:Line.cost ran to its end, and no loop in it"):
        discover_wiring(target, time_limit=10)
