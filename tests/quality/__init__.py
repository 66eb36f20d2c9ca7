"""How good the diagnosis is: faults put into right networks by the hundred. `python -m tests.quality --help`."""
