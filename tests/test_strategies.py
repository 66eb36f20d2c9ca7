"""The public strategies: what they draw fits, prints as code, and shrinks to what can be checked by hand."""

import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from gradcheck import reference as ref
from gradcheck import strategies
from gradcheck.strategies import batches, layers, networks, well_conditioned_arrays

SEVERAL = settings(max_examples=50, deadline=None)
UNSHRUNK = settings(max_examples=500, deadline=None, derandomize=True, phases=[Phase.generate])
BODIES = ["dense", "normalised", "images", "sequences", "tokens"]


def run(code):
    return eval(code, {"np": np, **vars(ref), **vars(strategies)})  # noqa: S307 - our own repr is under test


@SEVERAL
@given(data=st.data())
def test_networks_and_batches_fit_and_print_as_runnable_code(data):
    network = data.draw(networks(bodies=BODIES))
    batch = data.draw(batches(network))
    value = network.value(batch)
    assert np.isfinite(value)
    again, same = run(repr(network)), run(repr(batch))
    assert again.value(same) == value
    assert repr(again) == repr(network)


@SEVERAL
@given(case=layers())
def test_layers_fit_and_print_as_runnable_code(case):
    again = run(repr(case))
    h = case.layer.forward(case.parameters, case.x)["h"]
    np.testing.assert_array_equal(again.layer.forward(again.parameters, again.x)["h"], h)


def test_layers_of_every_kind_are_drawn():
    kinds = {kind for kind in vars(ref).values() if isinstance(kind, type) and issubclass(kind, ref.Layer)}
    # Chain and Transposed hold other layers, and are drawn by `networks` or built by hand.
    for kind in kinds - {ref.Layer, ref.Chain, ref.Transposed}:
        # A kind that is never drawn raises NoSuchExample.
        case = find(layers(), lambda case, kind=kind: isinstance(case.layer, kind), settings=UNSHRUNK)
        assert isinstance(case.layer, kind)


@SEVERAL
@given(array=well_conditioned_arrays((2, 3)))
def test_well_conditioned_arrays_are_exact_in_float32(array):
    assert array.shape == (2, 3)
    assert np.abs(array).max() <= 2
    np.testing.assert_array_equal(array.astype(np.float32), array)


@dataclass(frozen=True, slots=True)
class ForgetsTheSlope(ref.Dense):
    """BP2 without f'(z)."""

    def backward(self, p, x, cache, dh):
        return ref.Dense(self.inputs, self.outputs).backward(p, x, cache, dh)


@dataclass(frozen=True, slots=True)
class MeansTheBias(ref.Dense):
    """BP3 with the mean over the batch where the sum belongs."""

    def backward(self, p, x, cache, dh):
        pulled = ref.Dense.backward(self, p, x, cache, dh)
        return pulled | {"db": pulled["delta"].mean(axis=0)}


@dataclass(frozen=True, slots=True)
class ReshapesTheWeights(ref.Dense):
    """BP4 reshaped where it should be transposed."""

    def backward(self, p, x, cache, dh):
        pulled = ref.Dense.backward(self, p, x, cache, dh)
        return pulled | {"dW": (pulled["delta"].T @ x).reshape(self.inputs, self.outputs)}


@dataclass(frozen=True, slots=True)
class IgnoresTheLabel(ref.SoftmaxCrossEntropy):
    """delta = p where p - t belongs."""

    def delta(self, z, y):
        return ref.SoftmaxCrossEntropy.delta(self, z, y) + self.encode(z, y)


def planted(fault):
    """A network with the fault in each of its dense layers, or in its loss."""

    def plant(network):
        if issubclass(fault, ref.Loss):
            return replace(network, loss=fault(network.loss.reduction))
        return replace(
            network, layers=tuple(fault(a.inputs, a.outputs, a.activation) for a in network.layers)
        )

    losses = st.just(ref.SoftmaxCrossEntropy()) if issubclass(fault, ref.Loss) else None
    drawn = networks(smooth=True, layouts=["rows"], losses=losses, max_layers=2, max_units=3)
    return drawn.map(plant).flatmap(lambda network: st.tuples(st.just(network), batches(network)))


def disagrees(case):
    network, batch = case
    analytic, numerical = network.gradient(batch), network.numerical_gradient(batch)
    return any(
        (np.abs(g - numerical.values[name]) > numerical.bars[name] + 1e-9 * (1 + np.abs(g))).any()
        for name, g in analytic.items()
    )


SEARCH = settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(
    ("fault", "samples"),
    # A mean over one sample is the sum, so that fault needs two samples.
    [
        (IgnoresTheLabel, 1),
        (MeansTheBias, 2),
        pytest.param(ForgetsTheSlope, 1, marks=pytest.mark.slow),
        pytest.param(ReshapesTheWeights, 1, marks=pytest.mark.slow),
    ],
)
def test_a_planted_fault_shrinks_to_a_case_that_can_be_checked_by_hand(fault, samples):
    network, batch = find(planted(fault), disagrees, settings=SEARCH)
    assert batch.size == samples
    assert all(max(layer.inputs, layer.outputs) <= 2 for layer in network.layers)
    assert len(network.layers) == (2 if fault is ForgetsTheSlope else 1)
    numbers = [*network.parameters.values(), batch.x, batch.y]
    assert all((array == np.round(array)).all() for array in numbers), (network, batch)
    # What is printed fails in the same way when it is run.
    code = f"{network!r}, {batch!r}"
    scope = {"np": np, **vars(ref), fault.__name__: fault}
    assert disagrees(eval(code, scope))  # noqa: S307 - our own repr is under test


def test_nothing_is_found_in_a_correct_network():
    drawn = networks(smooth=True).flatmap(lambda network: st.tuples(st.just(network), batches(network)))
    with pytest.raises(NoSuchExample):
        find(drawn, disagrees, settings=settings(UNSHRUNK, max_examples=100))


def test_a_failing_example_prints_as_runnable_code(pytester):
    pytester.makepyfile(
        """
        from hypothesis import given, settings, strategies as st
        from gradcheck.strategies import batches, networks

        drawn = networks().flatmap(lambda network: st.tuples(st.just(network), batches(network)))

        @settings(derandomize=True, deadline=None, database=None)
        @given(drawn)
        def test_small(case):
            assert case[1].size < 2
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["*Network(layers=(Dense(inputs=1, outputs=1, activation=Identity()),),*"])
    result.stdout.fnmatch_lines(["*Batch(x=np.array(*"])


def test_without_hypothesis_the_install_line_is_shown():
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "try:\n    import gradcheck.strategies\n"
        "except ImportError as error:\n    print(type(error).__name__, error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[0].startswith("MissingExtraError")
    assert "pip install 'gradcheck[hypothesis]'" in ran.stdout
