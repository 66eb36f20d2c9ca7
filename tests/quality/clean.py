"""Right networks by the hundred: drawn from the public strategies, and every good specimen of the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
from hypothesis import strategies as st

from gradcheck import reference as ref
from gradcheck.faults import CATALOGUE
from gradcheck.strategies import batches, networks
from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.grading import grade
from tests.quality.networks import Network

BODIES = ("dense", "normalised", "images", "sequences", "tokens")
FILE = '''"""A network drawn at random."""

import numpy as np
from gradcheck.reference import *

network = {network!r}
batch = {batch!r}


def loss(parameters, x, y):
    return network.with_parameters(parameters).value(Batch(x, y, batch.layout))


def gradient(parameters, x, y):
    return network.with_parameters(parameters).gradient(Batch(x, y, batch.layout))


def outputs(parameters, x, y):
    return network.with_parameters(parameters).forward(Batch(x, y, batch.layout))["h"]
'''


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was said of a right network.

    Attributes:
        network: its name.
        state: "quiet", "alarm", or "does not run".
        codes: of the findings that are no notes.
        offered: a patch was offered.
    """

    network: str
    state: str
    codes: tuple[str, ...] = ()
    offered: bool = False


def drawn_networks(count: int, seed: int) -> list[Network]:
    """So many networks of every body, layout, loss and penalty, each with a batch, as files that people might write."""
    found: list[tuple[ref.Network, ref.Batch]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=2 * count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def collect(data: st.DataObject) -> None:
        network = data.draw(networks(bodies=BODIES))
        batch = data.draw(batches(network))
        if _is_clean(network, batch):
            found.append((network, batch))

    collect()
    return [_as_file(f"drawn {at}", network, batch) for at, (network, batch) in enumerate(found[:count])]


def _is_clean(network: ref.Network, batch: ref.Batch) -> bool:
    """Whether a draw holds no fault of the catalogue itself: weights or samples all alike, or inputs that are lost."""
    alike = (network.parameters[name] for name in network.chain.weights)
    constant = any(weights.size > 1 and np.ptp(weights) == 0.0 for weights in alike)
    samples = batch.x.T if batch.layout == "columns" else batch.x
    one_sample = len(samples) > 1 and np.ptp(samples, axis=0).max() == 0
    return not constant and not one_sample and not _is_blind(network, batch)


def _is_blind(network: ref.Network, batch: ref.Batch) -> bool:
    """Whether all inputs are one number, or no other ones change the loss: a norm over one feature leaves nothing."""
    if batch.x.size > 1 and np.ptp(batch.x) == 0:
        return True
    if batch.x.dtype.kind != "f":
        return False
    rng = np.random.default_rng(0)
    others = ref.Batch(rng.normal(size=batch.x.shape), batch.y, batch.layout)
    for _ in range(20):
        drawn = {name: rng.normal(0.0, 0.5, value.shape) for name, value in network.parameters.items()}
        elsewhere = network.with_parameters(drawn)
        if elsewhere.value(others) != elsewhere.value(batch):
            return False
    return True


def _as_file(name: str, network: ref.Network, batch: ref.Batch) -> Network:
    wiring = Wiring(
        setup="p = {name: array.copy() for name, array in network.parameters.items()}\n"
        "x, y = batch.x.copy(), batch.y.copy()",
        loss="loss(p, x, y)",
        params={name: f"p[{name!r}]" for name in network.parameters},
        grads=Grads("g = gradient(p, x, y)", {name: f"g[{name!r}]" for name in network.parameters}),
        inputs="x",
        labels="y",
        outputs="outputs(p, x, y)",
    )
    path = str(Path(__file__).with_name("drawn.py"))  # a name for messages: nothing is there
    return Network(name, path, FILE.format(network=network, batch=batch), wiring)


def good_specimens() -> Iterator[Network]:
    """The good specimen of every fault, those with one text and one wiring once."""
    seen: set[tuple[str, str]] = set()
    for fault in CATALOGUE.values():
        specimen = fault.specimen
        source, key = specimen.good_source(), repr(specimen.wiring.table())
        if (source, key) not in seen:
            seen.add((source, key))
            path = str(Path(__file__).with_name(f"{specimen.base.name}.py"))
            yield Network(f"good {fault.name}", path, source, specimen.wiring)


def listened(network: Network) -> Alarm:
    """Diagnose a right network as a file of somebody's would be, its training with it."""
    result = grade(network, network.source, frozenset(), always=True)
    if result is None:
        return Alarm(network.name, "does not run")
    return Alarm(network.name, "alarm" if result.codes else "quiet", result.codes, result.offered)


def false_alarms(alarms: Iterable[Alarm]) -> list[str]:
    """The figures: how many right networks, how often something was said of one, and what."""
    found = list(alarms)
    loud = [alarm for alarm in found if alarm.state == "alarm"]
    codes = Counter(code for alarm in loud for code in alarm.codes)
    broken = [alarm.network for alarm in found if alarm.state == "does not run"]
    offered = sum(alarm.offered for alarm in found)
    return [
        f"right networks: {len(found)}, false alarms {len(loud)}, patches offered {offered}, do not run {len(broken)}",
        *(f"  {code}: {count}" for code, count in codes.most_common()),
        *(f"  {alarm.network}: {' '.join(alarm.codes)}" for alarm in loud[:20]),
        *(f"  {name} does not run" for name in broken[:20]),
    ]
