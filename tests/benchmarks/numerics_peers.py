"""How peers judge the gradient of a numpy loss, each with its own defaults; a peer that is not installed is left out.

Every peer is a function that takes a network and returns a judge, which takes a gradient and says whether the peer
rejects it. What does not depend on the gradient is measured once, before.
"""

# ruff: noqa: T201  # it prints which peers are missing

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from small_networks import Grads, Network

from gradcheck.numerics import Verdict, compare, numerical_gradient

Judge = Callable[[Grads], bool]
TEXTBOOK_STEP, TEXTBOOK_LIMIT = 1e-7, 2e-7
SCIPY_LIMIT = 1e-6
GENEROUS = (
    10  # times the error that a peer estimates for an entry; hundreds of entries are judged by it at once
)


def as_vector(arrays: Grads) -> np.ndarray:
    return np.concatenate([value.reshape(-1) for value in arrays.values()])


def as_params(net: Network, vector: np.ndarray) -> Grads:
    ends = np.cumsum([value.size for value in net.params.values()])[:-1]
    parts = np.split(np.asarray(vector), ends)
    return {name: part.reshape(net.params[name].shape) for name, part in zip(net.params, parts, strict=True)}


def flat_loss(net: Network) -> Callable[[np.ndarray], float]:
    return lambda vector: net.loss(as_params(net, vector))


def differences(net: Network, step: float) -> np.ndarray:
    """Central differences of a textbook loop."""
    loss, x = flat_loss(net), as_vector(net.params)
    slopes = np.empty(x.size)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + step
        plus = loss(x)
        x[i] = kept - step
        slopes[i] = (plus - loss(x)) / (2 * step)
        x[i] = kept
    return slopes


def gradcheck(net: Network) -> Judge:
    numerical = numerical_gradient(net.loss, net.params)
    return lambda grads: any(c.verdict is Verdict.FAIL for c in compare(grads, numerical).values())


def textbook(net: Network) -> Judge:
    """The relative distance of whole gradients, as courses teach it."""
    numerical = differences(net, TEXTBOOK_STEP)

    def judge(grads):
        a = as_vector(grads)
        total = np.linalg.norm(a) + np.linalg.norm(numerical)
        return bool(np.linalg.norm(a - numerical) > TEXTBOOK_LIMIT * total)

    return judge


def cs231n(net: Network) -> Judge:
    """Ten entries a parameter at step 1e-5, wrong above a relative error of 1e-2."""
    numerical = as_params(net, differences(net, 1e-5))
    rng = np.random.default_rng(0)
    chosen = {n: rng.choice(v.size, size=min(10, v.size), replace=False) for n, v in net.params.items()}

    def judge(grads):
        for name, which in chosen.items():
            a, n = grads[name].reshape(-1)[which], numerical[name].reshape(-1)[which]
            if (np.abs(a - n) > 1e-2 * np.maximum(np.abs(a) + np.abs(n), 1e-300)).any():
                return True
        return False

    return judge


def torch_judge(net: Network, *, fast: bool) -> Judge:
    import torch

    class Loss(torch.autograd.Function):
        grads: Grads

        @staticmethod
        def forward(_, *tensors):
            arrays = [tensor.detach().numpy() for tensor in tensors]
            return torch.tensor(net.loss(dict(zip(net.params, arrays, strict=True))), dtype=torch.float64)

        @staticmethod
        def backward(_, upstream):
            return tuple(upstream * torch.tensor(Loss.grads[name]) for name in net.params)

    inputs = tuple(torch.tensor(value, requires_grad=True) for value in net.params.values())

    def judge(grads):
        Loss.grads = grads
        return not torch.autograd.gradcheck(Loss.apply, inputs, fast_mode=fast, raise_exception=False)

    return judge


def torch_slow(net: Network) -> Judge:
    return torch_judge(net, fast=False)


def torch_fast(net: Network) -> Judge:
    return torch_judge(net, fast=True)


def jax_judge(net: Network) -> Judge:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", val=True)
    shape = jax.ShapeDtypeStruct((), np.float64)

    def judge(grads):
        def numpy_loss(p):
            return np.float64(net.loss({name: np.asarray(value) for name, value in p.items()}))

        @jax.custom_vjp
        def loss(p):
            return jax.pure_callback(numpy_loss, shape, p)

        loss.defvjp(
            lambda p: (loss(p), None),
            lambda _, upstream: ({name: upstream * value for name, value in grads.items()},),
        )
        try:
            check_grads(loss, (net.params,), order=1, modes=("rev",))
        except AssertionError:
            return True
        return False

    return judge


def autograd_judge(net: Network) -> Judge:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    plain = flat_loss(net)

    def judge(grads):
        loss = primitive(plain)
        gradient = as_vector(grads)
        defvjp(loss, lambda _, __: lambda upstream: upstream * gradient)
        np.random.seed(0)  # noqa: NPY002  # autograd draws its direction from numpy's global state
        try:
            check_grads(loss, modes=["rev"], order=1)(as_vector(net.params))
        except AssertionError:
            return True
        return False

    return judge


def scipy_check_grad(net: Network) -> Judge:
    from scipy.optimize import check_grad

    x, loss = as_vector(net.params), flat_loss(net)
    return lambda grads: check_grad(loss, lambda _: as_vector(grads), x) > SCIPY_LIMIT


def scipy_approx(net: Network) -> Judge:
    """Three-point differences and the rule that scipy's own tests of derivatives use."""
    from scipy.optimize._numdiff import approx_derivative

    numerical = approx_derivative(flat_loss(net), as_vector(net.params), method="3-point")

    def judge(grads):
        error = np.abs(as_vector(grads) - numerical) / np.maximum(1, np.abs(numerical))
        return bool(error.max() > SCIPY_LIMIT)

    return judge


def numdifftools_judge(net: Network) -> Judge:
    """Far outside its own estimate of the error."""
    import numdifftools

    found = numdifftools.Jacobian(flat_loss(net), full_output=True)(as_vector(net.params))
    numerical, error = found.estimate.reshape(-1), found.error_estimate.reshape(-1)
    return lambda grads: bool((np.abs(as_vector(grads) - numerical) > GENEROUS * error).any())


def jacobi_judge(net: Network) -> Judge:
    """Far outside its standard deviation."""
    from jacobi import jacobi

    numerical, error = jacobi(flat_loss(net), as_vector(net.params))
    return lambda grads: bool((np.abs(as_vector(grads) - numerical) > GENEROUS * error).any())


PEERS: dict[str, Callable[[Network], Judge]] = {
    "gradcheck": gradcheck,
    "textbook": textbook,
    "CS231n": cs231n,
    "torch slow": torch_slow,
    "torch fast": torch_fast,
    "jax": jax_judge,
    "autograd": autograd_judge,
    "check_grad": scipy_check_grad,
    "approx_der": scipy_approx,
    "numdifft.": numdifftools_judge,
    "jacobi": jacobi_judge,
}


def installed(net: Network, wanted: list[str]) -> list[str]:
    """The peers that can be imported; for the others the line that installs them is printed."""
    found = []
    for name in wanted:
        try:
            PEERS[name](net)({n: v.copy() for n, v in net.gradient(net.params).items()})
        except ImportError as error:
            print(f"{name} is left out ({error}): pip install 'gradcheck[peers]'")
        else:
            found.append(name)
    return found
