"""Sites know where they stand in the source, to the character."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.faults.bases import SOFTMAX_ROWS, TINY_CONV
from gradcheck.trace import SourceMap

NON_ASCII = '''\
def größe(Δ, b="naïve 漢字"):
    """Ω is not ω."""
    é = Δ * 2; ü = é + 1  # Zürich
    return {"ключ": é @ ü.T, b: f"{Δ!r:>{é}} ∂L/∂W"}
'''
MULTI_LINE = """\
class Net:
    def forward(self, X):
        return (
            X @ self.W
            + self.b
        ).sum(
            axis=0,
        )

	# a comment that starts with a tab
"""


def assert_spans(source):
    found = SourceMap(source)
    assert found.sites
    for site in found.sites:
        assert found.text(site) == ast.get_source_segment(source, site.node)


@pytest.mark.parametrize(
    "source",
    [
        NON_ASCII,
        MULTI_LINE,
        NON_ASCII.replace("\n", "\r\n"),
        NON_ASCII.rstrip("\n"),
        "if True:\n\tx = 1\n\ty = 'é' * x\n",
        "x = '''one\n  twö\n''' + 'thréé'; y = x\n",
    ],
    ids=["letters beyond ASCII", "many lines", "CRLF", "no newline at the end", "tabs", "strings of lines"],
)
def test_spans_are_what_python_says_they_are(source):
    assert_spans(source)


@pytest.mark.parametrize("base", [SOFTMAX_ROWS, TINY_CONV], ids=lambda base: base.name)
def test_spans_of_whole_networks(base):
    assert_spans(base.source())


WORDS = st.text(alphabet="aβγ漢é😀_", min_size=1, max_size=4).filter(str.isidentifier)


@given(st.lists(st.tuples(WORDS, st.text(alphabet="ab é漢😀\t", max_size=5), WORDS), min_size=1, max_size=4))
def test_spans_of_any_names_and_strings(rows):
    assert_spans("".join(f"{target} = {text!r} + {other}  # {text}\n" for target, text, other in rows))


def test_a_node_is_found_again():
    found = SourceMap(NON_ASCII)
    for site in found.sites:
        assert found.site_of(site.node) is site


NESTED = """\
top = 1
class Net:
    width = 3
    def forward(self, x):
        def inner(y):
            return y + 1
        return inner(x)
def free(x):
    class Local:
        def method(self):
            return x
    return Local().method()
"""


def functions_by_text(source):
    found = SourceMap(source)
    return {found.text(site): site.function for site in found.sites}


def test_the_function_of_a_site_is_the_outermost_one():
    functions = functions_by_text(NESTED)
    assert functions["top = 1"] == ""
    assert functions["width = 3"] == ""
    assert functions["y + 1"] == "Net.forward"
    assert functions["return inner(x)"] == "Net.forward"
    assert functions["return x"] == "free"


def test_depth_and_parents_lead_to_the_statement():
    found = SourceMap("def f(a, b):\n    return a * (b + 1)\n")
    by_text = {found.text(site): site for site in found.sites}
    statement = by_text["return a * (b + 1)"]
    assert [by_text[text].depth for text in ("return a * (b + 1)", "a * (b + 1)", "b + 1", "1")] == [
        0,
        1,
        2,
        3,
    ]
    assert statement.is_statement
    for text in ("a * (b + 1)", "b + 1", "1"):
        assert not by_text[text].is_statement
        assert found.statement_of(by_text[text]) is statement
    assert found.sites[by_text["1"].parent] is by_text["b + 1"]
    assert found.sites[by_text["a * (b + 1)"].parent] is statement


def test_a_source_that_does_not_parse():
    with pytest.raises(SyntaxError):
        SourceMap("def f(:\n")
