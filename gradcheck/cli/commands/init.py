"""``gradcheck init FILE``."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradcheck.cli.files import write_atomically
from gradcheck.cli.progress import Waiting
from gradcheck.cli.report_options import add_run_options
from gradcheck.cli.settings import settings_for, settle
from gradcheck.cli.streams import Streams
from gradcheck.errors import UsageError


class Init:
    """Write the wiring that watching a file has shown, to be corrected by hand.

    The file is executed, in a worker process with limits on time and memory.
    The wiring is printed as TOML, or written to a file for --wiring.
    """

    name = "init"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "target",
            metavar="FILE",
            help="the file or module that holds the network, FILE:NAME for one object in it; it is executed",
        )
        parser.add_argument(
            "-o", "--output-file", metavar="TOML", help="write it there, not on standard output"
        )
        parser.add_argument("--force", action="store_true", help="write over a file that is there")
        add_run_options(parser)

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Discover the wiring and hand it over."""
        from gradcheck.subject import discover_wiring, resolve_target, to_toml
        from gradcheck.subject.missing import MissingExpressionError

        output = Path(args.output_file) if args.output_file else None
        if output is not None and output.exists() and not args.force:
            raise UsageError(
                f"{output} is there already, nothing written", hint=f"--force, or another name than {output}"
            )
        settle(args, settings_for(args.target))
        target = resolve_target(args.target)
        try:
            with Waiting(streams, quiet=args.quiet) as progress:
                wiring = discover_wiring(
                    target, seed=args.seed, time_limit=args.time_limit, progress=progress
                )
        except MissingExpressionError as question:
            _hand_over(question.toml, output, streams, "with one thing missing")
            raise
        reads = f"gradcheck diagnose {args.target} --wiring {output} reads it"
        _hand_over(to_toml(wiring), output, streams, reads)
        return 0


def _hand_over(toml: str, output: Path | None, streams: Streams, remark: str) -> None:
    if output is None:
        streams.text(toml)
    else:
        write_atomically(output, toml.encode())
        streams.say(f"{output}: written; {remark}")
