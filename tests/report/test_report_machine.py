from __future__ import annotations

import json
import math
from dataclasses import replace
from types import MappingProxyType

import jsonschema
import numpy as np
import pytest
from handmade import clean_report, faulty_report, unsure_report

from gradcheck import __version__
from gradcheck.findings import Family, Kind, Severity
from gradcheck.report import as_dict, render_json
from gradcheck.report.machine import plain

NUMBER = {"type": ["number", "null"]}
TEXT = {"type": "string"}
NAMES = {"type": "array", "items": TEXT}


def closed(**properties):
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


FIX = closed(diff=TEXT, verified={"type": "boolean"}, before=NUMBER, after=NUMBER)

FINDING = closed(
    code={"type": "string", "pattern": r"^GC\d{3}$"},
    name=TEXT,
    family={"enum": [str(family) for family in Family]},
    kind={"enum": [str(kind) for kind in Kind]},
    severity={"enum": [str(severity) for severity in Severity]},
    confidence={"type": "number", "minimum": 0, "maximum": 1},
    file=TEXT,
    lines={"type": "array", "items": {"type": "integer", "minimum": 1}},
    parameters=NAMES,
    message=TEXT,
    evidence=NAMES,
    explains=NAMES,
    fix={"oneOf": [{"type": "null"}, FIX]},
)

PARAMETER = closed(
    name=TEXT,
    shape={"type": "array", "items": {"type": "integer", "minimum": 0}},
    analytic_norm=NUMBER,
    numerical_norm=NUMBER,
    cosine=NUMBER,
    relative_error=NUMBER,
    error_bar=NUMBER,
    verdict={"enum": ["pass", "fail", "kink", "inconclusive"]},
)

VERSION_1 = closed(
    version={"const": 1},
    tool={"type": "string", "pattern": r"^gradcheck \d+\.\d+"},
    target=TEXT,
    verdict={"enum": ["clean", "faulty", "inconclusive"]},
    parameters={"type": "array", "items": PARAMETER},
    findings={"type": "array", "items": FINDING},
    patch={"type": ["string", "null"]},
    wiring={"type": "object"},
    seed={"type": "integer"},
    evaluations={"type": "integer", "minimum": 0},
    seconds={"type": "number", "minimum": 0},
)


def strict(text):
    """Parse as JSON proper, which has no NaN."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.mark.parametrize(
    "report", [faulty_report(), clean_report(), unsure_report()], ids=lambda r: r.outcome
)
def test_json_keeps_the_contract(show, report):
    jsonschema.validate(strict(show(render_json, report)), VERSION_1)


def test_the_schema_can_fail():
    broken = as_dict(faulty_report()) | {"verdict": "maybe"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, VERSION_1)


def test_figures_arrive_unrounded(show):
    parsed = strict(show(render_json, replace(clean_report(), seconds=0.1 + 0.2)))
    assert parsed["seconds"] == 0.1 + 0.2
    assert parsed["tool"] == f"gradcheck {__version__}"


def test_numbers_that_json_lacks_become_null(show):
    first = strict(show(render_json, unsure_report()))["parameters"][0]
    assert (first["analytic_norm"], first["cosine"], first["error_bar"]) == (None, None, None)


def test_no_patch_is_null_and_a_patch_is_whole():
    assert as_dict(clean_report())["patch"] is None
    assert as_dict(faulty_report())["patch"] == faulty_report().patch


def test_json_is_ascii_so_that_no_pipe_breaks_it(show):
    assert show(render_json, faulty_report(), encoding="ascii").isascii()


def test_plain_takes_apart_what_is_data():
    given = MappingProxyType({"a": (np.float64(1.5), np.int64(2), np.float64(math.inf)), 3: None, "b": True})
    assert plain(given) == {"a": [1.5, 2, None], "3": None, "b": True}
    assert type(plain(np.int64(2))) is int


def test_plain_refuses_what_is_not():
    with pytest.raises(TypeError, match="cannot stand in a JSON report: object"):
        plain({"a": object()})
