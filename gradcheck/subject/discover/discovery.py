"""Discovery: from a file alone to a wiring, in the worker."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from gradcheck.subject.discover.asking import missing, unwired
from gradcheck.subject.discover.focus import concerns
from gradcheck.subject.discover.handed import Block, blocks
from gradcheck.subject.discover.judge import Verdict
from gradcheck.subject.discover.roles import complete
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.search import Search, watches
from gradcheck.subject.discover.standin import stand_ins
from gradcheck.subject.discover.watch import Watch
from gradcheck.subject.discover.wording import understood
from gradcheck.subject.live.definitions import definitions_alone
from gradcheck.subject.live.handed import Handed
from gradcheck.subject.target import Target
from gradcheck.subject.wiring import Wiring

MADE_UP = (
    "the file trains nothing by itself: the network was made from its signature, the samples were made up"
)
HANDED = "{} are the live objects that were handed over; they were copied, and are as they were"


def discover(target: Target, seed: int, time_limit: float) -> Wiring:
    """Watch the script for longer and longer, and try what was seen."""
    deadline = monotonic() + time_limit
    path, name = str(target.path), target.object
    search, watch = _search(Script(path, target.source), seed, time_limit, deadline, name)
    made_up = ""
    silent = not watch.loops or (bool(name) and not search.seen)
    if search.best is None and silent and watch.problem is None and not watch.stopped:
        alone = search.script.without_main()
        for block in stand_ins(search.script, name):
            other, _ = _search(Script(path, alone + block), seed, time_limit, deadline, name)
            if other.score > search.score:
                search, made_up = other, MADE_UP
            if search.satisfied or monotonic() > deadline:
                break
    if search.best is None:
        raise missing(f"{target.display}:{name}" if name else target.display, search, watch, time_limit)
    return _wiring(search.best, made_up)


def discover_handed(handed: Handed, seed: int, time_limit: float) -> Wiring:
    """Make a live network train, in the ways it may be meant to, and watch that."""
    deadline = monotonic() + time_limit
    target = handed.target
    typed = definitions_alone(target.source)
    best: tuple[Verdict, Block] | None = None
    last: tuple[Search, Watch] | None = None
    for block in blocks(Script(str(target.path), typed, handed.given), handed.net, handed.data):
        script = Script(str(target.path), typed + block.text, handed.given)
        last = _search(script, seed, time_limit, deadline)
        search = last[0]
        if search.best is not None and (best is None or search.score > best[0].score):
            best = search.best, block
        if search.satisfied or monotonic() > deadline:
            break
    if best is None:
        raise unwired(handed, *(last or ()))
    wiring = _wiring(best[0], HANDED.format(", ".join((handed.net, *handed.data))))
    train = wiring.train if best[1].trains else ""
    return replace(wiring, train=train, update=wiring.update if best[1].updates else None)


def _wiring(best: Verdict, remark: str) -> Wiring:
    wiring = complete(best)
    sentences = understood(best, wiring)
    return replace(wiring, understood=(*sentences, remark) if remark else sentences)


def _search(
    script: Script, seed: int, time_limit: float, deadline: float, name: str = ""
) -> tuple[Search, Watch]:
    """Watch a script for longer and longer, and try what was seen of the object of that name, or of any."""
    search = Search(script, seed, deadline, [], [])
    for watched in watches(script, seed=seed, limit=time_limit):
        search.run([loop for loop in watched.loops if concerns(loop, name, script)])
        if search.satisfied or monotonic() > deadline:
            break
    return search, watched.watch
