from __future__ import annotations

import ast

from gradcheck.subject.live.definitions import defined, definitions_alone, needed_early

SCRIPT = """import numpy as np
RATE = 0.1
X = load("big.csv")


class Net:
    width = WIDTH

    def fit(self, X, rate=RATE):
        for _ in range(EPOCHS):
            pass


relu = lambda z: np.maximum(0, z)
try:
    import fast
except ImportError:
    fast = None
net = Net()
net.fit(X)
if __name__ == "__main__":
    main()
"""


def test_what_trains_and_loads_is_left_blank_and_every_line_keeps_its_number():
    rows = definitions_alone(SCRIPT).split("\n")
    assert len(rows) == len(SCRIPT.split("\n"))
    kept = {n for n, row in enumerate(rows, 1) if row}
    assert kept == {1, 6, 7, 9, 10, 11, 14, 15, 16, 17, 18}


def test_what_a_definition_reads_while_it_is_made_is_known():
    early = needed_early(ast.parse(SCRIPT))
    assert {"WIDTH", "RATE"} <= early
    assert "EPOCHS" not in early  # only a function's body reads it


def test_names_that_the_source_itself_binds():
    assert defined(ast.parse(SCRIPT)) == {"np", "Net", "relu", "fast"}
