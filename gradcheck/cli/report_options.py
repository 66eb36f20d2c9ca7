"""The options of every command that runs code and reports on it, and the report's way out."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradcheck.cli.files import write_atomically
from gradcheck.cli.settings import SECONDS
from gradcheck.cli.streams import Streams
from gradcheck.errors import UsageError
from gradcheck.findings import Outcome, Report
from gradcheck.report import RENDERERS, written

DOCUMENTS = frozenset({"json", "sarif", "html"})
# What reads these expects a whole document, though it holds no finding.


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of every command that runs somebody's code."""
    parser.add_argument("--seed", type=_seed, metavar="N", help="of every random choice (default: 0)")
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="S",
        help=f"seconds that one call of the code may take (default: {SECONDS:.0f})",
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="no progress, and no report where no fault is found"
    )


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of every command that ends in a report."""
    add_run_options(parser)
    parser.add_argument(
        "--output-format",
        choices=tuple(RENDERERS),
        metavar="FORMAT",
        default="full",
        help=f"how to write the report: {', '.join(RENDERERS)} (default: full)",
    )
    parser.add_argument(
        "-o", "--output-file", metavar="FILE", help="write the report there, not on standard output"
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 though a fault was found")


def deliver(report: Report, args: argparse.Namespace, streams: Streams) -> None:
    """Write the report where the options send it."""
    render = RENDERERS[args.output_format]
    if args.output_file:
        # A file carries any character, and neither colour nor the width of the terminal at hand.
        text = written(lambda console: render(report, console))
        write_atomically(Path(args.output_file), text.encode())
    elif not (args.quiet and report.outcome is Outcome.CLEAN and args.output_format not in DOCUMENTS):
        streams.report(lambda console: render(report, console))


def exit_code(report: Report, args: argparse.Namespace) -> int:
    """The report's own, or 0 for a faulty network where that was asked for."""
    return 0 if args.exit_zero and report.outcome is Outcome.FAULTY else report.exit_code


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"--seed: expected a whole number from 0 up, got {text!r}", hint="--seed 0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(
            f"--time-limit: expected seconds, more than 0, got {text!r}", hint=f"--time-limit {SECONDS:.0f}"
        )
    return seconds
