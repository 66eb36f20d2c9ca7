"""The networks that faults are put into are correct, and train."""

import faults_driver as driver
import pytest

from gradcheck.faults import bases

BASES = [base for base in vars(bases).values() if isinstance(base, bases.Base)]
EVERY_BASE = pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)


@EVERY_BASE
def test_the_gradient_is_that_of_the_loss(base):
    errors = driver.gradient_errors(base.source(), base.wiring)
    assert max(errors.values()) < driver.AGREES


@EVERY_BASE
def test_every_parameter_has_a_gradient_to_speak_of(base):
    gradients = driver.exposed_gradients(base.source(), base.wiring)
    assert set(gradients) == set(base.wiring.params)
    assert all(abs(gradient).max() > 1e-4 for gradient in gradients.values())


@EVERY_BASE
def test_its_own_training_call_lowers_the_loss(base):
    scope = driver.start(base.source(), base.wiring)
    with driver.quiet():
        before = float(driver.value(base.wiring.loss, scope))
        driver.execute(base.wiring.train, scope)
        after = float(driver.value(base.wiring.loss, scope))
    assert after < 0.8 * before


@EVERY_BASE
def test_inputs_labels_and_outputs_belong_together(base):
    scope = driver.start(base.source(), base.wiring)
    inputs, outputs = driver.value(base.wiring.inputs, scope), driver.value(base.wiring.outputs, scope)
    assert set(inputs.shape) & set(outputs.shape), "no axis of samples in common"
    assert driver.value(base.wiring.labels, scope) is not None


@EVERY_BASE
def test_the_file_runs_as_a_script(base):
    assert "->" in driver.run_main(base.source())
