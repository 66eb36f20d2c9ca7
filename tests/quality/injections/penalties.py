"""Faults of the penalty's gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.quality.injections.statements import Injector, Pair
from tests.quality.styles import Roles


def _penalty(change: Callable[[str, str, str], str]) -> Injector:
    """An injector that replaces each penalty by what `change(penalty, weight, n)` says."""

    def inject(roles: Roles) -> Iterator[Pair]:
        for penalty, weight in roles.penalties.items():
            new = change(penalty, weight, roles.n)
            if new:
                yield f"= {penalty}", f"= {new}"
                yield f"+ {penalty}", f"+ {new}"

    return inject


def penalty_sign(roles: Roles) -> Iterator[Pair]:
    for penalty in roles.penalties:
        yield f" += {penalty}", f" -= {penalty}"
        yield f" + {penalty}", f" - {penalty}"


def penalty_left_out(roles: Roles) -> Iterator[Pair]:
    for penalty in roles.penalties:
        yield f" + {penalty}", ""


def bias_penalised(roles: Roles) -> Iterator[Pair]:
    for text, bias in roles.biases.items() if roles.penalties else ():
        penalty, weight = next(iter(roles.penalties.items()))
        yield text, f"{text} + {penalty.replace(weight, bias)}"


def without_penalties(source: str, roles: Roles) -> Iterator[Pair]:
    """The stretch from the first penalty in a gradient to the last, without any."""
    terms = [text for penalty in roles.penalties for text in (f" += {penalty}", f" + {penalty}")]
    places = {text: source.index(text) for text in terms if source.count(text) == 1}
    if len(places) == len(roles.penalties) > 1:
        start = source.rfind("\n", 0, min(places.values())) + 1
        end = max(at + len(text) for text, at in places.items())
        without = source[start:end]
        for text in places:
            without = without.replace(text, " += 0.0" if "=" in text else "")
        yield source[start:end], without


PENALTIES: dict[str, Injector] = {
    "GC301": _penalty(
        lambda p, w, n: p.replace(f" / {n}", "") if f" / {n}" in p else p.replace(w, f"{w} / {n}")
    ),
    "GC303": _penalty(lambda p, _w, _n: p[4:] if p.startswith("2 * ") else f"0.5 * {p}"),
    "GC304": penalty_sign,
    "GC305": _penalty(lambda p, _w, _n: f"2 * {p}"),
    "GC306": _penalty(lambda p, w, _n: p.replace(w, f"np.sign({w})")),
    "GC307": bias_penalised,
    "GC308": penalty_left_out,
    "GC319": _penalty(lambda p, w, _n: p.replace(w, f"{w} ** 2")),
}
