"""The user's file as a program that can be started afresh, set to any point, and asked for its loss and gradient.

Everything here runs inside the worker process, never in gradcheck's own.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import WiringError
from gradcheck.subject.copying import copy_state
from gradcheck.subject.loading import CODE, load_module, running
from gradcheck.subject.randomness import Randomness, seed_everything
from gradcheck.subject.slots import Scope, Slot, as_numbers
from gradcheck.subject.wiring import Wiring

Values = dict[str, NDArray[np.float64]]


class Program:
    """A source file with a wiring, loaded once; `start` gives a fresh network as often as one likes.

    Args:
        path: the user's file, for messages, `__file__` and imports of neighbours.
        source: its text, perhaps edited.
        wiring: how to drive it.
        seed: seeds the global generators before the module and before the setup are run.
        code: what to execute in place of the compiled source, such as an instrumented form of it.
        hooks: names that `code` expects among the module's globals.

    Raises:
        SubjectError: when the module itself raises.
    """

    def __init__(
        self,
        path: str,
        source: str,
        wiring: Wiring,
        *,
        seed: int = 0,
        code: types.CodeType | None = None,
        hooks: Mapping[str, Any] | None = None,
    ) -> None:
        self.path = path
        self.source = source
        self.wiring = wiring
        self.seed = seed
        self.module = load_module(
            path, source, seed=seed, code=code, hooks=hooks, until=wiring.until, given=wiring.given
        )
        self._pristine = _data_of(self.module) if wiring.given is None else {}
        self._slots = [Slot(name, expression) for name, expression in wiring.params.items()]
        self._frozen: tuple[dict[str, Any], dict[str, Any], Randomness] | None = None
        self._setup = _compile("setup", wiring.setup, "exec")
        self._loss = _compile("loss", wiring.loss, "eval")
        self._run = _compile("step.run" if wiring.step else "grads.run", wiring.run, "exec")
        self._lr = _compile("step.lr", wiring.step.lr, "eval") if wiring.step else None
        of = wiring.grads.of if wiring.grads else {}
        self._of = {name: _compile(f"grads.of.{name}", text, "eval") for name, text in of.items()}

    def start(self) -> Live:
        """A fresh network: module globals as after loading, generators seeded, the setup run.

        Raises:
            SubjectError: when the setup raises.
        """
        if self._frozen is not None:
            scope, data, randomness = copy_state(self._frozen, self._frozen[:2])
            self.module.__dict__.update(data)
            return Live(self, _Scope(self.module, scope), randomness)
        if self.wiring.given is not None:  # what it shares may hide in closures, which copies would not share
            self.wiring.given.fill(self.module, self.module.__dict__[CODE])
        else:
            self.module.__dict__.update(copy_state(self._pristine, (self._pristine,)))
        seed_everything(self.seed)
        scope = _Scope(self.module, {})
        with running("the wiring's setup"):
            exec(self._setup, scope)  # noqa: S102 -- a wiring is code by definition
        return Live(self, scope, Randomness([scope, self.module.__dict__]))

    def freeze(self) -> bool:
        """Let `start` copy the state after the setup rather than run the setup again, where that is the same.

        It is not the same where state hides in closures, say, which copies share. So it is tried, twice over:
        loss and gradient from copies must equal, bit for bit, those after the setup.

        Returns:
            Whether `start` copies from now on.
        """
        if self.wiring.given is not None:
            return False
        try:
            expected = self._answers()
            live = self.start()
            data = {name: self.module.__dict__[name] for name in self._pristine}
            state = (dict(live.scope), data, live.randomness)
            self._frozen = copy_state(state, state[:2])
            if all(_same(self._answers(), expected) for _ in range(2)):
                return True
        except Exception:  # noqa: BLE001 -- whatever cannot be copied is set up anew each time
            self._frozen = None
            return False
        self._frozen = None
        return False

    def _answers(self) -> Values:
        live = self.start()
        loss = live.loss()
        return {"": np.array(loss), **self.start().gradient()}


class Live:
    """A network that has been set up. Loss and gradient replay the same random numbers each time.

    Args:
        program: what it was started from.
        scope: the namespace of the wiring.
        randomness: the state of the random generators after the setup.
    """

    def __init__(self, program: Program, scope: Scope, randomness: Randomness) -> None:
        self.program = program
        self.scope = scope
        self.randomness = randomness
        self.evaluations = 0
        self._loss_draws = True

    def parameters(self) -> Values:
        """Copies of all parameters, float64."""
        with running("reading the parameters"):
            return {slot.name: slot.read(self.scope) for slot in self.program._slots}  # noqa: SLF001 -- one unit

    def object(self, name: str) -> Any:
        """The user's own object that holds a parameter, not a copy."""
        slot = next(slot for slot in self.program._slots if slot.name == name)  # noqa: SLF001 -- one unit
        return slot.object(self.scope)

    def set(self, values: Mapping[str, NDArray[Any]]) -> None:
        """Write the named parameters, in place where the user's objects allow it."""
        for slot in self.program._slots:  # noqa: SLF001 -- one unit
            if slot.name in values:
                slot.write(self.scope, np.asarray(values[slot.name]))

    def loss(self) -> float:
        """The loss at the present parameters.

        Raises:
            SubjectError: when the user's code raises.
            WiringError: when the expression is no single number.
        """
        if self._loss_draws:
            self.randomness.restore()
        with running("the loss"):
            value = eval(self.program._loss, self.scope)  # noqa: S307, SLF001 -- as above
        if not self.evaluations:  # restoring costs more than a small loss: keep to it only where it is needed
            self._loss_draws = self.randomness.moved()
        self.evaluations += 1
        return _number(value, "loss")

    def gradient(self) -> Values:
        """The gradient the code uses, by parameter, each of the shape the code gave it.

        The network is not fit for another call afterwards: the user's code may have updated or overwritten anything.

        Raises:
            SubjectError: when the user's code raises.
            WiringError: when a gradient is not made of numbers.
        """
        self.randomness.restore()
        program = self.program
        before = self.parameters() if program.wiring.step else {}
        with running("the gradient" if program.wiring.grads else "the update"):
            exec(program._run, self.scope)  # noqa: S102, SLF001 -- as above
            if program._lr is None:  # noqa: SLF001 -- as above
                of = program._of  # noqa: SLF001 -- as above
                return {name: as_numbers(eval(code, self.scope), name) for name, code in of.items()}  # noqa: S307
            rate = _number(eval(program._lr, self.scope), "step.lr")  # noqa: S307, SLF001 -- as above
        if rate == 0.0:
            raise WiringError(
                "step.lr is 0, so the update shows no gradient", hint="give a rate that is not zero"
            )
        after = self.parameters()
        for name, value in before.items():
            if after[name].shape != value.shape:
                raise WiringError(
                    f"{name}: the update changed its shape from {value.shape} to {after[name].shape}",
                    hint="look for a broadcast in the update, such as (1, n) minus (n, 1)",
                )
        return {name: (before[name] - after[name]) / rate for name in before}

    def evaluate(self, expression: str) -> Any:
        """Any expression in the wiring's scope, with the random numbers replayed."""
        self.randomness.restore()
        with running(f"{expression!r}"):
            return eval(expression, self.scope)  # noqa: S307 -- as above

    def execute(self, statements: str) -> None:
        """Any statements in the wiring's scope, with the random numbers replayed."""
        self.randomness.restore()
        with running("the wiring"):
            exec(statements, self.scope)  # noqa: S102 -- as above


