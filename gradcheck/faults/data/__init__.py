"""Data and evaluation (GC7xx): inputs, labels, splits, and the figures a run is judged by."""

from gradcheck.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
