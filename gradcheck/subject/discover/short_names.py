"""Short names for parameters, from the expressions that reach them."""

from __future__ import annotations

import re


def short_names(expressions: list[str]) -> dict[str, str]:
    """Names for parameters: their expressions without what all of them start with.

    Example:
        >>> short_names(["net.W1", "net.b1"])
        {'net.W1': 'W1', 'net.b1': 'b1'}
        >>> short_names(["p[0]", "p[1]"])
        {'p[0]': 'p[0]', 'p[1]': 'p[1]'}
    """
    found = {}
    for expression in expressions:
        name = re.sub(r"^m\.", "", expression)
        name = re.sub(r"\['([A-Za-z_]\w*)'\]", r".\1", name)
        name = name.removesuffix(".data")
        found[expression] = name
    while found and all("." in name and name.split(".")[0].isidentifier() for name in found.values()):
        if len(found) > 1 and len({name.split(".")[0] for name in found.values()}) > 1:
            break
        found = {e: name.split(".", 1)[1] for e, name in found.items()}
    return found if len(set(found.values())) == len(found) else {e: e for e in expressions}
