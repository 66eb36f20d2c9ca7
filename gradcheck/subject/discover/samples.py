"""The data that training goes through, and a few samples of it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.subject.discover.bindings import bound_argument
from gradcheck.subject.discover.leaves import is_numeric, is_order, nodes
from gradcheck.subject.discover.scene import Scene
from gradcheck.subject.statements import arguments

FEW = 8
# So many samples show every effect of a batch and cost little.
ENOUGH = 12
LABEL_NAMES = frozenset(
    {
        "y",
        "t",
        "d",
        "ys",
        "ts",
        "yb",
        "tb",
        "ytrain",
        "ytrue",
        "label",
        "labels",
        "lab",
        "labs",
        "target",
        "targets",
    }
    | {"wanted", "expected", "truth", "answers", "desired", "output", "outputs", "actual", "goal", "goals"}
    | {"classes", "responses"}
)
CERTAIN = frozenset({"y", "ys", "ytrain", "label", "labels", "target", "targets"})
INPUT_NAMES = frozenset(
    {"x", "xs", "xb", "xtrain", "input", "inputs", "data", "features", "sample", "samples", "images", "imgs"}
    | {"train", "points", "batch", "obs", "observations", "examples"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Something that holds one entry a sample.

    Attributes:
        name: what the user's code calls it.
        node: the expression of it in the scene.
        value: all of it.
        axis: where the samples lie: the first axis or the last.
        shared: whether functions read it as a global, so that it must be replaced in the module.
        is_label: whether it is taken for what the outputs should be.
    """

    name: str
    node: ast.expr
    value: Any
    axis: int
    shared: bool
    is_label: bool

    @property
    def holds_pairs(self) -> bool:
        """Whether each entry is a sample and its label: [(x, y), ...]."""
        value = self.value
        return isinstance(value, list | tuple) and all(
            isinstance(item, list | tuple) and len(item) == 2 and not isinstance(item[0], float | int)
            for item in value
        )

    def index(self, at: str) -> str:
        """The subscript that takes samples."""
        dims = self.value.ndim if isinstance(self.value, np.ndarray) else 1
        return f"[{at}]" if self.axis == 0 else f"[{', '.join([':'] * (dims - 1) + [at])}]"


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The tables of a data set, and how many samples they hold."""

    tables: tuple[Table, ...]
    count: int

    def few(self) -> str:
        """A slice of a few samples spread over all."""
        return "" if self.count <= ENOUGH else f"::{-(-self.count // FEW)}"

    def one(self) -> str:
        """A slice of one sample: not at an end, where special ones are, and with no zero to hide a weight."""
        if self.count <= 1:
            return ""
        start = int(0.4 * self.count)
        order = [(start + step) % self.count for step in range(self.count)]
        inputs = next((table for table in self.tables if not table.is_label), self.tables[0])
        at = next((i for i in order if _has_no_zero(inputs, i)), start)
        return f"{at}:{at + 1}"


def _has_no_zero(table: Table, index: int) -> bool:
    value = table.value
    item = np.moveaxis(value, table.axis, 0)[index] if isinstance(value, np.ndarray) else value[index]
    try:
        return bool(np.all(np.asarray(item, dtype=float) != 0))
    except (TypeError, ValueError):  # pairs of arrays and the like
        return True


def find_samples(scene: Scene) -> Samples | None:
    """The data set of a scene; None where nothing looks like one."""
    candidates = list(_candidates(scene))
    votes: Counter[int] = Counter()
    for _, _, value, _ in candidates:
        votes.update(set(_lengths(value)))
    votes = Counter({n: votes[n] for n in votes if n > 1})
    if not votes:
        return None
    most = max(votes.values())
    count = max(n for n, v in votes.items() if v == most)
    found = [item for item in candidates if count in _lengths(item[2])]
    labels = _labels([(name, value) for name, _, value, _ in found])
    tables = [
        Table(name, node, value, 0 if _lengths(value)[0] == count else -1, shared, label)
        for (name, node, value, shared), label in zip(found, labels, strict=True)
    ]
    tables.sort(key=lambda table: table.is_label)
    return Samples(tuple(tables), count)


def _labels(tables: list[tuple[str, Any]]) -> list[bool]:
    """Which tables are labels: by their names, else by their shapes, else by the order: inputs come first."""
    looks = [_looks_like_label(name, value) for name, value in tables]
    if len(tables) == 1:
        return [plain_name(tables[0][0]) in CERTAIN]  # all that there is to learn from
    if len(tables) > 1 and (all(looks) or (looks[0] and plain_name(tables[0][0]) not in CERTAIN)):
        return [False, *([True] if len(tables) == 2 else looks[1:])]
    return looks


def _looks_like_label(name: str, value: Any) -> bool:
    plain = plain_name(name)
    if plain in LABEL_NAMES or plain.startswith(("label", "target", "ytr", "yt")):
        return True
    if plain in INPUT_NAMES:
        return False
    if isinstance(value, np.ndarray):
        return value.ndim == 1 or value.dtype.kind in "iu"
    return is_numeric(value) and not isinstance(value[0], list)


def plain_name(name: str) -> str:
    """A name without case, underscores and digits, for comparing names.

    Example:
        >>> plain_name("Y_train1")
        'ytrain'
    """
    return "".join(letter for letter in name.lower() if letter.isalpha())


def _candidates(scene: Scene) -> Iterator[tuple[str, ast.expr, Any, bool]]:
    """Name, expression, value and whether the module owns it, of everything that may hold samples."""
    changed: set[int] = set()
    for change in scene.training.changes.values():
        changed |= {id(change.value[0]), id(change.value[1])}
    changed.discard(id(scene.training.module))
    seen: set[int] = set()
    chain = scene.training.run.call.chain
    if scene.held:
        names = scene.training.run.names
        reads = {n.id for n in ast.walk(scene.training.run.loop) if isinstance(n, ast.Name)}
        for name in [n for n in names if n in reads and _is_table(names[n], changed)]:
            yield name, ast.Name(name, ast.Load()), names[name], False
        return
    if not scene.reaches_loop:
        call = chain[scene.depth]
        function = scene.script.functions.get((call.code.co_firstlineno, call.code.co_name))
        site = scene.sites.get(call.number, call.site)
        for parameter in arguments(function) if function is not None else []:
            node, own = bound_argument(call, function, parameter.arg, site)  # type: ignore[arg-type] # only reached with a function
            value = call.given.get(parameter.arg)
            if node is not None and own and _is_table(value, changed) and id(value) not in seen:
                seen.add(id(value))
                shared = isinstance(node, ast.Name) and scene.owned_by_module(node.id)
                yield parameter.arg, node, value, shared and node.id in scene.script.global_reads  # type: ignore[attr-defined] # as isinstance has shown
    reads = {scene.renamed.get(name, name) for name in scene.reads}
    for name in [n for n in scene.names if n in reads]:
        value = scene.names[name]
        if _is_table(value, changed) and id(value) not in seen:
            seen.add(id(value))
            given = scene.script.given is not None and name not in scene.script.global_reads
            yield name, ast.Name(name, ast.Load()), value, scene.owned_by_module(name) and not given


def _is_table(value: Any, changed: set[int]) -> bool:
    if isinstance(value, np.ndarray):
        empty = (
            value.dtype.kind == "f" and not value.any()
        )  # weights that start at zero: no sample tells of any
        found = value.ndim >= 1 and value.dtype.kind in "fiub" and not empty
    elif isinstance(value, list | tuple):
        found = len(value) > 1 and all(_is_sample(item) for item in value)
    else:
        return False
    if not found or id(value) in changed or is_order(value):
        return False
    if isinstance(value, np.ndarray) or is_numeric(value):
        return True
    return not any(
        id(node.value) in changed for node in nodes({"value": value}) if not isinstance(node.value, float)
    )


def _is_sample(item: Any) -> bool:
    if isinstance(item, list | tuple):
        return bool(item) and all(_is_sample(part) for part in item)
    return is_numeric(item) or isinstance(item, bool | np.bool_)


def _lengths(value: Any) -> tuple[int, ...]:
    if isinstance(value, np.ndarray):
        return (value.shape[0], value.shape[-1]) if value.ndim > 1 else (value.shape[0],)
    return (len(value),)


def count_samples(value: Any, axis: int) -> int:
    """How many samples a table holds."""
    return int(value.shape[axis]) if isinstance(value, np.ndarray) else len(value)


def disturb(value: Any, index: int, axis: int, *, seed: int) -> bool:
    """Change one sample in place, by an amount that steps over integers; False where it cannot be done."""
    rng = np.random.default_rng(seed)
    if isinstance(value, np.ndarray):
        part = np.moveaxis(value, axis, 0)
        if not value.flags.writeable or value.dtype.kind not in "fiu":
            return False
        noise = rng.uniform(0.5, 1.5, part[index].shape)
        part[index] = part[index] + (noise if value.dtype.kind == "f" else 1)
        return True
    if not isinstance(value, list):
        return False
    changed = _disturbed(value[index], rng)
    if changed is None:
        return False
    value[index] = changed
    return True


def _disturbed(item: Any, rng: np.random.Generator) -> Any:
    """A sample with its first number, or all of its array, changed; None where it holds no number."""
    if isinstance(item, bool | str):
        return None
    if isinstance(item, float | int):
        return item + 0.7
    if isinstance(item, np.ndarray) and item.dtype.kind in "fiu":
        return item + rng.uniform(0.5, 1.5, item.shape)
    if isinstance(item, list | tuple) and item:
        first = _disturbed(item[0], rng)
        return None if first is None else type(item)((first, *item[1:]))
    return None
