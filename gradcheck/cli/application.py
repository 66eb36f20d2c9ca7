"""The program: which command, and what an error costs."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Sequence

from gradcheck import __version__
from gradcheck.cli.command import Command
from gradcheck.cli.commands.check import Check
from gradcheck.cli.commands.demo import Demo
from gradcheck.cli.commands.diagnose import Diagnose
from gradcheck.cli.commands.explain import Explain
from gradcheck.cli.commands.init import Init
from gradcheck.cli.commands.rules import Rules
from gradcheck.cli.parser import Help, Parser
from gradcheck.cli.streams import Streams
from gradcheck.errors import GradcheckError, SubjectError, UsageError

COMMANDS: tuple[Command, ...] = (Diagnose(), Check(), Demo(), Init(), Rules(), Explain())

CODES = """\
exit codes:
  0    no fault found
  1    a fault was found
  2    could not run, or could not tell; the message says which, and what to try
  130  interrupted
"""

BROKEN, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: the arguments after the program's name; those of the process without.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    streams = Streams(color="--no-color" not in arguments)
    tracing = "--traceback" in arguments
    try:
        return _run(arguments, streams)
    except GradcheckError as error:
        _say_error(error, streams, tracing=tracing)
        return error.exit_code
    except KeyboardInterrupt:
        streams.say("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence turns any defect of ours into one line
        _say_defect(error, streams, tracing=tracing)
        return BROKEN


def parser() -> Parser:
    """The parser of every command."""
    top = Parser(
        prog="gradcheck",
        description="Finds, names and repairs the fault in a backward pass written by hand.",
        epilog=CODES,
        formatter_class=Help,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"gradcheck {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", dest="command", required=True, title="commands")
    for command in COMMANDS:
        text = inspect.getdoc(command) or ""
        own = commands.add_parser(
            command.name,
            help=text.splitlines()[0].rstrip("."),
            description=text,
            epilog=CODES,
            formatter_class=Help,
            allow_abbrev=False,
        )
        own.set_defaults(run=command.run, parser=own)
        command.prepare_parser(own)
        own.add_argument("--no-color", action="store_true", help="no colour; NO_COLOR=1 does the same")
        own.add_argument("--traceback", action="store_true", help="show where an error arose")
    return top


def _run(arguments: Sequence[str], streams: Streams) -> int:
    if arguments and arguments[0].endswith((".py", ".ipynb")):
        raise UsageError(
            f"expected a command before {arguments[0]}", hint=f"gradcheck diagnose {arguments[0]}"
        )
    args, unknown = parser().parse_known_args(arguments)
    if unknown:
        args.parser.refuse(unknown[0])
    code: int = args.run(args, streams)
    return code


def _say_error(error: GradcheckError, streams: Streams, *, tracing: bool) -> None:
    streams.say(f"error: {error}", "red")
    inner = error.traceback if isinstance(error, SubjectError) else ""
    if tracing:
        streams.say(inner or "".join(traceback.format_exception(error)))
    elif inner:
        streams.say("  try: --traceback, to see where in your code")


def _say_defect(error: Exception, streams: Streams, *, tracing: bool) -> None:
    streams.say(f"internal error: {type(error).__name__}: {error}", "red")
    streams.say(
        "  a defect of gradcheck: please report it with what --traceback adds, and the file if you can"
    )
    if tracing:
        streams.say("".join(traceback.format_exception(error)))
