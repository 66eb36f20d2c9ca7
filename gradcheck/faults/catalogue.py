"""The catalogue: every fault once, ordered by code, found by code, by name or by prefix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gradcheck.errors import UsageError
from gradcheck.faults import aliasing, chain, data, numerics, optimiser, output, penalty, training
from gradcheck.faults.fault import Fault


def _by_code(faults: Iterable[Fault]) -> Mapping[str, Fault]:
    table: dict[str, Fault] = {}
    for fault in sorted(faults, key=lambda fault: fault.code):
        if fault.code in table:
            msg = f"{fault.name} and {table[fault.code].name} share the code {fault.code}"
            raise ValueError(msg)
        table[fault.code] = fault
    return MappingProxyType(table)


CATALOGUE: Mapping[str, Fault] = _by_code(
    (
        *output.FAULTS,
        *chain.FAULTS,
        *penalty.FAULTS,
        *aliasing.FAULTS,
        *numerics.FAULTS,
        *training.FAULTS,
        *data.FAULTS,
        *optimiser.FAULTS,
    )
)


def find(code_or_name: str) -> Fault:
    """The fault of that code or name, in either case.

    Raises:
        UsageError: there is none; the hint names the nearest.

    Example:
        >>> find("GC101").name
        'label-ignored'
        >>> find("label-ignored").code
        'GC101'
    """
    wanted = code_or_name.strip().lower()
    for fault in CATALOGUE.values():
        if wanted in (fault.code.lower(), fault.name):
            return fault
    msg = f"expected the code or the name of a fault, got {code_or_name!r}"
    raise UsageError(msg, hint=_nearest(wanted))


def by_prefix(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Mapping[str, Fault]:
    """The faults that a selection leaves, ordered by code.

    Args:
        select: codes, beginnings of codes (``"GC1"``) or names; empty for all.
        ignore: the same, taken away afterwards.

    Raises:
        UsageError: an entry of either fits no fault.

    Example:
        >>> "GC101" in by_prefix(select=["GC1"], ignore=["GC102"])
        True
        >>> "GC102" in by_prefix(select=["GC1"], ignore=["GC102"])
        False
    """
    selected = {code for entry in select for code in _matching(entry)} or set(CATALOGUE)
    ignored = {code for entry in ignore for code in _matching(entry)}
    return {code: fault for code, fault in CATALOGUE.items() if code in selected - ignored}


def _matching(entry: str) -> list[str]:
    wanted = entry.strip().lower()
    codes = [
        code
        for code, fault in CATALOGUE.items()
        if wanted == fault.name or (wanted.startswith("gc") and code.lower().startswith(wanted))
    ]
    if not codes:
        msg = f"expected a code, the beginning of one (GC1), or the name of a fault, got {entry!r}"
        raise UsageError(msg, hint=_nearest(wanted))
    return codes


def _nearest(wanted: str) -> str:
    names = {name: fault for fault in CATALOGUE.values() for name in (fault.code.lower(), fault.name)}
    close = difflib.get_close_matches(wanted, names, n=9, cutoff=0.5)
    if not close:
        return "gradcheck rules lists them all"
    # Among codes, which are alike in any order of their digits, the one that differs in fewest places.
    fault = names[max(close, key=lambda name: sum(map(str.__eq__, name, wanted)))]
    return f"did you mean {fault.code} {fault.name}? gradcheck rules lists them all"
