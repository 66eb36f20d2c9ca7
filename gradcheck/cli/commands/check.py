"""``gradcheck check FILE``."""

from __future__ import annotations

import argparse

from gradcheck.cli.progress import Waiting
from gradcheck.cli.report_options import add_report_options, deliver, exit_code
from gradcheck.cli.settings import settings_for, settle
from gradcheck.cli.streams import Streams
from gradcheck.cli.wiring_options import add_wiring_options, wiring_of


class Check:
    """Compare a file's gradients with measured ones, and stop there.

    The file is executed, in a worker process with limits on time and memory.
    """

    name = "check"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "target",
            metavar="FILE",
            help="the file or module that holds the network, FILE:NAME for one object in it; it is executed",
        )
        add_report_options(parser)
        add_wiring_options(parser)

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Check and report."""
        from gradcheck.diagnosis import check

        settle(args, settings_for(args.target))
        wiring = wiring_of(args)
        with Waiting(streams, quiet=args.quiet) as progress:
            report = check(
                args.target, wiring=wiring, seed=args.seed, time_limit=args.time_limit, progress=progress
            )
        deliver(report, args, streams)
        return exit_code(report, args)
