"""Drives a specimen by its wiring and compares its gradient with plain central differences.

Written for these tests alone and independent of the package's own numerics: the two must not share a mistake.
"""

import contextlib
import io
import types
import warnings

import numpy as np

AGREES = 1e-6  # relative error of a gradient that is right
DISAGREES = 1e-3  # a wrong one is at least this far off; what lies between is a badly chosen specimen
STEP = 1e-5


@contextlib.contextmanager
def quiet():
    """No prints, no warnings: broken programs overflow and divide by zero as a matter of course."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def execute(code, scope):
    """Run statements of a specimen."""
    exec(code, scope)  # noqa: S102 - the catalogue's own programs, which are there to be run


def value(expression, scope):
    """What an expression of a specimen gives."""
    return eval(expression, scope)  # noqa: S307 - as above


def load(source):
    """The scope of the program after it has run: its globals, numpy, and the module itself as `m`."""
    module = types.ModuleType("specimen")
    np.random.seed(0)  # noqa: NPY002 - some specimens draw from the global generator
    with quiet():
        execute(compile(source, "specimen.py", "exec"), module.__dict__)
    return dict(module.__dict__, np=np, m=module)


def start(source, wiring):
    """The scope after the program and the wiring's setup have run."""
    scope = load(source)
    with quiet():
        execute(wiring.setup, scope)
    return scope


def run_main(source):
    """What the program prints when it is run as a script."""
    printed = io.StringIO()
    with quiet(), contextlib.redirect_stdout(printed):
        execute(compile(source, "specimen.py", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def exposed_gradients(source, wiring):
    """Parameter -> the gradient the program uses, returned by it or recovered from one update."""
    scope = start(source, wiring)
    before = {name: np.array(value(of, scope), dtype=float) for name, of in wiring.params.items()}
    with quiet():
        execute(wiring.run, scope)
    if wiring.grads is not None:
        return {name: np.array(value(of, scope), dtype=float) for name, of in wiring.grads.of.items()}
    lr = value(wiring.step.lr, scope)
    return {
        name: (weights - np.array(value(wiring.params[name], scope), dtype=float)) / lr
        for name, weights in before.items()
    }


def central_differences(source, wiring):
    """Parameter -> numerical gradient of the program's own loss."""
    scope = start(source, wiring)
    numerical = {}
    with quiet():
        for name, expression in wiring.params.items():
            weights = np.array(value(expression, scope), dtype=float)

            def loss(perturbed, expression=expression):
                scope["perturbed"] = perturbed
                execute(f"{expression} = perturbed", scope)
                return float(value(wiring.loss, scope))

            gradient = np.zeros_like(weights)
            for index in np.ndindex(weights.shape):
                up, down = weights.copy(), weights.copy()
                up[index] += STEP
                down[index] -= STEP
                gradient[index] = (loss(up) - loss(down)) / (2 * STEP)
            loss(weights.copy())
            numerical[name] = gradient
    return numerical


def gradient_errors(source, wiring):
    """Parameter -> relative error ||a - n|| / (||a|| + ||n||), infinite where the shapes differ."""
    analytic, numerical = exposed_gradients(source, wiring), central_differences(source, wiring)
    errors = {}
    for name, n in numerical.items():
        a = analytic[name]
        if a.shape != n.shape or not (np.isfinite(a).all() and np.isfinite(n).all()):
            errors[name] = np.inf
            continue
        scale = np.linalg.norm(a) + np.linalg.norm(n)
        errors[name] = 0.0 if scale < 1e-9 else float(np.linalg.norm(a - n) / scale)
    return errors


def shows(source, wiring, symptom):
    """Whether the symptom's expression holds of the program."""
    scope = start(source, wiring)
    with quiet():
        execute(symptom.run, scope)
        return bool(value(symptom.holds, scope))
