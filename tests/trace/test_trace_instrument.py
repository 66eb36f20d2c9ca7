"""An instrumented program does what the program did: the same bits, the same order, the same errors."""

import copy
import sys
from textwrap import dedent, indent

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.faults.bases import (
    NORM_DROPOUT,
    OPTIMISERS,
    RELU_BINARY,
    RESIDUAL_REGRESSION,
    SIGMOID_SGD,
    SOFTMAX_COLUMNS,
    SOFTMAX_ROWS,
    TIED_EMBEDDING,
    TINY_CONV,
)
from gradcheck.subject.program import Program
from gradcheck.trace import Recorder, SourceMap, instrument
from gradcheck.trace.instrument import ENTER, SEE, executed_functions

BASES = (
    SOFTMAX_ROWS,
    SOFTMAX_COLUMNS,
    SIGMOID_SGD,
    RELU_BINARY,
    RESIDUAL_REGRESSION,
    OPTIMISERS,
    NORM_DROPOUT,
    TINY_CONV,
    TIED_EMBEDDING,
)


def outcome(code, **hooks):
    """What `f()` of a program gives: its value, or its error and where that was raised, and what it noted."""
    noted = []
    scope = {**hooks, "np": np, "note": lambda value: noted.append(copy.deepcopy(value)) or value}
    exec(code, scope)  # noqa: S102 -- programs of this file
    try:
        with np.errstate(all="ignore"):
            result = repr(scope["f"]())
    except Exception as problem:  # noqa: BLE001 -- that both programs raise the same is what is compared
        trace = problem.__traceback__
        while trace.tb_next is not None and trace.tb_next.tb_frame.f_code.co_filename == "net.py":
            trace = trace.tb_next
        result = (type(problem).__name__, str(problem), trace.tb_lineno)
    return result, repr(noted)


def assert_same(source):
    recorder = Recorder()
    seen = instrument(SourceMap(source), "net.py").code
    plain = outcome(compile(source, "net.py", "exec"))
    assert outcome(seen, **{SEE: recorder.see, ENTER: recorder.enter}) == plain
    return recorder


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_networks_give_the_same_bits(base):
    source, wiring, recorder = base.source(), base.wiring, Recorder()
    plain = Program("net.py", source, wiring)
    code = instrument(SourceMap(source), "net.py").code
    seen = Program("net.py", source, wiring, code=code, hooks={SEE: recorder.see, ENTER: recorder.enter})
    assert seen.start().loss() == plain.start().loss()
    one, other = seen.start().gradient(), plain.start().gradient()
    assert one.keys() == other.keys()
    assert all(one[name].tobytes() == other[name].tobytes() for name in one)
    assert recorder.reached
    trained = []
    for program in (seen, plain):
        live = program.start()
        live.execute(wiring.train)
        trained.append({name: value.tobytes() for name, value in live.parameters().items()})
    assert trained[0] == trained[1]


