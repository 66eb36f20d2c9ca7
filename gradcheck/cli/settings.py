"""What a project settles once, in ``[tool.gradcheck]`` of its pyproject.toml; an option given overrules it."""

from __future__ import annotations

import argparse
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from gradcheck.errors import UsageError

SECONDS = 60.0
WIRING = "wiring"  # a table of its own, beside the settings; `gradcheck.subject` reads it


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project.

    Attributes:
        select: codes to look for; all where empty.
        ignore: codes not to look for.
        expected: code -> the reason why that fault is there on purpose.
        seed: of every random choice.
        time_limit: seconds that one call of the code may take; ``time-limit`` in the file.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    time_limit: float = SECONDS


def settle(args: argparse.Namespace, settings: Settings) -> None:
    """Give every option that was left out the project's value."""
    for setting in fields(settings):
        if getattr(args, setting.name, None) is None:
            setattr(args, setting.name, getattr(settings, setting.name))


def settings_for(target: str) -> Settings:
    """The settings of the nearest pyproject.toml with a ``[tool.gradcheck]``, from the target's folder upwards.

    Raises:
        UsageError: a key that is no setting, a value of the wrong kind, or no valid TOML.
    """
    folder = Path(target).absolute().parent
    for file in (parent / "pyproject.toml" for parent in (folder, *folder.parents)):
        table = _table(file)
        if table is not None:
            return _settings(table, f"{file} [tool.gradcheck]")
    return Settings()


def _table(file: Path) -> Mapping[str, Any] | None:
    """The ``[tool.gradcheck]`` of a file; None where there is no file, or no such table."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(
            f"{file}: expected valid TOML, but {problem}", hint="mend or move the file"
        ) from problem
    table: Any = data.get("tool", {})
    table = table.get("gradcheck") if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _settings(table: Mapping[str, Any], where: str) -> Settings:
    kinds = {
        "select": _codes,
        "ignore": _codes,
        "expected": _reasons,
        "seed": _seed,
        "time-limit": _seconds,
    }
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == WIRING:
            continue
        if key not in kinds:
            raise UsageError(f"{where}: {key!r} is no setting", hint=_nearest(key, (*kinds, WIRING)))
        values[key.replace("-", "_")] = kinds[key](value, f"{where} {key}")
    return Settings(**values)


def _nearest(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {close[0]}?" if close else f"the settings are {', '.join(known)}"


def _codes(value: object, where: str) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(entry, str) for entry in value)):
        raise UsageError(
            f"{where}: expected a list of codes, got {value!r}", hint='write it like ["GC101", "GC3"]'
        )
    _known(value, where)
    return tuple(value)


def _reasons(value: object, where: str) -> Mapping[str, str]:
    if not (isinstance(value, dict) and all(isinstance(reason, str) and reason for reason in value.values())):
        raise UsageError(
            f"{where}: expected a reason for every code, got {value!r}",
            hint='write it like { GC401 = "the output is thrown away" }',
        )
    _known(list(value), where)
    return value


def _known(codes: list[str], where: str) -> None:
    from gradcheck.faults import by_prefix

    try:
        by_prefix(codes)
    except UsageError as problem:
        raise UsageError(f"{where}: {problem.message}", hint=problem.hint) from problem


def _seed(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"{where}: expected a whole number from 0 up, got {value!r}", hint="seed = 0")
    return value


def _seconds(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise UsageError(
            f"{where}: expected seconds, more than 0, got {value!r}", hint=f"time-limit = {SECONDS:.0f}"
        )
    return float(value)
