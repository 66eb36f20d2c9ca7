"""Diagnosis: measure, experiment, repair, verify, judge, rank; Evidence in the middle is plain data."""

from gradcheck.diagnosis.walk import check, diagnose

__all__ = ["check", "diagnose"]
