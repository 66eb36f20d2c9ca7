"""A wiring written as TOML, with a comment beside each entry, so that a person can correct one line of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gradcheck.subject.wiring import Step, Wiring

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}

_ABOUT = {
    "setup": "statements run first; what they assign can be used in every line below",
    "loss": "one number; it must see the same samples as the gradient",
    "inputs": "the samples that loss and gradient see",
    "labels": "the labels of those samples",
    "outputs": "what the network puts out for those samples",
    "train": "the call that trains the network as you would train it",
    "until": "first line of the statement before which the script is stopped, because training starts there",
}


def to_toml(wiring: Wiring) -> str:
    r"""`wiring` as commented TOML that `load_wiring` reads back.

    What discovery understood is written as comments, so it is the one thing that does not come back.

    Example:
        >>> from gradcheck.subject.wiring import Step
        >>> text = to_toml(Wiring(loss="cost(w)", params={"w": "w"}, step=Step("fit()", "0.1")))
        >>> text.splitlines()[-1]
        'lr = "0.1"'
    """
    return "\n".join(_lines(wiring)) + "\n"


def _lines(wiring: Wiring) -> Iterator[str]:
    yield "# How gradcheck drives the code. Each text is Python, run in the module's own namespace;"
    yield "# m is the module itself, np is numpy. Correct a line, then hand this file over with --wiring."
    for sentence in wiring.understood:
        yield from (f"# {_printable(part)}".rstrip() for part in ["", *sentence.splitlines()])
    for key, about in _ABOUT.items():
        if text := getattr(wiring, key):
            yield from ("", f"# {about}", f"{key} = {_string(text)}")
        elif key == "loss":
            yield from ("", f"# MISSING: {about}", '# loss = "np.mean((outputs - targets) ** 2)"')
    yield from (
        "",
        "# the numbers that training changes, each an expression that can be read and assigned",
    )
    yield "[params]"
    yield from _entries(wiring.params)
    if wiring.grads is not None:
        yield from ("", "# statements that compute the gradient, without updating anything")
        yield from ("[grads]", f"run = {_string(wiring.grads.run)}", "")
        yield from ("# where each gradient is to be found after that", "[grads.of]")
        yield from _entries(wiring.grads.of)
    if wiring.grads is None and wiring.step is None:
        yield from (
            "",
            "# MISSING: statements that compute the gradient, and where it is to be found after them",
        )
        yield from ("# [grads]", '# run = "g = net.backward(X, y)"', "# [grads.of]")
        yield from (f"# {_key(name)} = {_string(f'g[{place}]')}" for place, name in enumerate(wiring.params))
    if wiring.step is not None:
        yield from ("", "# one update of the parameters; the gradient is recovered as (before - after) / lr")
        yield from _step("step", wiring.step)
    if wiring.update is not None:
        yield from ("", "# how the code itself updates the parameters once, and by which rate")
        yield from _step("update", wiring.update)


def _step(name: str, step: Step) -> Iterator[str]:
    yield from (f"[{name}]", f"run = {_string(step.run)}", f"lr = {_string(step.lr)}")


def _entries(texts: Mapping[str, str]) -> Iterator[str]:
    return (f"{_key(name)} = {_string(text)}" for name, text in texts.items())


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else f'"{_escaped(name)}"'


def _string(text: str) -> str:
    """A basic string; over several lines where the text has several, so that statements stay readable."""
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    lines = "\n".join(_escaped(line, quotes=False) for line in text.split("\n"))
    safe = re.sub(r'"(?=""|\Z)', r'\\"', lines)  # three in a row or one at the end would close the string
    return f'"""\n{safe}"""'


def _escaped(text: str, *, quotes: bool = True) -> str:
    return "".join(letter if letter == '"' and not quotes else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    if letter < " " or letter == "\x7f":  # the control characters that TOML forbids in a string
        return _ESCAPES.get(letter, f"\\u{ord(letter):04x}")
    return _ESCAPES.get(letter, letter)


def _printable(text: str) -> str:
    """A comment may hold no control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
