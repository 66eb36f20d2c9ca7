"""Swapping one function does what loading the whole edited module does, or refuses."""

from textwrap import dedent

import pytest
from labs import lab_of, specimen_lab

from gradcheck.repair.bench import Bench
from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.grade import grade
from gradcheck.repair.swap import CannotSwapError, compile_function, function_span, swapped
from gradcheck.subject.program import Program
from gradcheck.subject.wiring import Grads, Wiring
from gradcheck.trace import SourceMap

KINDS = {
    "a function": (
        "f",
        """\
def f(x, y=3, *, z=1):
    return x + y + z + 1000
answer = lambda: (f(2), f(2, z=5))
""",
    ),
    "a method": (
        "Net.f",
        """\
class Net:
    w = 2
    def f(self, x):
        return self.w * x + 1000
answer = lambda: Net().f(3)
""",
    ),
    "a static method": (
        "Net.f",
        """\
class Net:
    @staticmethod
    def f(x):
        return x + 1000
answer = lambda: (Net.f(3), Net().f(4))
""",
    ),
    "a class method": (
        "Net.f",
        """\
class Net:
    @classmethod
    def f(cls, x):
        return cls.__name__, x + 1000
class Sub(Net): pass
answer = lambda: (Net.f(3), Sub.f(4))
""",
    ),
    "a property": (
        "Net.f",
        """\
class Net:
    w = 2
    @property
    def f(self):
        return self.w + 1000
answer = lambda: Net().f
""",
    ),
    "private names": (
        "Net.f",
        """\
class Net:
    def __init__(self): self.__w = 7
    def f(self):
        return self.__w + 1000
answer = lambda: Net().f()
""",
    ),
    "super": (
        "Sub.f",
        """\
class Net:
    def f(self): return 1
class Sub(Net):
    def f(self):
        return super().f() + 1000
answer = lambda: Sub().f()
""",
    ),
    "a class in a class": (
        "Net.Inner.f",
        """\
class Net:
    class Inner:
        def f(self):
            return 1000
answer = lambda: Net.Inner().f()
""",
    ),
    "a function with functions inside": (
        "f",
        """\
def f(x):
    def g(y):
        return x * y + 1000
    return [g(i) for i in range(3)]
answer = lambda: f(2)
""",
    ),
    "a function after another of that name inside": (
        "g",
        """\
def f(x):
    def g(y):
        return y
    return g(x)
def g(y):
    return y + 1000
answer = lambda: (f(1), g(1))
""",
    ),
    "a method named as a function is": (
        "f",
        """\
class Net:
    def f(self):
        return 5
def f():
    return 1000
answer = lambda: (Net().f(), f())
""",
    ),
    "a definition under a condition": (
        "f",
        """\
if True:
    def f(x):
        return x + 1000
answer = lambda: f(1)
""",
    ),
    "a generator": (
        "f",
        """\
def f(n):
    for i in range(n):
        yield i + 1000
answer = lambda: list(f(3))
""",
    ),
    "globals": (
        "f",
        """\
count = 0
def f():
    global count
    count += 1000
    return count
answer = lambda: (f(), f())
""",
    ),
    "one line": ("f", "def f(x): return x + 1000\nanswer = lambda: f(1)\n"),
    "the last line has no end": ("f", "answer = lambda: f(1)\ndef f(x):\n    return x + 1000"),
    "letters beyond ASCII": (
        "größe",
        """\
def größe(Δ):
    return 'é', Δ + 1000
answer = lambda: größe(1)
""",
    ),
    "tabs": ("Net.f", "class Net:\n\tdef f(self):\n\t\treturn 1000\nanswer = lambda: Net().f()\n"),
}

REFUSED = {
    "a decorated function": (
        "f",
        """\
def twice(g):
    return lambda *a: 2 * g(*a)
@twice
def f(x):
    return x + 1000
answer = lambda: f(1)
""",
    ),
    "a function inside another": (
        "f.g",
        """\
def f(x):
    def g():
        return x + 1000
    return g()
answer = lambda: f(1)
""",
    ),
    "a function kept under another name": (
        "f",
        """\
def f(x):
    return x + 1000
g = f
f = 3
answer = lambda: g(1)
""",
    ),
    "a lambda": ("f", "f = lambda x: x + 1000\nanswer = lambda: f(1)\n"),
}


def program_of(source):
    return Program("net.py", source, Wiring(loss="0.0", params={}, grads=Grads("pass", {})))


def swap(program, source, qualified, edited):
    start, end = function_span(SourceMap(source), qualified)
    segment = edited[start : end + len(edited) - len(source)]
    return swapped(program, qualified, compile_function(segment, qualified, "net.py"))


