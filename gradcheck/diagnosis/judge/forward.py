"""Faults of the forward pass and of the loss itself, each from what its experiment saw; one row of the table each."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.parts import figure
from gradcheck.diagnosis.judge.rows import Fact, Row, always, told
from gradcheck.findings import Evidence, Finding
from gradcheck.repair.mended import Mended

COUPLED = {"axis": "softmax-axis", "whole": "softmax-whole-batch", "input": "batch-leak"}
COUPLED_MESSAGES = {
    "axis": "{text} sums to 1 over the samples, and not over the classes of each",
    "whole": "{text} sums to 1 over the whole batch, and not over the classes of each sample",
    "input": "{text} gives a sample another input for every batch that it comes in",
}


def forward(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """The findings of the table below."""
    return told(TABLE, evidence, mended)


def _otherwise(evidence: Evidence) -> bool:
    """Whether outputs sum to no 1 because a softmax sums over something else, or because they are clipped."""
    if evidence.fact("clamp_audit", "clamped", []):
        return True
    return any(fact["kind"] in {"axis", "whole"} for fact in evidence.fact("coupling_audit", "couplings", []))


def _unreachable(fact: Fact) -> str:
    return (
        f"with parameters of every size the outputs stay in [{figure(fact['low'])}, {figure(fact['high'])}]; "
        f"the targets lie in [{figure(fact['least'])}, {figure(fact['most'])}]"
    )


def _taken(fact: Fact) -> str:
    """Where the second logarithm is; nothing where that is not known."""
    return f"; line {fact['line']} takes {fact['text']}" if fact["line"] else ""


def _goes(fact: Fact) -> str:
    """How a loss of the wrong sign follows its measure."""
    measure = f"the {fact['kind']} of outputs and labels"
    if fact["correlation"] == -1.0:
        return f"is exactly {figure(fact['coefficient'])} times {measure}"
    return f"falls where {measure} rises (correlation {fact['correlation']:.3f})"


def _on_condition(fact: Fact) -> str:
    """The condition that would keep the mask off; nothing where there is none."""
    return f"; it depends on {fact['guard']}" if fact["guard"] else ""


TABLE = (
    Row(
        "coupling_audit",
        "couplings",
        lambda fact: COUPLED[fact["kind"]],
        lambda fact, _names: COUPLED_MESSAGES[fact["kind"]].format(text=fact["text"]),
        lambda fact: (
            f"with the first of {fact['samples']} samples changed and nothing else, outputs of the others change by "
            f"{figure(fact['change'])} of the largest output; line {fact['line']} is where they first meet"
        ),
        "sum over the classes of one sample, with keepdims=True; take statistics of inputs once, and keep them",
        0.95,
    ),
    Row(
        "softmax_twice",
        "twice",
        always("double-softmax"),
        lambda fact, _names: f"{fact['text']} is the softmax of probabilities",
        lambda fact: (
            "what goes in lies between 0 and 1 and sums to 1 already, so no output can leave "
            f"[{figure(fact['low'])}, {figure(fact['high'])}]"
        ),
        "give the softmax logits, and the loss the outputs of one softmax",
        0.95,
    ),
    Row(
        "target_audit",
        "binary",
        always("binary-loss-for-classes"),
        lambda fact, _names: f"a binary cross-entropy judges the {fact['classes']} outputs of a softmax",
        lambda fact: (
            "for every choice of inputs and labels the loss is that of y log p + (1 - y) log(1 - p), summed over "
            f"the classes{_taken(fact)}"
        ),
        "L = -Σ y log p alone; both terms belong to independent outputs, one sigmoid each",
        0.95,
    ),
    Row(
        "target_audit",
        "unnormalised",
        always("missing-softmax"),
        lambda _fact, _names: "the cross-entropy takes outputs that do not sum to 1",
        lambda fact: (
            "for every choice of inputs and labels the loss is -log of the label's output, and the outputs of one "
            f"sample sum to {figure(fact['sum'])}"
        ),
        "p = exp(z) / Σ exp(z), the sum over the classes",
        0.95,
        unless=_otherwise,
    ),
    Row(
        "normalising_audit",
        "logarithms",
        always("missing-softmax"),
        lambda fact, _names: (
            f"the loss takes {fact['text']} for logarithms of probabilities, and they are of none that sum to 1"
        ),
        lambda _fact: "with log Σ exp over the classes taken off it, the gradient is right as it stands",
        "log p = z - log Σ exp(z), the sum over the classes",
        0.95,
    ),
    Row(
        "target_audit",
        "unreachable",
        always("wrong-output-activation"),
        lambda fact, _names: f"{fact['text']} keeps the outputs from some of the targets",
        _unreachable,
        "outputs p = z for targets of any size; their delta is then p - y, with no derivative of an activation",
        0.95,
    ),
    Row(
        "target_audit",
        "improper",
        always("wrong-output-activation"),
        lambda fact, _names: (
            f"{fact['text']} gives outputs below 0 or above 1, and the loss takes their logarithms"
        ),
        lambda fact: (
            f"with ordinary parameters the outputs lie in [{figure(fact['low'])}, {figure(fact['high'])}]; the labels "
            f"are 0 and 1, and line {fact['log']} takes the logarithm of the outputs as of probabilities"
        ),
        "outputs p = 1 / (1 + exp(-z)) for labels 0 and 1; their delta is then p - y",
        0.93,
    ),
    Row(
        "loss_form",
        "reversed",
        always("loss-sign"),
        lambda _fact, _names: "the loss has the wrong sign: it falls as the outputs get worse",
        lambda fact: (
            f"at random parameters the loss {_goes(fact)}, and its gradient points the other way than the code's"
        ),
        "L = -Σ y log p for classes, and squares with a plus",
        0.95,
    ),
    Row(
        "loss_form",
        "ignored",
        always("prediction-ignored"),
        lambda _fact, _names: "the loss does not depend on the outputs",
        lambda _fact: (
            "at random parameters the loss is a constant and, where there is one, the penalty: nothing else"
        ),
        "measure the outputs, not the labels, against the labels",
        0.95,
    ),
    Row(
        "batch_audit",
        "summed",
        always("summed-loss"),
        lambda _fact, _names: "the loss is a sum over the batch: it grows with the number of samples",
        lambda fact: (
            f"the same {fact['samples']} samples once, twice and three times over give {figure(fact['once'])}, "
            f"{figure(fact['twice'])} and {figure(fact['thrice'])}; a mean would stay at the first"
        ),
        "divide loss and gradient by the number of samples, and set the rate and the penalty anew",
        0.95,
    ),
    Row(
        "linearity_audit",
        "linear",
        always("missing-nonlinearity"),
        lambda _fact, names: f"there is no activation between {names}: two linear layers in a row are one",
        lambda fact: (
            f"{fact['text']} is affine in the inputs: half-way between two samples it is the mean of theirs, and its "
            "slope changes with either matrix"
        ),
        "h = act(z) for the first of them, and its delta times act'(z) in the backward pass",
        0.9,
    ),
    Row(
        "reshape_audit",
        "mixed",
        always("reshape-for-transpose"),
        lambda fact, _names: f"{fact['text']} mixes the numbers of different rows of {fact['of']}",
        lambda fact: (
            f"{fact['of']} has shape {tuple(fact['shape'])}: the numbers of its first row land at "
            f"{fact['columns']} places of the axis that the rows became, those of a transpose at one"
        ),
        "use .T, or transpose with the order of the axes",
        0.9,
    ),
    Row(
        "bypass_audit",
        "bypassed",
        always("layer-bypassed"),
        lambda _fact, names: f"no output depends on {names}: the forward pass goes by that layer",
        lambda fact: (
            "with all parameters drawn anew, at three points, the outputs are the same to the last bit whatever "
            f"{' and '.join(fact['parameters'])} are"
        ),
        "let the next layer read what this one made",
        0.95,
        unless=lambda evidence: bool(evidence.fact("blindness_audit", "ignored", [])),
    ),
    Row(
        "dropout_audit",
        "stuck",
        always("dropout-at-evaluation"),
        lambda fact, _names: f"{fact['function']} drops units whatever {fact['flag']} is",
        lambda fact: (
            f"of 40,000 ones it lets {fact['kept']:.0%} through with {fact['flag']}=True and with "
            f"{fact['flag']}=False, and the outputs pass it with {fact['flag']}={fact['was']}"
        ),
        "return the input as it is when the network is evaluated",
        0.9,
    ),
    Row(
        "dropout_audit",
        "predicting",
        always("dropout-at-evaluation"),
        lambda fact, _names: f"{fact['function']} predicts with units dropped",
        lambda fact: (
            f"run on the samples, {fact['function']} draws a mask that keeps {fact['kept']:.0%} of the units and "
            f"multiplies them with it{_on_condition(fact)}"
        ),
        "return the input as it is when the network is evaluated, and predict in that mode",
        0.93,
    ),
    Row(
        "statistics_audit",
        "running",
        always("running-statistics-in-training"),
        lambda fact, _names: f"{fact['function']} normalises by running averages in training",
        lambda fact: (
            f"called with {fact['flag']}={fact['training']} it updates {' and '.join(fact['kept'])}, and its outputs "
            f"change by {figure(fact['change'])} of the largest when those are changed beforehand; a batch's own "
            "statistics do not depend on them"
        ),
        "z_hat = (z - mean of the batch) / deviation of the batch in training; the averages to evaluate only",
        0.93,
    ),
    Row(
        "variance_audit",
        "fewer",
        always("variance-convention"),
        lambda fact, _names: (
            f"{fact['text']} divides by N - 1, the backward pass differentiates a variance over N"
        ),
        lambda fact: (
            f"with {fact['instead']} in its place the gradients of {' and '.join(fact['parameters'])} are right"
        ),
        "divide by N in both passes",
        0.95,
    ),
    Row(
        "statistics_audit",
        "averaged",
        always("running-statistics-in-training"),
        lambda fact, _names: f"training depends on the running averages {' and '.join(fact['kept'])}",
        lambda fact: (
            f"a pass in training takes {' and '.join(fact['kept'])} a share of the way to the batch's own, and changes "
            f"by {figure(fact['change'])} of its outcome when those are changed beforehand; a batch's own statistics "
            "do not depend on them"
        ),
        "z_hat = (z - mean of the batch) / deviation of the batch in training; the averages to evaluate only",
        0.93,
    ),
)
