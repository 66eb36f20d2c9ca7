"""``gradcheck explain CODE``."""

from __future__ import annotations

import argparse

from gradcheck.cli.streams import Streams
from gradcheck.report import render_explanation


class Explain:
    """Explain a fault: what happens, the algebra, how it shows, how to fix it."""

    name = "explain"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("fault", metavar="CODE", help="a code or a name: GC101, label-ignored")

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Print the fault's page."""
        from gradcheck.faults import find

        fault = find(args.fault)
        streams.report(lambda console: render_explanation(fault, console))
        return 0
