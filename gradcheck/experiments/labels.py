"""Permute the labels: the true gradient moves; one that does not never saw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.points import other_labels
from gradcheck.subject.proving import data_names
from gradcheck.subject.truth import measure, same_loss

NOTHING = 1e-9
# A true gradient that moves by less has not moved.


def permute_labels(lab: Lab) -> Observation:
    """Facts: `labels` (the name changed, or ""), `loss_moves`, `true_moves` and `code_moves`, by parameter.

    `label_free` names the parameters whose gradient is not 0 and does not move although the true one does. The moves
    are norms of the change of the true gradient and of the code's, when the labels change.
    """
    live = lab.program.start()
    for label, wiring in other_labels(lab.wiring, data_names(live)):
        try:
            program = lab.variant(wiring)
            loss = lab.at_truth(program).loss()
            if same_loss(loss, lab.truth.loss) or not np.isfinite(loss):
                continue
            point = replace(lab.truth.point, wiring=wiring)
            truth = measure(program, point, seed=lab.seed, full=200, sample=16)
            gradient = lab.at_truth(program).gradient()
        except GradcheckError:
            continue
        true_moves = _moves(truth.numerical.values, lab.truth.numerical.values)
        code_moves = _moves(gradient, lab.gradient)
        free = [
            name
            for name, moved in code_moves.items()
            if moved == 0.0 and true_moves[name] > NOTHING and np.any(lab.gradient[name])
        ]
        return Observation(
            "permute_labels",
            {
                "labels": label.removeprefix("other "),
                "loss_moves": loss - lab.truth.loss,
                "true_moves": true_moves,
                "code_moves": code_moves,
                "label_free": free,
            },
            f"changing {label.removeprefix('other ')} does not move the gradient of {', '.join(free)}"
            if free
            else "",
        )
    return Observation("permute_labels", {"labels": "", "label_free": []})


def _moves(
    one: Mapping[str, NDArray[np.float64]], other: Mapping[str, NDArray[np.float64]]
) -> dict[str, float]:
    """Norm of the difference over the entries that both have."""
    moves = {}
    for name in one:
        if one[name].shape == other[name].shape:
            difference = one[name] - other[name]
            moves[name] = float(np.linalg.norm(difference[np.isfinite(difference)]))
    return moves
