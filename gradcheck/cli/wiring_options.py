"""The options that say how to drive the code: one file, or one expression each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from gradcheck.subject import Wiring

_FLAGS = ("setup", "loss", "params", "grads_run", "grads", "step", "lr")


def add_wiring_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    group = parser.add_argument_group(
        "wiring",
        "How to drive the code, as Python expressions that see the file's globals, the module as m and numpy "
        "as np. Without any, [tool.gradcheck.wiring] of the pyproject.toml beside the file is used; without "
        "that, the file is run as its author would run it, and watched.",
    )
    group.add_argument(
        "--wiring", metavar="FILE", help="a TOML file with all of it; gradcheck init writes one"
    )
    group.add_argument(
        "--setup", metavar="CODE", help="statements to run first; what they assign stays in scope"
    )
    group.add_argument("--loss", metavar="EXPR", help="the loss, a number")
    group.add_argument("--params", metavar="NAME=EXPR", action="append", help="a parameter; once for each")
    group.add_argument("--grads-run", metavar="CODE", help="statements that compute the gradient")
    group.add_argument(
        "--grads", metavar="NAME=EXPR", action="append", help="a parameter's gradient; once for each"
    )
    group.add_argument("--step", metavar="CODE", help="statements that update the parameters once")
    group.add_argument("--lr", metavar="EXPR", help="the rate of that update")


def wiring_of(args: argparse.Namespace) -> Wiring | None:
    """The wiring that the options ask for; None leaves it to discovery.

    Raises:
        UsageError: a file and expressions are both given.
        WiringError: the file or an expression is malformed.
    """
    from gradcheck.subject import load_wiring, wiring_from_flags, wiring_from_pyproject

    flags = {name: getattr(args, name) for name in _FLAGS if getattr(args, name) is not None}
    if args.wiring and flags:
        first = next(iter(flags)).replace("_", "-")
        raise UsageError(
            f"expected --wiring or --{first}, got both", hint="write the expression into the file"
        )
    if args.wiring:
        return load_wiring(args.wiring)
    if flags:
        return wiring_from_flags(**flags)
    return wiring_from_pyproject(Path(args.target).parent)
