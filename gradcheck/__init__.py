"""Finds, names and repairs the fault in a backward pass written by hand."""