@pytest.mark.parametrize(("qualified", "source"), KINDS.values(), ids=KINDS)
def test_it_equals_loading_the_module_again(qualified, source):
    edited = source.replace("1000", "21")
    assert source.count("1000") == 1
    program = program_of(source)
    before = program.start().evaluate("answer()")
    expected = program_of(edited).start().evaluate("answer()")
    restore = swap(program, source, qualified, edited)
    assert program.start().evaluate("answer()") == expected != before
    restore()
    assert program.start().evaluate("answer()") == before


@pytest.mark.parametrize(("qualified", "source"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_swapped_is_refused(qualified, source):
    program = program_of(source)
    before = program.start().evaluate("answer()")
    with pytest.raises(CannotSwapError):
        swap(program, source, qualified, source.replace("1000", "2"))
    assert program.start().evaluate("answer()") == before


def test_a_change_that_closes_over_more_is_refused():
    source = "class Net:\n    def f(self):\n        return 1000\nanswer = lambda: Net().f()\n"
    with pytest.raises(CannotSwapError):
        swap(program_of(source), source, "Net.f", source.replace("1000", "__class__"))


def test_a_change_that_does_not_parse():
    source = "def f(x):\n    return 1000\n"
    with pytest.raises(SyntaxError):
        swap(program_of(source), source, "f", source.replace("1000", "(("))


def test_errors_in_swapped_code_leave_the_program_as_it_was():
    source = KINDS["a method"][1]
    program = program_of(source)
    restore = swap(program, source, "Net.f", source.replace("1000", "missing"))
    with pytest.raises(Exception, match="missing"):
        program.start().evaluate("answer()")
    restore()
    assert program.start().evaluate("answer()") == 1006


def candidate(source, old, new, function):
    start = source.index(old)
    return Candidate((Splice(start, start + len(old), new),), "test", 1.0, function)


def bench_of(lab):
    return Bench("net.py", SourceMap(lab.source), lab.truth, lab.influence.specified)


def test_a_bench_runs_the_program_with_a_change_and_without():
    lab = specimen_lab("GC101")
    bench = bench_of(lab)
    fix = candidate(lab.source, "delta2 -= 1", "delta2[np.arange(n), y] -= 1", "Classifier.backward")
    assert grade(bench.run(None), lab.truth).right == frozenset()
    assert grade(bench.run(fix), lab.truth).total == 1.0
    assert grade(bench.run(None), lab.truth).right == frozenset()
    assert bench.runs == 3


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("return data_loss + penalty", "return data_loss", "Classifier.loss"),
        ("self.h1 = np.tanh(self.z1)", "self.h1 = self.z1", "Classifier.forward"),
        ("self.h1 = np.tanh(self.z1)", "self.h1 = self.z1", ""),
        (
            "n = len(y)\n        p = self.forward(X)\n        delta2",
            "n = missing\n        delta2",
            "Classifier.backward",
        ),
        ("delta2 /= n", "delta2 /= (", "Classifier.backward"),
        ("delta2 /= n", "while n: pass", "Classifier.backward"),
    ],
    ids=["the loss", "the forward pass", "in several functions", "it raises", "no Python", "it never ends"],
)
def test_a_change_of_the_loss_or_one_that_cannot_run_gives_no_gradient(old, new, function, monkeypatch):
    monkeypatch.setattr("gradcheck.repair.bench.PATIENCE", 0.3)
    lab = specimen_lab("GC101")
    bench = bench_of(lab)
    assert bench.run(candidate(lab.source, old, new, function)) is None
    assert bench.run(None) is not None


def test_a_nested_function_is_changed_by_loading_the_module_again():
    source = dedent("""
        import numpy as np
        w = np.array([1.0, 2.0, 3.0])
        def slope():
            def part(v):
                return 3 * v
            return part(w)
    """)
    lab = lab_of(source, loss="float(m.w @ m.w)", params={"w": "m.w"}, grads=Grads("g = slope()", {"w": "g"}))
    fix = candidate(lab.source, "3 * v", "2 * v", "slope")
    assert grade(bench_of(lab).run(fix), lab.truth).total == 1.0


@pytest.mark.parametrize("indent", ["", "    "])
def test_swapped_code_keeps_the_lines_of_the_file(indent):
    code = compile_function(
        f"{indent}def f(x):\n{indent}    y = x\n{indent}    return y\n", "f", "net.py", 41
    )
    assert {line for _, _, line in code.co_lines()} == {41, 42, 43}
