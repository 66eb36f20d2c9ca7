"""What tests of discovery share: where the networks are, and whether a wiring's gradient fits its loss."""

from pathlib import Path

import numpy as np

from gradcheck.subject import Sandbox, resolve_target
from gradcheck.subject.program import Program

NETWORKS = Path(__file__).parent / "networks"


def worst_disagreement(path, wiring):
    """The largest relative difference between the code's gradient and central differences of its loss."""
    target = resolve_target(path)
    with Sandbox(target) as sandbox:
        return sandbox.call(disagreement, str(target.path), target.source, wiring)


def disagreement(path, source, wiring):
    program = Program(path, source, wiring)
    gradient = program.start().gradient()
    live = program.start()
    values = live.parameters()
    rng = np.random.default_rng(0)
    worst = 0.0
    for name, value in values.items():
        entries = rng.choice(value.size, min(8, value.size), replace=False)
        slopes = []
        for entry in entries:
            ends = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved.ravel()[entry] += step
                live.set({**values, name: moved})
                ends.append(live.loss())
            slopes.append((ends[0] - ends[1]) / 2e-5)
        live.set(values)
        got, wanted = gradient[name].ravel()[entries], np.array(slopes)
        scale = np.abs(got).max() + np.abs(wanted).max()
        worst = max(worst, float(np.abs(got - wanted).max() / max(scale, 1e-7)))
    return worst
