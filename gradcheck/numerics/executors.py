"""Evaluations spread over a pool: any `concurrent.futures.Executor`, threads, processes, Dask or MPI."""

from __future__ import annotations

import itertools
import os
import pickle
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.objective import Function, Points, evaluate

if TYPE_CHECKING:
    from concurrent.futures import Executor

CHUNKS_PER_WORKER = 4  # enough that a slow worker does not hold up the others for long
SMALLEST_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Pool:
    """Evaluates on an executor.

    Attributes:
        executor: the pool; it is the caller's to shut down.
    """

    executor: Executor

    def __call__(self, function: Function, points: Points) -> NDArray[Any]:
        """See `gradcheck.numerics.objective.Run`.

        Raises:
            InputError: f cannot be sent to the pool.
        """
        chunks = min(self._workers() * CHUNKS_PER_WORKER, -(-len(points) // SMALLEST_CHUNK))
        ends = np.linspace(0, len(points), chunks + 1).astype(int).tolist()
        try:
            futures = [
                self.executor.submit(evaluate, function, _only(points.part(*piece)))
                for piece in itertools.pairwise(ends)
            ]
            return np.concatenate([future.result() for future in futures])
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            if "pickle" not in str(error).lower():
                raise
            raise InputError(
                f"f cannot be sent to the pool: {error}", hint="define f at the top level of a module"
            ) from error

    def _workers(self) -> int:
        known = getattr(self.executor, "_max_workers", None)
        return int(known) if isinstance(known, int) and known > 0 else os.cpu_count() or 1


def _only(points: Points) -> Points:
    """The same without the lines that none of them lies on: directions are long to send."""
    used, renumbered = np.unique(points.which, return_inverse=True)
    return replace(points, lines=points.lines.pick(used), which=renumbered.reshape(-1).astype(np.intp))
