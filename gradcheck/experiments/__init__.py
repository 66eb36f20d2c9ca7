"""Controlled experiments on a subject, one a file; each leaves an Observation. `table` lists them all."""
