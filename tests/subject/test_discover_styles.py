"""Networks in styles far apart are wired from the file alone, and their right gradients are seen to be right."""

import pytest
from discovered import NETWORKS, worst_disagreement

from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.lab import open_lab
from gradcheck.subject import discover_wiring, resolve_target

STYLES = {
    "engine_values.py": {"weights[0].data", "weights[1].data", "weights[2].data"},
    "einsum_network.py": {"model.theta['A']", "model.theta['B']"},
    "closures.py": {"params[0][0]", "params[0][1]", "params[1][0]", "params[1][1]"},
    "generator_trainer.py": {"curve.coefficients"},
    "dataclass_parameters.py": {"w.hidden", "w.hidden_bias", "w.out", "w.out_bias"},
    "structured_array.py": {"theta['w']", "theta['b']", "theta['v']", "theta['c']"},
    "word_vectors.py": {"model.centre", "model.context"},
    "reinforce_policy.py": {"policy.logits"},
    "eleven_lines.py": {"m.lower", "m.upper"},
    "all_in_main.py": {"at.W", "at.b", "at.V", "at.c"},
    "accuracy_only.py": {"net.W1", "net.b1", "net.W2", "net.b2"},
    "pairs_minibatch.py": {f"net.layers[{i}][{j}]" for i in range(2) for j in range(2)},
    "neuron_dicts.py": {f"net[{i}][{j}]['weights']" for i, n in ((0, 3), (1, 2)) for j in range(n)},
    "endless_module.py": {"m.U", "m.R", "m.V"},
    "nothing_runs.py": {"net.W", "net.b"},
    "zero_start.py": {"model.inner", "model.shift", "model.outer", "model.base"},
    "votes_functional.py": {"w", "b"},
    "margins_lazy.py": {"machine.weights"},
    "marks_layers.py": {"stamp.marks", "vote.weights", "vote.shift"},
    "counted_noise.py": {"weights['in']", "weights['out']", "weights['shift']"},
    "whole_weights.py": {"weights"},
    "drawn_batches.py": {"theta['look']", "theta['mix']", "theta['say']"},
    "shuffled_script.py": {"p['W1']", "p['b1']", "p['W2']", "p['b2']"},
    "quadrants.ipynb": {"W1", "b1", "W2", "b2"},
    "surface/fit.py": {
        f"{layer}.{own}" for layer in ("net.first", "net.second") for own in ("weight", "bias")
    },
}


@pytest.fixture(scope="module")
def wirings():
    found = {}

    def wiring_of(name):
        if name not in found:
            found[name] = discover_wiring(resolve_target(NETWORKS / name))
        return found[name]

    return wiring_of


@pytest.mark.parametrize("name", STYLES)
def test_the_parameters_are_those_that_training_changes(wirings, name):
    found = {expression.removeprefix("m.") for expression in wirings(name).params.values()}
    assert found == {expression.removeprefix("m.") for expression in STYLES[name]}


@pytest.mark.parametrize("name", STYLES)
def test_loss_and_gradient_belong_together(wirings, name):
    assert worst_disagreement(NETWORKS / name, wirings(name)) < 1e-6


def test_a_call_that_hands_its_argument_back_does_not_say_what_that_is(wirings):
    assert wirings("shuffled_script.py").loss.count("forward(") <= 2


def test_a_sample_is_followed_wherever_an_order_puts_it(wirings):
    path = NETWORKS / "shuffled_script.py"
    wiring = wirings("shuffled_script.py")
    lab = open_lab(str(path), path.read_text(encoding="utf-8"), wiring, 0)
    assert "order" in wiring.outputs
    assert coupling_audit(lab).facts["couplings"] == []


def test_code_without_a_loss_has_the_one_that_its_gradient_implies(wirings):
    wiring = wirings("accuracy_only.py")
    assert "np.log(net.forward(x))" in wiring.loss
    assert any("implied: cross-entropy, per sample" in sentence for sentence in wiring.understood)


def test_what_is_printed_is_not_taken_for_the_loss_that_is_trained(wirings):
    wiring = wirings("eleven_lines.py")
    assert "np.abs" not in wiring.loss
    assert any("implied: half squared error, summed" in sentence for sentence in wiring.understood)


def test_a_script_without_main_block_is_loaded_only_up_to_its_training(wirings):
    assert wirings("eleven_lines.py").until == "for turn in range(40000):"


def test_a_generator_is_asked_for_one_step(wirings):
    wiring = wirings("generator_trainer.py")
    assert wiring.step is not None
    assert wiring.step.run == "next(training(curve, inputs, t, 0.2))"


def test_an_episode_that_moves_nothing_is_drawn_again(wirings):
    assert "np.random.seed(1)" in wirings("reinforce_policy.py").setup


def test_a_class_that_nothing_uses_is_made_from_its_signature_and_that_is_said(wirings):
    wiring = wirings("nothing_runs.py")
    assert "net = SoftmaxRegression()" in wiring.setup
    assert "size=(12, 6)" in wiring.setup
    assert any("made up" in sentence for sentence in wiring.understood)


def test_adaptive_steps_do_not_hide_the_gradient_that_a_function_returns(wirings):
    wiring = wirings("endless_module.py")
    assert wiring.grads is not None
    assert "song(" in wiring.grads.run
