"""The page that explains a fault, as data, and as text and Markdown made from it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Specimen


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it.

    Attributes:
        heading: such as ``"What happens"``.
        text: prose to be filled, or lines to be kept.
        verbatim: whether the lines are kept as they are: formulas and source.
    """

    heading: str
    text: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the catalogue says of one fault.

    Attributes:
        code: the fault's code.
        name: its name.
        title: its title.
        sections: in reading order.
    """

    code: str
    name: str
    title: str
    sections: tuple[Section, ...]

    def text(self, width: int = 80) -> str:
        """The page in plain text.

        Args:
            width: columns to fill; lines that must be kept may be longer.
        """
        parts = [f"{self.code} {self.name}\n{self.title}"]
        for section in self.sections:
            lines = section.text.splitlines() if section.verbatim else textwrap.wrap(section.text, width - 2)
            parts.append("\n".join((section.heading, *(f"  {line}".rstrip() for line in lines))))
        return "\n\n".join(parts) + "\n"

    def markdown(self) -> str:
        """The page in Markdown."""
        parts = [f"# {self.code} {self.name}", f"{self.title[0].upper()}{self.title[1:]}."]
        for section in self.sections:
            body = f"```\n{section.text}\n```" if section.verbatim else section.text
            parts.append(f"## {section.heading}\n\n{body}")
        return "\n\n".join(parts) + "\n"


def page(fault: Fault) -> Page:
    """The page of `fault`.

    Example:
        >>> from gradcheck.faults import find
        >>> for section in page(find("GC101")).sections:
        ...     print(section.heading)
        What happens
        Why it is wrong
        How it shows
        How to fix it
        When it is no fault
        Example
    """
    return Page(
        fault.code,
        fault.name,
        fault.title,
        (
            Section("What happens", fault.what),
            Section("Why it is wrong", fault.algebra, verbatim=True),
            Section("How it shows", fault.shows),
            Section("How to fix it", fault.fix),
            Section("When it is no fault", fault.exceptions),
            Section("Example", example(fault.specimen), verbatim=True),
        ),
    )


def example(specimen: Specimen) -> str:
    """The lines to change, and what changes with them, as a session in the scope of the program.

    The answers are those of the bad program; after the arrow stand those of the good one.
    """
    lines = [specimen.diff()]
    if specimen.spoils:
        all_of_them = set(specimen.spoils) == set(specimen.wiring.params)
        spoilt = "every parameter" if all_of_them else ", ".join(specimen.spoils)
        lines.append(f"gradient check fails: {spoilt} -> none")
    if specimen.symptom is not None:
        setup = specimen.wiring.setup.split("; ")
        statements = [*setup, *specimen.symptom.run.splitlines(), specimen.symptom.holds]
        lines += [*(f">>> {statement}" for statement in statements), "True -> False"]
    return "\n".join(lines)
