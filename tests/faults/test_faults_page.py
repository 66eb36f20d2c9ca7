"""The page that `explain` prints, and its example run as printed."""

import re

import faults_driver as driver
import pytest

from gradcheck.faults import CATALOGUE, find, page

EVERY_FAULT = pytest.mark.parametrize(
    "fault", CATALOGUE.values(), ids=lambda fault: f"{fault.code}-{fault.name}"
)


def example(fault):
    return page(fault).sections[-1].text.splitlines()


def session(lines):
    """The statements and the last expression that the example prints after >>>."""
    *statements, holds = [line.removeprefix(">>> ") for line in lines if line.startswith(">>> ")]
    return "\n".join(statements), holds


@EVERY_FAULT
def test_the_example_shows_lines_of_both_programs(fault):
    bad, good = fault.specimen.bad_source(), fault.specimen.good_source()
    shown = [line for line in example(fault) if line[:1] in "+-"]
    assert shown
    assert all(line[1:].strip() in (bad if line[0] == "-" else good) for line in shown)


@EVERY_FAULT
def test_the_example_answers_as_printed(fault):
    lines, specimen = example(fault), fault.specimen
    claims = [
        match[1] for line in lines if (match := re.fullmatch(r"gradient check fails: (.*) -> none", line))
    ]
    for claim in claims:
        errors = driver.gradient_errors(specimen.bad_source(), specimen.wiring)
        wrong = [name for name, error in errors.items() if error > driver.DISAGREES]
        assert claim == ("every parameter" if len(wrong) == len(errors) else ", ".join(wrong))
    if ">>>" in "".join(lines):
        assert lines[-1] == "True -> False"
        run, holds = session(lines)
        for source, answer in ((specimen.bad_source(), True), (specimen.good_source(), False)):
            scope = driver.load(source)
            with driver.quiet():
                driver.execute(run, scope)
                assert bool(driver.value(holds, scope)) is answer
    else:
        assert claims


def test_markdown_has_a_heading_for_every_section():
    explained = page(find("label-ignored"))
    headings = re.findall(r"^## (.*)$", explained.markdown(), flags=re.MULTILINE)
    assert headings == [section.heading for section in explained.sections]
    assert explained.markdown().startswith(
        "# GC101 label-ignored\n\nThe gradient does not depend on the label.\n"
    )


def test_text_fills_prose_and_keeps_formulas():
    narrow = page(find("label-ignored")).text(width=50)
    prose = narrow.split("What happens\n")[1].split("\n\n")[0]
    assert max(map(len, prose.splitlines())) <= 50
    assert "  should be   δ = (p - onehot(y)) / N" in narrow
