"""The catalogue as a table: codes, names, numbers, texts, and how it is searched."""

import itertools
import re

import pytest

from gradcheck.errors import UsageError
from gradcheck.faults import CATALOGUE, by_prefix, find, page
from gradcheck.findings import Family, Kind

EVERY_FAULT = pytest.mark.parametrize(
    "fault", CATALOGUE.values(), ids=lambda fault: f"{fault.code}-{fault.name}"
)
COLUMNS, ROWS = 80, 40  # a screen
FORMULAS = 76  # columns of a formula, indented by two on the page
TEXTS = ("title", "what", "algebra", "shows", "fix", "exceptions")

HUNDREDS = {
    "GC1": {Family.FORWARD, Family.LOSS, Family.OUTPUT_DELTA},
    "GC2": {Family.HIDDEN_DELTA, Family.WEIGHT_GRAD, Family.BIAS_GRAD},
    "GC3": {Family.REGULARIZATION, Family.SCALING},
    "GC4": {Family.ALIASING},
    "GC5": {Family.STABILITY, Family.DTYPE_SHAPE},
    "GC6": {Family.ARCHITECTURE, Family.INITIALIZATION},
    "GC7": {Family.DATA, Family.EVALUATION},
    "GC8": {Family.UPDATE, Family.OPTIMIZER},
}

AGREED = {
    "GC101": "label-ignored",
    "GC301": "penalty-scale",
    "GC401": "aliased-output",
    "GC402": "best-by-reference",
    "GC601": "uniform-outputs",
    "GC602": "dead-hidden-layer",
    "GC603": "saturated-units",
}


def test_the_catalogue_is_ordered_by_code():
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert all(code == fault.code for code, fault in CATALOGUE.items())


def test_the_codes_of_a_family_stand_together():
    families = [family for family, _ in itertools.groupby(fault.family for fault in CATALOGUE.values())]
    assert len(families) == len(set(families))


def test_names_are_unique_and_kebab_case():
    names = [fault.name for fault in CATALOGUE.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_titles_are_unique():
    titles = [fault.title for fault in CATALOGUE.values()]
    assert len(set(titles)) == len(titles)


def test_all_124_numbers_are_covered():
    assert {fault.number for fault in CATALOGUE.values()} - {None} == set(range(1, 125))


@pytest.mark.parametrize(("code", "name"), AGREED.items())
def test_codes_that_others_rely_on(code, name):
    assert CATALOGUE[code].name == name


@EVERY_FAULT
def test_the_hundred_of_a_code_fits_its_family(fault):
    assert re.fullmatch(r"GC[1-8]\d\d", fault.code)
    assert fault.family in HUNDREDS[fault.code[:3]]


UNFINISHED = "|".join(
    ("TO" + "DO", "FIX" + "ME", r"\?\?")
)  # put together, so that a search for them finds none


@EVERY_FAULT
def test_texts_are_there_and_finished(fault):
    for field in TEXTS:
        text = getattr(fault, field)
        assert text.strip() == text != "", field
        assert not re.search(UNFINISHED, text), field
        assert field == "algebra" or not re.search(r"  (?=\S)", text), field  # its columns are lined up
    assert not fault.title[0].isupper() or fault.title.startswith("Adam")  # a name
    assert not fault.title.endswith(".")
    assert len(fault.title) <= COLUMNS
    assert all(
        getattr(fault, field).endswith((".", ")", "]", ":", "0")) for field in ("what", "shows", "exceptions")
    )


@EVERY_FAULT
def test_codes_named_in_texts_exist(fault):
    named = {code for field in TEXTS for code in re.findall(r"GC\d{3}", getattr(fault, field))}
    assert named <= set(CATALOGUE) - {fault.code}


@EVERY_FAULT
def test_the_page_fits_a_screen(fault):
    lines = page(fault).text(COLUMNS).splitlines()
    assert len(lines) <= ROWS
    source = set(fault.specimen.bad_source().splitlines()) | set(fault.specimen.good_source().splitlines())
    assert all(len(line) <= COLUMNS for line in lines if line.strip(" +-") not in {s.strip() for s in source})
    assert all(len(line) <= FORMULAS for line in fault.algebra.splitlines())


def test_symptoms_are_kept_apart_from_causes():
    symptoms = {code for code, fault in CATALOGUE.items() if fault.kind is Kind.SYMPTOM}
    assert {"GC601", "GC602", "GC603"} <= symptoms
    assert not any(CATALOGUE[code].number for code in symptoms)


def test_find_by_code_and_by_name_in_either_case():
    assert find("gc101") is find("Label-Ignored") is CATALOGUE["GC101"]


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("label-ignore", "GC101 label-ignored"),
        ("saturated-unit", "GC603 saturated-units"),
        ("zzzz", "gradcheck rules lists them all"),
    ],
)
def test_find_hints_at_the_nearest(wanted, hint):
    with pytest.raises(UsageError, match="code or the name") as caught:
        find(wanted)
    assert hint in caught.value.hint


def test_a_selection_is_every_match_less_what_is_ignored():
    assert by_prefix() == CATALOGUE
    assert set(by_prefix(select=["GC4", "label-ignored"], ignore=["GC401"])) == {
        "GC101",
        *(code for code in CATALOGUE if code.startswith("GC4") and code != "GC401"),
    }
    assert list(by_prefix(select=["GC4", "GC1"])) == sorted(by_prefix(select=["GC1", "GC4"]))


@pytest.mark.parametrize("entries", [{"select": ["GC9"]}, {"ignore": ["label"]}, {"select": [""]}])
def test_a_selection_that_fits_nothing_is_an_error(entries):
    with pytest.raises(UsageError, match="beginning of one"):
        by_prefix(**entries)


def test_selecting_everything_by_the_common_prefix():
    assert by_prefix(select=["GC"]) == CATALOGUE
    assert by_prefix(ignore=["gc"]) == {}
