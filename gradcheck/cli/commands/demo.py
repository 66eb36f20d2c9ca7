"""``gradcheck demo [NAME]``."""

from __future__ import annotations

import argparse
import contextlib

from gradcheck.cli.progress import Waiting
from gradcheck.cli.report_options import add_report_options, deliver
from gradcheck.cli.settings import Settings, settle
from gradcheck.cli.streams import Streams
from gradcheck.demos import DEMOS, find


class Demo:
    """Diagnose a broken network that comes with gradcheck.

    Without a name, list them. Nothing is copied into your folder. The exit code is 0 once the network
    has been diagnosed, since a fault is what a demonstration is for.
    """

    name = "demo"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("demo", metavar="NAME", nargs="?", help="which network; without, list them")
        parser.add_argument("--show", action="store_true", help="print the network's file instead")
        add_report_options(parser)

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """List, show or diagnose."""
        if args.demo is None:
            width = max(len(demo.name) for demo in DEMOS)
            streams.text("".join(f"{demo.name:<{width}}  {demo.summary}\n" for demo in DEMOS))
            return 0
        demo = find(args.demo)
        if args.show:
            streams.text(demo.path.read_text(encoding="utf-8"))
            return 0
        from gradcheck.diagnosis import diagnose

        settle(args, Settings())  # a demo is nobody's project
        # From inside its folder, so that the report names the file as its author would.
        with Waiting(streams, quiet=args.quiet) as progress, contextlib.chdir(demo.path.parent):
            report = diagnose(demo.path.name, seed=args.seed, time_limit=args.time_limit, progress=progress)
        deliver(report, args, streams)
        return 0
