"""The stage: a scene with few samples, as a setup that a program can be started from."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.subject.discover.leaves import is_order
from gradcheck.subject.discover.moments import Held, Moment
from gradcheck.subject.discover.phrases import Phrases
from gradcheck.subject.discover.samples import Samples, Table
from gradcheck.subject.discover.scene import Scene
from gradcheck.subject.program import Live, Program
from gradcheck.subject.statements import assigned, pass_line
from gradcheck.subject.wiring import Grads, Step, Wiring

HOLDER = "at"
IMPORT = "from gradcheck.subject.inside import Inside"


@dataclass(eq=False)
class Stage:
    """A scene with few samples.

    Attributes:
        scene: where training begins.
        samples: the data set there, where one was found.
        at: the slice of samples that is used; empty for all.
        seed: what generators start from.
        extra: statements added to the setup, such as what names the first item of a loop.
        keep: names of samples to define; None for all of them.
        batch: table -> the expression of the few samples of it.
    """

    scene: Scene
    samples: Samples | None
    at: str
    seed: int
    extra: tuple[str, ...] = ()
    keep: frozenset[str] | None = None
    batch: dict[Table, str] = field(init=False)

    def __post_init__(self) -> None:
        self.batch = {}
        self._lines: list[str] = []
        if self.scene.held:
            self._hold()
        if self.samples is not None:
            self._cut(self.samples)
        if exported := self.scene.exported:
            named = {ast.unparse(t.node): said for t, said in self.batch.items()}
            values = [named.get(name, name) for name in exported]
            self._lines.append(f"{', '.join(f'm.{n}' for n in exported)} = {', '.join(values)}")
        if self.scene.entry:
            phrases = self.phrases()
            run = self.scene.training.run
            for statement, call in self.scene.entry:
                names = run.names if call is run.call else self.scene.names
                self._lines.append(phrases.statement(statement, Moment(call, names, statement.lineno), set()))

    @property
    def sees_all(self) -> bool:
        """Whether it holds all samples that it may: an update that draws from them gets a stage of one."""
        return self.samples is not None and self.at in {"", self.samples.few()}

    @property
    def setup(self) -> str:
        """The statements."""
        return "\n".join([*self.scene.setup, *self._lines, *self.extra])

    def start(self) -> Live:
        """A fresh network.

        Raises:
            SubjectError: when the module or the setup raises.
        """
        return self.program(self.wiring(loss="0.0", params={}, grads=Grads("pass", {}))).start()

    def program(self, wiring: Wiring) -> Program:
        """The file with a wiring."""
        script = self.scene.script
        return Program(script.path, script.source, wiring, seed=self.seed)

    def wiring(
        self, *, loss: str, params: Mapping[str, str], grads: Grads | None = None, step: Step | None = None
    ) -> Wiring:
        """A wiring with this setup."""
        return Wiring(
            loss=loss,
            params=dict(params),
            setup=self.setup,
            grads=grads,
            step=step,
            until=self.scene.until,
            given=self.scene.script.given,
        )

    def phrases(self) -> Phrases:
        """The words of this setup for what was seen when the whole script ran."""
        scene = self.scene
        watch = scene.training.watch
        names: dict[str, Any] = {
            said: table.value for table, said in self.batch.items() if said.isidentifier()
        }
        names |= {name: value for name, value in scene.names.items() if name not in names}
        states = scene.training.run.states
        phrases = Phrases(
            watch.sources,
            names,
            scene.training.module,
            base={call.number for call in scene.inlined},
            renamed=scene.renamed,
            sites=scene.sites,
            aliases={ast.unparse(table.node): said for table, said in self.batch.items()},
            held=self.holding,
            order=self._order(),
            fresh={id(held[0]) for held in states[0].objects.values()} if states else None,
        )
        phrases.learn(watch.calls)
        return phrases

    @property
    def holding(self) -> Held | None:
        """The function that is held at its loop, where the scene holds one."""
        run = self.scene.training.run
        key = (run.call.code.co_firstlineno, run.call.code.co_name)
        return Held(key, HOLDER, frozenset(run.names), pass_line(run.loop)) if self.scene.held else None

    def _order(self) -> str:
        """The places of the few samples, in their own order."""
        for table, said in self.batch.items():
            return f"np.arange({f'len({said})' if table.axis == 0 else f'{said}.shape[-1]'})"
        return ""

    def _hold(self) -> None:
        """Call what leads to the loop, and stay where it begins."""
        scene = self.scene
        run = scene.training.run
        call = run.call.chain[scene.depth]
        said = self.phrases().call(call)
        script = scene.script
        line = script.first_line(run.loop)
        function = script.functions.get((run.call.code.co_firstlineno, run.call.code.co_name), run.loop)
        inside = {id(node) for node in ast.walk(function)}
        alike = [n for n in sorted(script.loops) if id(script.loops[n]) in inside]
        nth = [n for n in alike if script.first_line(script.loops[n]) == line].index(run.loop.lineno)
        where = f"{run.call.code.co_name!r}, {line!r}" + (f", {nth}" if nth else "")
        self._lines += [IMPORT, f"{HOLDER} = Inside(lambda: {said}, {where})"]

    def _cut(self, samples: Samples) -> None:
        scene = self.scene
        if scene.held and self.at:
            self.batch = {table: f"{HOLDER}.{table.name}" for table in samples.tables}
            parts = [f"{said}{table.index(self.at)}" for table, said in self.batch.items()]
            self._lines.append(f"{', '.join(self.batch.values())} = {', '.join(parts)}")
            orders = [
                n for n, v in scene.training.run.names.items() if is_order(v) and len(v) == samples.count
            ]
            self._lines += [f"{HOLDER}.{name} = {self._order()}" for name in orders]
            return
        taken = set(scene.names) | scene.made | assigned(scene.training.run.loop)
        names: list[tuple[str, str]] = []
        for table in samples.tables:
            text = ast.unparse(table.node)
            if not self.at and not isinstance(table.node, ast.List | ast.Tuple):
                self.batch[table] = f"{HOLDER}.{text}" if scene.held else text
                continue
            part = (
                f"({text})"
                if not isinstance(table.node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
                else text
            )
            if isinstance(table.node, ast.Name) and table.shared and table.node.id not in scene.made:
                self.batch[table] = text
                names.append((f"m.{text}", f"m.{text}{table.index(self.at)}"))
                continue
            wanted = ("t", "y", "labels") if table.is_label else ("x", "inputs")
            said = next((n for n in wanted if n not in taken), None) or f"{_word(table.name)}_few"
            taken.add(said)
            self.batch[table] = said
            if self.keep is None or said in self.keep:
                names.append((said, part + table.index(self.at) if self.at else text))
        if names:
            self._lines.append(f"{', '.join(n for n, _ in names)} = {', '.join(v for _, v in names)}")


def _word(name: str) -> str:
    return name if name.isidentifier() else "data"