CONSTRUCTS = {
    "closures and nonlocal": """
        def f():
            count = 1.5
            def bump(by):
                nonlocal count
                count += by
                return count
            return bump(2), bump(3), count
    """,
    "globals": """
        total = 2.0
        def f():
            global total, fresh
            total *= 3
            fresh = total - 1
            return total, fresh
    """,
    "stars": """
        def g(a, *rest, k=1, **more):
            return a, rest, k, more
        def f():
            xs, d = [2, 3], {"k": 4, "z": 5}
            first, *middle, last = [1, *xs, 9]
            return g(*xs, *middle, **d), first, middle, last, {**d, "z": 0}, [*xs, 1]
    """,
    "f-strings": """
        def f():
            w, x = 8, 3.14159
            return f"{x:{w}.2f}|{x!r:>12}|{w = }|{'é' * 2}"
    """,
    "match": """
        class Point:
            __match_args__ = ("x", "y")
            def __init__(self, x, y): self.x, self.y = x, y
        def f():
            found = []
            for item in [0, (1, 2), [1, 2, 3], {"k": 5}, Point(1, 7), "s", None]:
                match note(item) if not isinstance(item, Point) else item:
                    case 0: found.append("zero")
                    case (a, b): found.append(a + b)
                    case [a, *rest]: found.append(rest)
                    case {"k": k} if k > 4: found.append(k)
                    case Point(1, y=why): found.append(why)
                    case str() as text: found.append(text)
                    case _: found.append("else")
            return found
    """,
    "walrus": """
        def f():
            if (n := len("abcd")) > 3 and (m := note(n) * 2):
                return n, m, [last := i for i in range(n)], last
    """,
    "decorators": """
        def twice(by):
            def wrap(g):
                def inner(*a, **k):
                    return by * g(*a, **k)
                return inner
            return wrap
        def f():
            @twice(by=2.5)
            def g(x, y=note(3)):
                'documented'
                return x + y
            return g(1), g(1, y=2)
    """,
    "lambdas and default arguments": """
        def f():
            fs = [lambda x, i=i: x * i + 0.1 for i in range(3)]
            return [g(note(7)) for g in fs], sorted([3, 1, 2], key=lambda v: -v)
    """,
    "nested classes, properties, super": """
        class Base:
            def __init__(self, w): self.__w = w
            @property
            def w(self): return self.__w
        def f():
            class Child(Base):
                scale = note(3)
                def __init__(self, w):
                    super().__init__(w * self.scale)
                @staticmethod
                def s(x): return x + 1
                @classmethod
                def make(cls, w): return cls(cls.s(w))
            return Child.make(2).w, Child(1).__dict__, Child.__name__
    """,
    "docstrings": '''
        def f():
            """Adds."""
            def g():
                "inner"
            return f.__doc__, g.__doc__
    ''',
    "generators and send": """
        def g():
            got = yield 1
            while got:
                got = yield got * 2
            yield from (10, 20)
        def f():
            it = g()
            return [next(it), it.send(3), it.send(0), *it]
    """,
    "comprehensions": """
        def f():
            xs = np.arange(4.0)
            return ([x * y for x in xs if x > 0 for y in xs[:2]], {k: v for k, v in zip("ab", xs)},
                    {int(x) % 2 for x in xs}, sum(note(float(x)) for x in xs), xs[[i for i in range(2)]])
    """,
    "augmented assignment evaluates its target once": """
        def f():
            a = np.arange(6.0).reshape(2, 3)
            a[note(1), 1:] += 2
            a[note(0)] **= note(2)
            d = {"k": [1]}
            d[note("k")] += [note(2)]
            a @= np.eye(3)
            return a.tolist(), d
    """,
    "slices": """
        def f():
            a = np.arange(24.0).reshape(2, 3, 4)
            return a[:, note(1):, ::2].tolist(), a[..., None].shape, a[a > 20].tolist(), "abc"[::-1]
    """,
    "short circuits and chains": """
        def f():
            return (note(0) and note(1), note(2) or note(3), note(1) < note(3) < note(2) < note(9),
                    not note(0), note(4) if note(0) else note(5))
    """,
    "with, try, else, finally": """
        import contextlib
        def f():
            found = []
            with contextlib.suppress(KeyError) as nothing, np.errstate(all="ignore"):
                found.append({}["k"])
            for x in (0, 1):
                try:
                    found.append(1 / x)
                except ZeroDivisionError as problem:
                    found.append(str(problem))
                else:
                    found.append("fine")
                finally:
                    found.append(x)
            else:
                found.append(nothing)
            return found
    """,
    "annotations and delete": """
        def f(x: "unknown" = 3) -> "nothing":
            y: int = x + 1
            z: undefined_name
            del x
            return y, sorted(locals())
    """,
    "an error in an expression of several lines": """
        def f():
            x = np.ones(3)
            return (
                x
                + np.ones(
                    4)
            )
    """,
    "an unknown name": """
        def f():
            y = 1
            return y + missing
    """,
    "async": """
        import asyncio
        async def g(x):
            await asyncio.sleep(0)
            return [i async for i in h(x)]
        async def h(x):
            for i in range(x):
                yield i
        def f():
            return asyncio.run(g(3))
    """,
    "identity of objects": """
        def f():
            x = np.zeros(2)
            y = x
            y += 1
            same = (lambda v: v)(x)
            return x is y, same is x, x.tolist(), x.T.base is x
    """,
}


@pytest.mark.parametrize("source", CONSTRUCTS.values(), ids=CONSTRUCTS)
def test_every_construct_means_the_same(source):
    assert_same(dedent(source))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
