"""``gradcheck rules``."""

from __future__ import annotations

import argparse
import json

from gradcheck.cli.streams import Streams
from gradcheck.report import render_rules, rules_as_list


class Rules:
    """List every fault that is known by name."""

    name = "rules"

    def prepare_parser(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "prefix", metavar="CODE", nargs="*", help="only codes that begin so: GC1, GC30, ..."
        )
        parser.add_argument("--output-format", choices=("full", "json"), default="full", help="default: full")

    def run(self, args: argparse.Namespace, streams: Streams) -> int:
        """Print the catalogue, or the part of it that was asked for."""
        from gradcheck.faults import CATALOGUE, by_prefix

        faults = tuple((by_prefix(args.prefix) if args.prefix else CATALOGUE).values())
        if args.output_format == "json":
            streams.text(json.dumps(rules_as_list(faults), indent=2) + "\n")
        else:
            streams.report(lambda console: render_rules(faults, console))
        return 0