class _Scope(dict[str, Any]):
    """The wiring's namespace: its own names first, then `m` and `np`, then the module's globals as they stand."""

    def __init__(self, module: types.ModuleType, names: Mapping[str, Any]) -> None:
        super().__init__(names, m=module, np=np)
        self._module = module

    def __missing__(self, name: str) -> Any:
        return self._module.__dict__[name]


def _same(one: Values, other: Values) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k], equal_nan=True) for k in one)


def _data_of(module: types.ModuleType) -> dict[str, Any]:
    """Deep copies of the module's own data, with their aliasing; code and imported modules are left alone."""
    data = {
        name: value
        for name, value in module.__dict__.items()
        if not name.startswith("__")
        and not isinstance(value, types.ModuleType | type)
        and not callable(value)
    }
    try:
        return copy_state(data, (data,))
    except Exception:  # noqa: BLE001 -- open files, locks and the like cannot be copied: copy what can be
        return {name: kept for name, value in data.items() if (kept := _copied(value)) is not None}


def _copied(value: Any) -> Any:
    try:
        return copy_state(value, ())
    except Exception:  # noqa: BLE001 -- as above
        return None


def _compile(what: str, text: str, mode: str) -> types.CodeType:
    try:
        return compile(text, f"<wiring: {what}>", mode)
    except SyntaxError as problem:
        raise WiringError(
            f"{what}: {text!r} is not valid Python ({problem.msg})",
            hint="it is run in your module's namespace; write it as you would there",
        ) from problem


def _number(value: Any, what: str) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biufcO":
        came = f"an array of shape {array.shape}" if array.size != 1 else f"{type(value).__name__}"
        raise WiringError(
            f"{what}: expected a single number, but {came} came",
            hint="reduce it, for example with np.mean(...) or [0]",
        )
    number = array.reshape(()).item()
    return number if isinstance(number, complex) else float(number)  # type: ignore[return-value] # complex step
