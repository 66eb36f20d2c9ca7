"""Changes of source: applied once, undone in reverse order, shown as the lines of a diff."""

import pytest

from gradcheck.errors import InputError
from gradcheck.faults import CATALOGUE, Change, Specimen, find
from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.catalogue import _by_code


@pytest.mark.parametrize(
    ("old", "times"), [("dW3", 0), ("delta2", 6), ("", 0)], ids=["absent", "often", "empty"]
)
def test_a_change_must_name_one_place(old, times):
    with pytest.raises(InputError, match=f"found it {times} times") as caught:
        Change(old, "").applied(SOFTMAX_ROWS.source())
    assert caught.value.hint == "lengthen the text until it names one place"


def test_repair_undoes_changes_that_build_on_each_other():
    specimen = Specimen(SOFTMAX_ROWS, inject=(Change("delta2 /= n", "delta2 /= 2"), Change("/= 2", "/= 3")))
    source = specimen.bad_source()
    assert "delta2 /= 3" in source
    for change in specimen.repair:
        source = change.applied(source)
    assert source == SOFTMAX_ROWS.source()


def test_prepared_programs_are_good_programs():
    specimen = Specimen(
        SOFTMAX_ROWS,
        prepare=(Change("delta2 /= n", "delta2 /= len(y)"),),
        inject=(Change("delta2 /= len(y)", "delta2 /= 2"),),
    )
    assert "delta2 /= len(y)" in specimen.good_source()
    assert specimen.diff() == "-        delta2 /= 2\n+        delta2 /= len(y)"


def test_lines_at_fault_of_a_changed_line():
    specimen = find("GC101").specimen
    (line,) = specimen.bad_lines()
    assert specimen.bad_source().splitlines()[line - 1].strip() == "delta2 -= 1"


def test_a_missing_line_is_named_by_the_line_after_the_gap():
    specimen = find("GC321").specimen
    (line,) = specimen.bad_lines()
    assert specimen.bad_source().splitlines()[line - 1].strip() == "dW2 = self.h1.T @ delta2"


def test_a_diff_marks_what_it_leaves_out():
    lines = find("GC206").specimen.diff(context=1).splitlines()
    assert [line[:1] for line in lines] == [" ", "-", "+", " "]
    assert find("GC301").specimen.diff().splitlines().count("...") == 2


def test_a_code_is_given_once():
    fault = CATALOGUE["GC101"]
    with pytest.raises(ValueError, match="label-ignored and label-ignored share the code GC101"):
        _by_code([fault, fault])
