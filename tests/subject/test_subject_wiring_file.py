"""Wirings read from TOML, pyproject and flags, written back, and refused with a message that helps."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.errors import UsageError, WiringError
from gradcheck.subject.wiring import Grads, Step, Wiring
from gradcheck.subject.wiring_file import load_wiring, to_toml, wiring_from_flags, wiring_from_pyproject

GRADS = """
setup = "X, y = load(); net = Net(4, 3)"
loss  = "net.cost(net.forward(X), y)"
inputs = "X"
labels = "y"
outputs = "net.forward(X)"
train = "net.fit(X, y)"
until = "for epoch in range(100):"
[params]
W1 = "net.W1"
"layers[1].b" = "net.layers[1]['b']"
[grads]
run = "g = net.backward(X, y)"
[grads.of]
W1 = "g[0]"
"layers[1].b" = "g[1]"
[update]
run = "net.step(g)"
lr = "net.lr"
"""

STEP = """
loss = "net.cost(X, y)"
params = {W1 = "net.W1"}
step = {run = "net.fit(X[:1], y[:1], epochs=1)", lr = "net.lr"}
"""


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        file = tmp_path / "wiring.toml"
        file.write_text(text, encoding="utf-8")
        return load_wiring(file)

    return loaded


def test_every_key_of_a_gradient_wiring_is_read(load):
    assert load(GRADS) == Wiring(
        setup="X, y = load(); net = Net(4, 3)",
        loss="net.cost(net.forward(X), y)",
        inputs="X",
        labels="y",
        outputs="net.forward(X)",
        train="net.fit(X, y)",
        until="for epoch in range(100):",
        update=Step("net.step(g)", "net.lr"),
        params={"W1": "net.W1", "layers[1].b": "net.layers[1]['b']"},
        grads=Grads("g = net.backward(X, y)", {"W1": "g[0]", "layers[1].b": "g[1]"}),
    )


def test_an_update_wiring_is_read(load):
    assert load(STEP).step == Step("net.fit(X[:1], y[:1], epochs=1)", "net.lr")


def test_pyproject_holds_the_same_table(tmp_path, load):
    nested = GRADS.replace("[params]", "[tool.gradcheck.wiring.params]")
    nested = nested.replace("[grads]", "[tool.gradcheck.wiring.grads]")
    nested = nested.replace("[grads.of]", "[tool.gradcheck.wiring.grads.of]")
    nested = nested.replace("[update]", "[tool.gradcheck.wiring.update]")
    (tmp_path / "pyproject.toml").write_text(f"[tool.gradcheck.wiring]{nested}", encoding="utf-8")
    assert wiring_from_pyproject(tmp_path) == load(GRADS)


@pytest.mark.parametrize("text", [None, "", "[tool.ruff]\n", "[tool.gradcheck]\nseed = 1\n"])
def test_a_project_without_a_wiring_has_none(tmp_path, text):
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert wiring_from_pyproject(tmp_path) is None


def test_flags_make_the_same_wiring(load):
    flags = wiring_from_flags(
        setup="X, y = load(); net = Net(4, 3)",
        loss="net.cost(net.forward(X), y)",
        params=["W1=net.W1", "layers[1].b = net.layers[1]['b']"],
        grads_run="g = net.backward(X, y)",
        grads=["W1=g[0]", "layers[1].b=g[1]"],
    )
    unset = {"inputs": "", "labels": "", "outputs": "", "train": "", "until": "", "update": None}
    assert flags == replace(load(GRADS), **unset)


def test_an_expression_given_as_a_flag_may_hold_an_equals_sign():
    wiring = wiring_from_flags(loss="c(w)", params=["w=f(k=1)"], step="fit()", lr="0.1")
    assert wiring is not None
    assert wiring.params == {"w": "f(k=1)"}


def test_no_flags_are_no_wiring():
    assert wiring_from_flags() is None


REFUSED = {
    "unknown key": (STEP.replace("loss", "los", 1), "'los'", "did you mean 'loss'?"),
    "unknown key of grads": (GRADS.replace("run =", "runs ="), "'runs'", "did you mean 'run'?"),
    "unknown key of step": (STEP.replace("lr =", "rate ="), "'rate'", "drop 'rate'"),
    "both": (GRADS + '[step]\nrun = "f()"\nlr = "1"', "both came", "[grads] where"),
    "update beside step": (STEP + '[update]\nrun = "f()"\nlr = "1"', "came with [step]", "drop [update]"),
    "update without a rate": (GRADS.replace('lr = "net.lr"', ""), "[update]: expected both", "lr ="),
    "update that is no Python": (
        GRADS.replace("net.step(g)", "net.step("),
        "update.run",
        "separate statements",
    ),
    "empty parameter": (STEP.replace('"net.W1"', '""'), "params.W1", "separate statements"),
    "neither": ('loss = "c(w)"\n[params]\nw = "w"', "neither came", "[grads] where"),
    "no loss": (STEP.replace('loss = "net.cost(X, y)"', ""), "the loss", "loss ="),
    "empty loss": (STEP.replace('"net.cost(X, y)"', '""'), "the loss", "loss ="),
    "no params": (STEP.replace('{W1 = "net.W1"}', "{}"), "at least one parameter", "[params]"),
    "gradient of nothing": (GRADS.replace('W1 = "g[0]"', 'W11 = "g[0]"'), "'W11'", "did you mean 'W1'?"),
    "parameter without gradient": (GRADS.replace('W1 = "g[0]"', ""), "none of W1", "W1 ="),
    "no lr": (STEP.replace(', lr = "net.lr"', ""), "lr is missing", "lr ="),
    "number for text": (STEP.replace('"net.lr"', "0.1"), "float 0.1 came", 'lr = "0.1"'),
    "list for text": (STEP.replace('"net.cost(X, y)"', '["a"]'), "a list came", 'loss = "..."'),
    "unquoted dotted name": (GRADS.replace('W1 = "net.W1"', 'net.W1 = "net.W1"'), "a table came", '"net.W1"'),
    "text for table": (
        'loss = "c"\nparams = "net.W1"\nstep = {run = "f()", lr = "1"}',
        "str net.W1",
        "[params]",
    ),
    "invalid TOML": (STEP.replace('"net.cost(X, y)"', "net.cost(X, y)"), "line 2", "in quotes"),
    "not an expression": (STEP.replace('"net.W1"', '"net.W1 ="'), "params.W1", "separate statements"),
    "not statements": (GRADS.replace("g = net.backward(X, y)", "g = ("), "grads.run", "separate statements"),
}


@pytest.mark.parametrize(("text", "came", "attempt"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_was_expected_what_came_and_what_to_try(load, text, came, attempt):
    with pytest.raises(WiringError) as caught:
        load(text)
    assert "expected" in caught.value.message
    assert came in caught.value.message
    assert "wiring.toml" in caught.value.message
    assert attempt in caught.value.hint


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        load_wiring(tmp_path / "none.toml")


@pytest.mark.parametrize("item", ["W1", "=net.W1", "W1="])
def test_a_malformed_flag_shows_how_to_write_it(item):
    with pytest.raises(WiringError, match=r"W1=net\.W1") as caught:
        wiring_from_flags(params=[item])
    assert repr(item) in caught.value.message


def test_a_name_given_twice_is_refused():
    with pytest.raises(WiringError, match="w came twice"):
        wiring_from_flags(params=["w=a", "w=b"])


def test_the_written_file_explains_itself():
    text = to_toml(
        Wiring(
            setup='X = load("a")\nnet = Net()',
            loss="cost(X)",
            params={"W1": "net.W1"},
            step=Step("net.fit()", "0.1"),
            understood=("one update of Net.fit",),
        )
    )
    assert "# one update of Net.fit" in text
    assert 'setup = """\nX = load("a")\nnet = Net()"""' in text
    comments = [line for line in text.splitlines() if line.startswith("# ")]
    assert len(comments) == 7


def _text(characters):
    return st.text(characters, min_size=1, max_size=30)


def _triple(text):
    return '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'


_anything = st.characters(exclude_categories=["Cs"])  # lone surrogates cannot be written as UTF-8
_literals = _text(_anything).map(repr)
_statements = st.lists(
    st.one_of(_literals, _text(st.sampled_from("\"'\\\n\tx#é")).map(_triple)),
    min_size=1,
    max_size=4,
).map("\n".join)


@st.composite
def wirings(draw):
    names = draw(st.lists(_text(_anything), min_size=1, max_size=3, unique=True))
    optional = st.one_of(st.just(""), _literals)
    exposed = draw(st.booleans())
    return Wiring(
        loss=draw(_literals),
        params={name: draw(_literals) for name in names},
        setup=draw(st.one_of(st.just(""), _statements)),
        grads=Grads(draw(_statements), {name: draw(_literals) for name in names}) if exposed else None,
        step=None if exposed else Step(draw(_statements), draw(_literals)),
        inputs=draw(optional),
        labels=draw(optional),
        outputs=draw(optional),
        train=draw(optional),
        until=draw(optional),
        update=draw(st.one_of(st.none(), st.builds(Step, _statements, _literals))) if exposed else None,
    )


@settings(max_examples=200, deadline=None)
@given(wirings())
def test_what_is_written_reads_back_the_same(tmp_path_factory, wiring):
    file = tmp_path_factory.mktemp("wiring") / "wiring.toml"
    file.write_bytes(to_toml(wiring).encode())
    assert load_wiring(file) == wiring


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.sampled_from('"\\\n\r\t\x00\x7f'), _anything), min_size=1))
def test_any_text_survives_even_where_it_is_not_python(text):
    wiring = Wiring(loss=text, params={text: text}, setup=text, step=Step(text, text), understood=(text,))
    read = tomllib.loads(to_toml(wiring))
    assert (read["setup"], read["loss"], read["params"]) == (text, text, {text: text})
