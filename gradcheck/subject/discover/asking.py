"""What to ask when discovery cannot know: one expression, with everything else filled in."""

from __future__ import annotations

from dataclasses import replace

from gradcheck.errors import DiscoveryError, SubjectError
from gradcheck.subject.discover.leaves import root_name
from gradcheck.subject.discover.losses import loss_candidates
from gradcheck.subject.discover.rates import find_rate
from gradcheck.subject.discover.screening import screen
from gradcheck.subject.discover.search import Search
from gradcheck.subject.discover.short_names import short_names
from gradcheck.subject.discover.watch import Watch
from gradcheck.subject.discover.ways import hides_gradient
from gradcheck.subject.live.handed import Handed
from gradcheck.subject.missing import MissingExpressionError
from gradcheck.subject.wiring import Step

MOST = 12


def missing(display: str, search: Search, watch: Watch, time_limit: float) -> DiscoveryError:
    """The question that is left."""
    if any(seen.changed for seen in search.seen):
        return _no_loss(display, search)
    if watch.problem is not None and not watch.loops:
        raise SubjectError.of(f"running {display}", watch.problem)
    if watch.stopped == "limit":
        return MissingExpressionError(
            f"{display} ran for {time_limit:g} s and had not changed the same numbers twice by then",
            hint="raise --time-limit, let it load less data, or say with --wiring how to make one update",
        )
    return MissingExpressionError(
        f"{display} ran to its end, and no loop in it changed the same numbers again and again",
        hint='say how to make one update: [step] run = "net.fit(X, y, epochs=1)", lr = "net.lr"',
    )


def unwired(handed: Handed, search: Search | None = None, watch: Watch | None = None) -> DiscoveryError:
    """The question that a live network leaves."""
    hand = "hand over gradcheck.subject(loss=..., params=..., grads=...)"
    call = f"{handed.net}, {', '.join(handed.data)}"
    if search is not None and any(seen.changed for seen in search.seen):
        problem = _no_loss(call, search)
        problem.hint = f"{problem.hint}: {hand}"
        return problem
    if watch is not None and watch.problem is not None:
        raise SubjectError.of(f"training {call}", watch.problem)
    return MissingExpressionError(
        f"{call}: no method of {handed.net} was found that trains, or that gives a gradient, for such data",
        hint=hand,
    )


def _no_loss(display: str, search: Search) -> MissingExpressionError:
    seen = next(seen for seen in search.seen if seen.changed)
    moving = [m for m in seen.changed if root_name(m.expression) not in seen.own and m.before.size > 0]
    moving.sort(key=lambda m: -m.before.ndim)
    found = {m.expression: m for m in moving[:MOST]}
    names = short_names(list(found))
    params = {names[expression]: expression for expression in found}
    stage = seen.driver.stage
    wiring = stage.wiring(loss="", params=params)
    updates = f"{display}: `{seen.driver.text.splitlines()[0]}` updates {', '.join(list(params)[:6])}"
    if hides_gradient(seen, found):
        losses = screen(seen, loss_candidates(seen), found, 1)
        return MissingExpressionError(
            f"{updates} by steps of one length whatever the gradient, as Adam and RMSprop do, and neither the gradient "
            "nor the means that they keep of it can be reached from outside",
            hint="keep the gradient where it can be read, or say how to get it: "
            '[grads] run = "g = net.backward(X, y)", [grads.of] W = "g[0]"',
            wiring=replace(wiring, loss=losses[0].candidate.expression if losses else ""),
        )
    rate = find_rate(seen, found)
    known = ", ".join(stage.batch.values())
    of_known = f" of {known}" if known else ""
    return MissingExpressionError(
        f"{updates}, but nothing seems its loss",
        hint=f"write the loss as one expression{of_known}, such as np.mean((outputs - targets) ** 2)",
        wiring=replace(wiring, step=Step(seen.driver.text, rate.expression if rate else "1.0")),
    )
