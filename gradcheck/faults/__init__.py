"""The catalogue of faults: one table serves the rules, `explain`, the injection in tests and the repair.

A fault is one file: its code, its texts and its specimen. The folders follow the hundreds of the codes, and
the `__init__` of each lists its faults by hand.
"""

from gradcheck.faults.catalogue import CATALOGUE, by_prefix, find
from gradcheck.faults.fault import Fault
from gradcheck.faults.page import Page, Section, page
from gradcheck.faults.specimen import Change, Specimen, Symptom

__all__ = [
    "CATALOGUE",
    "Change",
    "Fault",
    "Page",
    "Section",
    "Specimen",
    "Symptom",
    "by_prefix",
    "find",
    "page",
]
