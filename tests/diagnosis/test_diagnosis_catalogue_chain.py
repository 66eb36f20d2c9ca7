"""Faults of normalisations, kernels, borders and lookups: named first on their line, and mended."""

import catalogued
import pytest
from catalogued import assert_mended, first_of

CODES = ["GC217", "GC218", "GC238", "GC239", "GC240", "GC241"]


@pytest.mark.parametrize("code", CODES)
def test_a_fault_of_a_special_layer_is_named_first_and_mended(code, monkeypatch):
    monkeypatch.setattr(
        catalogued, "SECONDS", 60.0
    )  # a bound for a busy machine: the search ends with what it finds
    findings, text, checks = first_of(code)
    assert [finding.code for finding in findings] == [code]
    assert_mended(code, findings[0], text, checks)
