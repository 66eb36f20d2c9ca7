"""``gradcheck diagnose FILE``."""

from __future__ import annotations

import argparse

from gradcheck.cli.progress import Waiting
from gradcheck.cli.report_options import add_report_options, deliver, exit_code
from gradcheck.cli.settings import settings_for, settle
from gradcheck.cli.streams import Streams
from gradcheck.cli.wiring_options import add_wiring_options, wiring_of
from gradcheck.report import render_patch


class Diagnose:
    """Find, name and repair the fault in a file's backward pass.

    The file is executed, in a worker process with limits on time and memory. What it prints, and the
    progress, go to standard error; the report goes to standard output.
    """

    name = "diagnose"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "target",
            metavar="FILE",
            help="the file or module that holds the network, FILE:NAME for one object in it; it is executed",
        )
        parser.add_argument(
            "--select",
            type=_codes,
            metavar="CODES",
            help="look for these faults alone: GC101, GC2, ...",
        )
        parser.add_argument("--ignore", type=_codes, metavar="CODES", help="do not look for these")
        parser.add_argument("--no-repair", action="store_true", help="look for no patch")
        patch = parser.add_mutually_exclusive_group()
        patch.add_argument("--fix", action="store_true", help="write the verified patch into FILE")
        patch.add_argument("--diff", action="store_true", help="print the verified patch, and nothing else")
        add_report_options(parser)
        add_wiring_options(parser)

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Diagnose, report, and write the patch where that was asked for."""
        from gradcheck.cli.patching import apply_to_file
        from gradcheck.diagnosis import diagnose

        settle(args, settings_for(args.target))
        wiring = wiring_of(args)
        with Waiting(streams, quiet=args.quiet) as progress:
            report = diagnose(
                args.target,
                wiring=wiring,
                seed=args.seed,
                select=args.select,
                ignore=args.ignore,
                expected=args.expected,
                time_limit=args.time_limit,
                repair=not args.no_repair,
                progress=progress,
            )
        if args.diff:
            streams.report(lambda console: render_patch(report, console))
        else:
            deliver(report, args, streams)
        if (args.diff or args.fix) and not report.patch:
            streams.say(f"{args.target}: no verified patch", "yellow")
        elif args.fix:
            apply_to_file(args.target, report.source, report.patch)
            streams.say(
                f"{args.target}: patched; gradcheck diagnose {args.target} measures it again", "green"
            )
        return exit_code(report, args)


def _codes(text: str) -> tuple[str, ...]:
    """Codes with commas between them; each is checked against the catalogue at once."""
    from gradcheck.faults import by_prefix

    codes = tuple(code.strip() for code in text.split(",") if code.strip())
    by_prefix(codes)
    return codes
