"""Scripts in common styles are wired from the file alone, and a right gradient is seen to be right."""

from pathlib import Path

import pytest
from discovered import NETWORKS, worst_disagreement

from gradcheck.subject import discover_wiring, resolve_target, to_toml


def found(name, **options):
    return discover_wiring(resolve_target(NETWORKS / name), **options)


def test_a_trainer_that_draws_a_sample_is_handed_a_data_set_of_one():
    wiring = found("flowers_sgd.py")
    assert dict(wiring.params) == {"V": "net.V", "c": "net.c", "U": "net.U", "e": "net.e"}
    assert wiring.loss == "net.misfit(net.forward(inputs)[0], t)"
    assert wiring.step is not None
    assert (wiring.step.run, wiring.step.lr) == ("net.learn(1, inputs, t)", "net.pace")
    assert (wiring.inputs, wiring.labels, wiring.outputs) == ("inputs", "t", "net.forward(inputs)[0]")
    assert wiring.train == "net.learn(4000, X, kinds)"
    assert "inputs, t = X[36:37], kinds[36:37]" in wiring.setup


def test_what_was_understood_says_it_in_plain_words():
    wiring = found("flowers_sgd.py")
    assert wiring.understood == (
        "one update of Sorter.learn by `net.learn(1, inputs, t)`, rate net.pace = 0.05",
        "the loss is misfit, as `net.misfit(net.forward(inputs)[0], t)`",
        "the parameters are V, c, U, e",
        "both see one sample of 90, since an update does not see them all",
    )


def test_parameters_that_only_the_trainer_holds_are_brought_into_the_setup():
    wiring = found("tides_functions.py")
    assert wiring.grads is not None
    assert len(wiring.params) == 4
    assert wiring.loss.startswith("half_square(")
    assert wiring.grads.run.partition(" = ")[2].startswith("slopes(")


def test_plain_floats_that_are_globals_and_a_loss_that_nobody_calls():
    wiring = found("switches_globals.py")
    assert dict(wiring.params) == {"a": "m.a", "b": "m.b", "bias": "m.bias"}
    assert wiring.loss.startswith("squared_error(lamp(")
    assert wiring.step is not None
    assert wiring.step.lr == "m.pace"


def test_gradients_kept_beside_the_weights_of_a_network_that_a_function_makes():
    wiring = found("prices_minibatch.py")
    assert wiring.grads is not None
    assert wiring.grads.of["lower.w"] == "net.lower.grad_w"
    assert wiring.loss.startswith("net.loss(")


@pytest.mark.parametrize(
    "name", ["flowers_sgd.py", "tides_functions.py", "switches_globals.py", "prices_minibatch.py"]
)
def test_a_right_gradient_agrees_with_the_loss_that_was_found(name):
    wiring = found(name)
    assert worst_disagreement(NETWORKS / name, wiring) < 1e-6


def test_the_same_file_gives_the_same_wiring_twice():
    assert found("flowers_sgd.py") == found("flowers_sgd.py")


def test_the_wiring_is_text_that_a_person_can_edit(tmp_path):
    from gradcheck.subject import load_wiring

    wiring = found("prices_minibatch.py")
    path = tmp_path / "wiring.toml"
    path.write_text(to_toml(wiring), encoding="utf-8")
    again = load_wiring(path)
    assert (again.loss, dict(again.params), again.setup) == (wiring.loss, dict(wiring.params), wiring.setup)


def test_a_faulty_line_is_still_wired_and_seen_to_disagree(tmp_path):
    source = Path(NETWORKS / "flowers_sgd.py").read_text(encoding="utf-8")
    broken = tmp_path / "broken.py"
    broken.write_text(source.replace("d_out[0, kinds[pick]] -= 1", "d_out -= 1"), encoding="utf-8")
    wiring = discover_wiring(resolve_target(broken))
    assert wiring.loss == "net.misfit(net.forward(inputs)[0], t)"
    assert worst_disagreement(broken, wiring) > 0.1
