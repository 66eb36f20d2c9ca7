"""The search: from the loops that may train to the wiring that explains the most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.agreement import AGREES
from gradcheck.subject.discover.drivers import Driver, drivers
from gradcheck.subject.discover.judge import Verdict, verdicts
from gradcheck.subject.discover.leaves import as_array, fetch
from gradcheck.subject.discover.limits import Stopped, limited
from gradcheck.subject.discover.observation import Observation, observe
from gradcheck.subject.discover.samples import count_samples, disturb, find_samples
from gradcheck.subject.discover.scene import Scene, scenes
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.stage import Stage
from gradcheck.subject.discover.training import Training, training_loops, watch_script
from gradcheck.subject.discover.watch import Watch
from gradcheck.subject.discover.ways import stored

MOST_HELD = 100_000
DRAWS = 4
LONGEST_LOOK = 3.0
PATIENCE = 20.0
# Seconds for all guesses about one update.
PLAUSIBLE = 2.5
# Below, it is better to ask: a number that ignores the labels and is called nothing like a loss.
GOOD = 4.7
# A loss by its name that depends on the labels; whether the gradient is right is not for here to say.


@dataclass(eq=False)
class Search:
    """What was tried and found.

    Attributes:
        script: the user's file.
        seed: what generators start from.
        deadline: when to stop, by the monotonic clock.
        found: every complete wiring, the best first.
        seen: updates that were observed, whether or not a loss was found for them.
    """

    script: Script
    seed: int
    deadline: float
    found: list[Verdict]
    seen: list[Observation]

    @property
    def best(self) -> Verdict | None:
        """The wiring that explains the most."""
        found = [verdict for verdict in self.found if verdict.score >= PLAUSIBLE]
        return max(found, key=lambda verdict: verdict.score, default=None)

    @property
    def score(self) -> float:
        """How well the best wiring stands; 0 without one."""
        return self.best.score if self.best is not None else 0.0

    def run(self, loops: list[Training]) -> None:
        """Try loops in turn until one is explained."""
        for training in loops[:4]:
            for scene in scenes(self.script, training):
                self._scene(scene)
                if self.satisfied or monotonic() > self.deadline:
                    return

    @property
    def satisfied(self) -> bool:
        """Whether there is no need to look further."""
        return self.best is not None and self.best.score >= GOOD

    def _scene(self, scene: Scene) -> None:
        samples = find_samples(scene)
        whole, before = any(verdict.seen.driver.stage.sees_all for verdict in self.found), len(self.seen)
        for at in dict.fromkeys([samples.few(), samples.one()][: 1 if whole else 2] if samples else [""]):
            stage = Stage(scene, samples, at, self.seed)
            if self._stage(stage, last=not samples or at == samples.one()):
                break
        off = self.best is not None and abs(self.best.factor - 1) > AGREES
        if samples and samples.few() and (off or len(self.seen) == before):
            # How many samples there are may be written down elsewhere: with fewer, nothing runs, or the scale is off.
            self._stage(Stage(scene, samples, "", self.seed), last=True)

    def _stage(self, stage: Stage, *, last: bool) -> bool:
        """Try the drivers of a stage; False where fewer samples should be tried."""
        partial = False
        before = len(self.found)
        for driver in drivers(stage):
            seen = _moving(driver)
            if seen is None:
                continue
            if not last and not sees_all(seen.driver, seen):
                partial = True
                continue
            self.seen.append(seen)
            try:
                with limited(min(PATIENCE, self.deadline - monotonic())):
                    self.found += verdicts(seen)
            except Stopped:  # one of the guesses runs on and on
                continue
            if self.satisfied:
                return True
        return len(self.found) > before and not partial


def _moving(driver: Driver) -> Observation | None:
    """An update that changes something: the first may make what a later one changes, or draw what changes nothing."""
    first = observe(driver)
    if first is None or first.changed:
        return first
    if first.makes:
        once = replace(driver, stage=replace(driver.stage, extra=(*driver.stage.extra, driver.text)))
        seen = observe(once)
        if seen is not None and seen.changed:
            return seen
    for again in range(1, DRAWS + 1) if first.live.randomness.moved() else ():
        extra = (*driver.stage.extra, f"np.random.seed({again})")
        seen = observe(replace(driver, stage=replace(driver.stage, extra=extra)))
        if seen is not None and seen.changed:
            return seen
    return first if stored(first) else None


def sees_all(driver: Driver, seen: Observation) -> bool:
    """Whether an update depends on most of the samples, not on one that was drawn."""
    stage = driver.stage
    inputs = [(t, said) for t, said in stage.batch.items() if not t.is_label] or list(stage.batch.items())
    if not inputs:
        return True
    table, said = inputs[0]
    matters = count = 0
    try:
        size = count_samples(fetch(stage.start(), said), table.axis)
        for index in range(min(size, 6)):
            live = stage.start()
            value = fetch(live, said)
            if not disturb(value, index, table.axis, seed=index):
                return True
            live.execute(driver.text)
            count += 1
            matters += any(not _same(live, m.expression, m.after) for m in seen.changed)
    except GradcheckError:
        return True
    return size <= 1 or matters > count / 2 or _touches_all(seen, said, table.axis)


def _touches_all(seen: Observation, said: str, axis: int) -> bool:
    """Whether functions get every sample before the parameters change, whatever the gradient makes of it."""
    again = observe(seen.driver, marked=[m.expression for m in seen.changed])
    if again is None or not again.calls:
        return False
    try:
        whole = fetch(again.live, said)
        rows = [
            np.asarray(r, dtype=float).ravel()
            for r in (np.moveaxis(whole, axis, 0) if isinstance(whole, np.ndarray) else whole)
        ]
    except (GradcheckError, ValueError, TypeError):
        return False
    start = again.calls[0].mark
    missing = set(range(len(rows)))
    chain = seen.driver.stage.scene.training.run.call.chain
    trainers = {(call.code.co_firstlineno, call.code.co_name) for call in chain}
    for call in again.calls:
        if call.mark != start:
            break
        if (call.code.co_firstlineno, call.code.co_name) in trainers:
            continue  # it is handed everything, whatever it draws from that
        for value in call.given.values():
            missing -= {i for i in missing if _holds(value, rows[i])}
    return not missing


def _holds(value: Any, row: Any) -> bool:
    array = as_array(value)
    if array is None or array.size > MOST_HELD:
        return False
    if array.size == row.size:
        return bool(np.array_equal(array.ravel(), row))
    return any(
        moved.ndim > 1
        and moved[0].size == row.size
        and bool((moved.reshape(len(moved), -1) == row).all(axis=1).any())
        for moved in (array, np.moveaxis(array, -1, 0) if array.ndim else array)
    )


def _same(live: Any, expression: str, value: Any) -> bool:
    try:
        now = as_array(fetch(live, expression))
    except Exception:  # noqa: BLE001 -- gone is changed
        return False
    return now is not None and np.array_equal(now, value, equal_nan=True)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What one look at the script showed: everything, and the loops that may train."""

    watch: Watch
    loops: list[Training]


def watches(script: Script, *, seed: int, limit: float) -> Iterator[Watched]:
    """Looks at the script as it runs, each longer than the one before."""
    waited = 0.4
    while True:
        watch, module = watch_script(script, seed=seed, limit=limit, after=waited)
        yield Watched(watch, training_loops(watch, module))
        if watch.stopped != "trained" or waited > LONGEST_LOOK:
            return
        waited *= 8
