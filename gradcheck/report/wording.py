"""Figures and text as a reader sees them: short numbers, shapes, counts, spelled for any encoding."""

from __future__ import annotations

import math
import unicodedata

from gradcheck.findings import Patch, Severity
from gradcheck.numerics import Verdict

VERDICTS = {
    Verdict.PASS: "agrees",
    Verdict.FAIL: "wrong",
    Verdict.KINK: "kink",
    Verdict.INCONCLUSIVE: "unsure",
}

SEVERITY_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold cyan",
}

VERDICT_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.KINK: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
}

# What stands for a character that an output cannot carry. The rest become question marks.
_PLAIN = {
    "·": "-",
    "→": "->",
    "×": "x",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
    "≈": "~",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "±": "+-",
    "‖": "||",
    "²": "^2",
    "ᵀ": ".T",
    "∂": "d",
    "∇": "grad ",
    "Σ": "sum ",
    "α": "alpha",
    "β": "beta",
    "δ": "delta",
    "ε": "eps",
    "η": "eta",
    "θ": "theta",
    "λ": "lambda",
    "σ": "sigma",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
}


def effect(fix: Patch) -> str:
    """What a fix was measured to do: an error falls, or what an audit counts becomes less.

    Example:
        >>> effect(Patch("", verified=True, before=2, after=0, measure="masks that change the mean"))
        'masks that change the mean 2 → 0'
    """
    counts = float(fix.before).is_integer() and float(fix.after).is_integer() and fix.before >= 1.0
    before, after = (f"{value:.0f}" if counts else figure(value) for value in (fix.before, fix.after))
    return f"{fix.measure} {before} → {after}"


def figure(value: float) -> str:
    """A measured size in two digits, with a dash where there is none.

    Example:
        >>> figure(0.5612), figure(0.0), figure(float("nan")), figure(float("inf"))
        ('5.6e-01', '0', '-', 'inf')
    """
    if math.isnan(value):
        return "-"
    if value == 0:
        return "0"
    return f"{value:.1e}" if math.isfinite(value) else f"{value}"


def level(value: float) -> str:
    """A loss or an accuracy in four digits.

    Example:
        >>> level(1.0986123), level(0.3333333), level(1234567.0), level(float("nan"))
        ('1.099', '0.3333', '1.235e+06', 'nan')
    """
    return f"{value:.4g}"


def cosine(value: float) -> str:
    """A cosine in two decimals, with a dash where one of the vectors is zero.

    Example:
        >>> cosine(0.3712), cosine(float("nan"))
        ('0.37', '-')
    """
    return "-" if math.isnan(value) else f"{value:.2f}"


def shape(dimensions: tuple[int, ...]) -> str:
    """A shape as people write it.

    Example:
        >>> shape((4, 3)), shape((10,)), shape(())
        ('4x3', '10', 'scalar')
    """
    return "x".join(str(size) for size in dimensions) or "scalar"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    Example:
        >>> count(1, "error"), count(2, "fix", "fixes"), count(1200, "evaluation")
        ('1 error', '2 fixes', '1,200 evaluations')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def printable(text: str, encoding: str = "utf-8") -> str:
    r"""The text with control characters made visible and spelled so that `encoding` can carry it.

    Tabs and line ends are left alone. A wide character becomes two question marks, so that columns line up.

    Example:
        >>> printable("δ → 0 in été 網\x1b", "ascii")
        'delta -> 0 in ?t? ???'
    """
    shown = "".join("\ufffd" if _is_control(character) else character for character in text)
    if _carries(shown, encoding):
        return shown
    return "".join(
        character if _carries(character, encoding) else _PLAIN.get(character) or "?" * _cells(character)
        for character in shown
    )


def _is_control(character: str) -> bool:
    return character not in "\t\n" and unicodedata.category(character) == "Cc"


def _carries(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