def test_type_parameters_mean_the_same():
    assert_same(
        "def g[T](x: T) -> T:\n    return x\ndef f():\n    type V = int\n    return g(3), V.__value__\n"
    )


NUMBERS = st.sampled_from(["a", "b", "xs[0]", "xs[-1]", "2.5", "1", "len(xs)", "-0.0", "1e308"])


def _compounds(inner):
    pairs, triples = st.tuples(inner, inner), st.tuples(inner, inner, inner)
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, pairs, st.sampled_from("+-*")),
        st.builds("note({})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({0[0]} if {0[1]} < {0[2]} <= 3 else {0[1]})".format, triples),
        st.builds("sum([t * {0[0]} for t in xs if t > {0[1]}])".format, pairs),
        st.builds("max((t - {0} for t in xs), default={0})".format, inner),
        st.builds("(lambda t, *more, k={0[0]}: t + k + sum(more))({0[1]}, *[{0[2]}])".format, triples),
        st.builds("{{'k': {0[0]}, 'z': {0[1]}}}['k']".format, pairs),
        st.builds("len(f'{{{0}:.3f}}{{{1}!r}}')".format, NUMBERS, NUMBERS),
        st.builds("(w := {})".format, inner),
        st.builds("float({0[0]} > {0[1]} or not {0[0]})".format, pairs),
        st.builds("[{0[0]}, *xs, {0[1]}][1:][0]".format, pairs),
        st.builds("(np.array([{0[0]}, {0[1]}]) * {0[2]}).sum()".format, triples),
    )


EXPRESSIONS = st.recursive(NUMBERS, _compounds, max_leaves=6)


def _blocks(inner):
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(lambda text: indent(text, "    "))
    return st.one_of(
        st.builds("for i, a in enumerate(xs):\n{}\n    if i > 1: break\nelse:\n    note(b)".format, body),
        st.builds("if {} > {}:\n{}\nelif note(b):\n{}".format, EXPRESSIONS, EXPRESSIONS, body, body),
        st.builds("n = 2\nwhile n:\n    n -= 1\n    if n > 5: continue\n{}".format, body),
        st.builds("try:\n{}\n    a = 1 // 0\nexcept ZeroDivisionError as e:\n    note(str(e))".format, body),
        st.builds(
            "match note({}):\n    case float(v) if v > 1:\n        b = v\n    case _:\n        b = 0".format,
            EXPRESSIONS,
        ),
        st.builds(
            "def inner(t, k={}):\n    nonlocal b\n    b += t\n    return b * k\na = inner({})".format,
            EXPRESSIONS,
            EXPRESSIONS,
        ),
        st.builds(
            "class C:\n    x = {}\n    def m(self, y): return self.x + y\na = C().m({})".format,
            EXPRESSIONS,
            EXPRESSIONS,
        ),
    )


SIMPLE = st.one_of(
    st.builds("a = {}".format, EXPRESSIONS),
    st.builds("b {}= {}".format, st.sampled_from("+-*"), EXPRESSIONS),
    st.builds("xs[1] += {}".format, EXPRESSIONS),
    st.builds("a, *rest = {}, *xs".format, EXPRESSIONS),
    st.builds("note({})".format, EXPRESSIONS),
)
STATEMENTS = st.recursive(SIMPLE, _blocks, max_leaves=4)


@settings(max_examples=60)
@given(st.lists(STATEMENTS, min_size=1, max_size=3), EXPRESSIONS)
def test_generated_functions_mean_the_same(statements, result):
    body = "\n".join(["a, b, xs = 1.25, 3.0, [0.5, 2.0, 4.0]", *statements, f"return a, b, xs, {result}"])
    source = f"def f():\n{indent(body, '    ')}\n"
    compile(source, "net.py", "exec")  # a function that is no Python would make the test vacuous
    assert assert_same(source).seen


def test_code_outside_functions_is_not_rewritten():
    recorder = assert_same("x = 1 + 1\nclass Net:\n    size = x + 3\n    f = None\ndef f():\n    return x\n")
    assert set(recorder.seen) == {recorder.reached[0] + 1}


def test_functions_that_hold_statements():
    source = SourceMap("class Net:\n    def forward(self):\n        return 1\n")
    numbers = [site.number for site in source.sites if source.text(site) == "return 1"]
    assert executed_functions(source, numbers) == {"Net.forward"}
