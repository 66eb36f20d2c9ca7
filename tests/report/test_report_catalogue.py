from __future__ import annotations

import pytest
from rich.cells import cell_len

from gradcheck.faults import CATALOGUE, find
from gradcheck.report import render_explanation, render_rules, rules_as_list

LINES_OF_A_SCREEN = 60


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_page_fits_a_screen(code, show):
    lines = show(render_explanation, CATALOGUE[code]).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert len(lines) <= LINES_OF_A_SCREEN


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_page_can_be_read_in_ascii(code, show):
    assert show(render_explanation, CATALOGUE[code], encoding="ascii").isascii()


def test_a_page_reads_well(show, words):
    assert show(render_explanation, find("GC101")) == words


def test_the_list_holds_every_fault_once(show):
    text = show(render_rules, tuple(CATALOGUE.values()))
    assert max(map(cell_len, text.splitlines())) <= 80
    for code, fault in CATALOGUE.items():
        assert text.count(f"  {code} {fault.name} ") == 1
    assert text.splitlines()[-1].startswith(f"{len(CATALOGUE)} faults")


def test_the_list_as_data_holds_every_fault():
    rows = rules_as_list(tuple(CATALOGUE.values()))
    assert [row["code"] for row in rows] == list(CATALOGUE)
    assert set(rows[0]) == {"code", "name", "family", "kind", "severity", "title"}
