"""Networks of a setup with other labels, or with another sample: what depends on the data is another number there."""

from __future__ import annotations

import ast

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.leaves import fetch
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.samples import count_samples, disturb
from gradcheck.subject.program import Live


def with_other_labels(seen: Observation) -> Live | None:
    """A network with one label changed; None where the labels are not known."""
    tables = [(table, said) for table, said in seen.driver.stage.batch.items() if table.is_label]
    if not tables:
        return None
    live = seen.driver.stage.start()
    rng = np.random.default_rng(1)
    for _, said in tables:
        try:
            value = fetch(live, said)
            array = np.array(value)
            if array.dtype.kind in "iub":
                changed = np.roll(array, 1, axis=-1 if array.shape[0] == 1 else 0)
                changed = changed if not np.array_equal(changed, array) else (array == 0).astype(array.dtype)
            else:
                changed = array + 0.05 * rng.random(array.shape)
            new = changed if isinstance(value, np.ndarray) else changed.tolist()
            live.scope["__gradcheck_value__"] = new
            target = said if said in live.scope else f"m.{said}"
            if isinstance(value, np.ndarray) and value.flags.writeable:
                value[...] = changed
            else:
                exec(f"{target} = __gradcheck_value__", live.scope)  # noqa: S102 -- as above
        except Exception:  # noqa: BLE001 -- ragged labels and the like: nothing is known then
            return None
    for statement in filter(_takes_item, ast.parse(seen.driver.stage.setup).body):
        live.execute(ast.unparse(statement))
    return live


def _takes_item(statement: ast.stmt) -> bool:
    """Whether a statement takes the first item of a loop out of what the loop goes through, and does no more."""
    called = {ast.unparse(n.func) for n in ast.walk(statement) if isinstance(n, ast.Call)}
    return "next" in called and called <= {"next", "iter", "enumerate", "zip", "range", "len"}


def with_other_samples(seen: Observation) -> list[Live]:
    """Networks each with one sample changed: the first, one in the middle, the last."""
    stage = seen.driver.stage
    inputs = [(table, said) for table, said in stage.batch.items() if not table.is_label]
    if not inputs:
        return []
    table, said = inputs[0]
    found = []
    try:
        size = count_samples(fetch(stage.start(), said), table.axis)
        for index in sorted({0, size // 2, size - 1}):
            live = stage.start()
            if size > 1 and disturb(fetch(live, said), index, table.axis, seed=index):
                found.append(live)
    except GradcheckError:
        return []
    return found
