"""Every layer, activation, loss and optimiser against torch in float64, to 1e-10."""

from functools import partial

import numpy as np
import pytest

from gradcheck import reference as ref
from gradcheck.reference import optimizers

torch = pytest.importorskip("torch", reason="compares with torch: pip install torch==2.13.0")
nn = torch.nn


def close(ours, theirs):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10 * max(1.0, np.abs(theirs).max(initial=0)))


def tensor(array, *, grad=False):
    return torch.tensor(np.asarray(array).copy(), requires_grad=grad)


def rows(a):
    """A torch weight (outputs, inputs) in the row layout."""
    return a.T


def dense(p):
    return lambda x: torch.tanh(x @ p["W"] + p["b"])


def dense_columns(p):
    return lambda x: torch.sigmoid(p["W"] @ x + p["b"])


def conv(stride, padding):
    return lambda p: (
        lambda x: torch.relu(nn.functional.conv2d(x, p["W"], p["b"], stride=stride, padding=padding))
    )


def batch_norm(p):
    return lambda x: nn.functional.batch_norm(x, None, None, p["gamma"], p["beta"], training=True)


STATISTICS = ref.RunningStatistics(np.array([0.1, -0.2, 0.3]), np.array([0.5, 1.0, 2.0]))


def batch_norm_evaluating(p):
    mean, variance = tensor(STATISTICS.mean), tensor(STATISTICS.variance)
    return lambda x: nn.functional.batch_norm(x, mean, variance, p["gamma"], p["beta"], training=False)


def layer_norm(p):
    return lambda x: nn.functional.layer_norm(x, (4,), p["gamma"], p["beta"])


def embedding(p):
    return lambda x: nn.functional.embedding(x, p["W"])


def cells(kind, hidden):
    """torch's recurrent modules, with their parameters replaced by ours, so that autograd reaches them."""

    def build(p):
        module = kind(p["Wx"].shape[0], hidden, batch_first=True, dtype=torch.float64)
        bx = p["bx"] if "bx" in p else p["b"]
        bh = p["bh"] if "bh" in p else torch.zeros_like(bx)
        names = {"weight_ih_l0": p["Wx"].T, "weight_hh_l0": p["Wh"].T, "bias_ih_l0": bx, "bias_hh_l0": bh}
        return lambda x: torch.func.functional_call(module, names, (x,))[0]

    return build


def gru(p):
    # torch splits the bias of its GRU as we do: one for the input's part, one for the state's.
    return cells(nn.GRU, 3)(p)


def gru_reset_before(p):
    # torch has no layer of this form: its operations and autograd alone are the peer.
    def run(x):
        (xr, xu, xn), (hr, hu, hn) = p["Wx"].chunk(3, dim=1), p["Wh"].chunk(3, dim=1)
        br, bu, bn = (p["bx"] + p["bh"]).chunk(3)
        h, outputs = x.new_zeros(len(x), 3), []
        for x_t in x.unbind(1):
            r, u = torch.sigmoid(x_t @ xr + h @ hr + br), torch.sigmoid(x_t @ xu + h @ hu + bu)
            h = torch.lerp(torch.tanh(x_t @ xn + (r * h) @ hn + bn), h, u)
            outputs.append(h)
        return torch.stack(outputs, dim=1)

    return run


def attention(p):
    del p
    return lambda x: nn.functional.scaled_dot_product_attention(*x.chunk(3, dim=-1), is_causal=True)


def multi_head(causal):
    def build(p):
        wide, bias = torch.cat([p["W" + w].T for w in "qkv"]), torch.cat([p["b" + w] for w in "qkv"])

        def run(x):
            steps = x.shape[1]
            x = x.transpose(0, 1)
            mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), diagonal=1) if causal else None
            out, _ = nn.functional.multi_head_attention_forward(
                *(x, x, x, 4, 2, wide, bias, None, None, False, 0.0, p["Wo"].T, p["bo"]),
                attn_mask=mask,
                need_weights=False,
            )
            return out.transpose(0, 1)

        return run

    return build


def residual(p):
    return lambda x: x + (torch.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])


RNG = np.random.default_rng(0)
RELU = ref.ReLU()
IMAGES, FLAT, STEPS = RNG.normal(size=(2, 3, 6, 5)), RNG.normal(size=(5, 4)), RNG.normal(size=(3, 5, 4))
RESIDUAL = ref.Residual(ref.Chain((ref.Dense(4, 3, ref.Tanh()), ref.Dense(3, 4))))
LAYERS = {
    "dense": (ref.Dense(4, 3, ref.Tanh()), FLAT, dense),
    "dense columns": (ref.DenseColumns(5, 3, ref.Sigmoid()), FLAT, dense_columns),
    "conv": (ref.Conv2d(3, 4, 3, activation=RELU), IMAGES, conv(1, 0)),
    "conv strided": (ref.Conv2d(3, 4, 2, stride=2, padding=1, activation=RELU), IMAGES, conv(2, 1)),
    "conv that skips": (ref.Conv2d(3, 2, 1, stride=3, activation=RELU), IMAGES, conv(3, 0)),
    "max pool": (ref.MaxPool2d(2), IMAGES, lambda _: nn.MaxPool2d(2)),
    "max pool overlapping": (ref.MaxPool2d(3, 2), IMAGES, lambda _: nn.MaxPool2d(3, 2)),
    "average pool": (ref.AveragePool2d(2, 1), IMAGES, lambda _: nn.AvgPool2d(2, 1)),
    "flatten": (ref.Flatten(), IMAGES, lambda _: nn.Flatten()),
    "batch norm": (ref.BatchNorm(4), FLAT, batch_norm),
    "batch norm of images": (ref.BatchNorm(3, spatial=True), IMAGES, batch_norm),
    "batch norm evaluating": (
        ref.BatchNorm(3, spatial=True, statistics=STATISTICS),
        IMAGES,
        batch_norm_evaluating,
    ),
    "layer norm": (ref.LayerNorm(4), STEPS, layer_norm),
    "embedding": (ref.Embedding(5, 3), np.array([[0, 1, 1], [4, 1, 0]]), embedding),
    "rnn": (ref.RNN(4, 3), STEPS, cells(nn.RNN, 3)),
    "lstm": (ref.LSTM(4, 3), STEPS, cells(nn.LSTM, 3)),
    "gru": (ref.GRU(4, 3), STEPS, gru),
    "gru, reset before": (ref.GRUResetBefore(4, 3), STEPS, gru_reset_before),
    "attention": (ref.ScaledDotProductAttention(causal=True), RNG.normal(size=(2, 4, 6)), attention),
    "multi-head": (ref.MultiHeadAttention(4, 2), STEPS, multi_head(causal=False)),
    "multi-head causal": (ref.MultiHeadAttention(4, 2, causal=True), STEPS, multi_head(causal=True)),
    "residual": (RESIDUAL, FLAT, residual),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    layer, x, build = LAYERS[name]
    rng = np.random.default_rng(1)
    p = {key: rng.normal(size=shape) for key, shape in layer.shapes.items()}
    cache = layer.forward(p, x)
    dh = rng.normal(size=cache["h"].shape)
    pulled = layer.backward(p, x, cache, dh)

    theirs = {key: tensor(array, grad=True) for key, array in p.items()}
    inputs = tensor(x, grad=np.issubdtype(x.dtype, np.floating))
    output = build(theirs)(inputs)
    output.backward(tensor(dh))
    close(cache["h"], output)
    for key in p:
        close(pulled["d" + key], theirs[key].grad)
    if inputs.grad is not None:
        close(pulled["dx"], inputs.grad)


def test_dropout_with_torchs_own_mask_is_a_product():
    # torch draws its own mask, so what can be compared is: what is kept is scaled alike, forwards and
    # backwards.
    x = np.random.default_rng(0).normal(size=(50, 40))
    layer = ref.Dropout(0.25, seed=3)
    cache = layer.forward({}, x)
    inputs = tensor(x, grad=True)
    output = nn.functional.dropout(inputs, 0.25, training=True)
    output.sum().backward()
    theirs, ours = output.detach().numpy() / x, cache["h"] / x
    np.testing.assert_allclose(np.unique(theirs.round(12)), np.unique(ours.round(12)), rtol=1e-10)
    np.testing.assert_allclose(inputs.grad.numpy(), theirs, rtol=1e-10)
    np.testing.assert_allclose(layer.backward({}, x, cache, np.ones_like(x))["dx"], ours, rtol=1e-10)


def test_running_statistics():
    x = IMAGES
    module = nn.BatchNorm2d(3, dtype=torch.float64)
    module(tensor(x))
    p = {"gamma": np.ones(3), "beta": np.zeros(3)}
    cache = ref.BatchNorm(3, spatial=True).forward(p, x)
    start = ref.RunningStatistics(np.zeros(3), np.ones(3))
    updated = start.updated(cache, samples=x.shape[0] * x.shape[2] * x.shape[3])
    close(updated.mean, module.running_mean)
    close(updated.variance, module.running_var)


ACTIVATIONS = {
    ref.Identity(): lambda z: z * 1,
    ref.Tanh(): torch.tanh,
    ref.Sigmoid(): torch.sigmoid,
    ref.Softplus(): nn.functional.softplus,
    ref.Swish(): nn.functional.silu,
    ref.GELU(): nn.functional.gelu,
    ref.GELUTanh(): partial(nn.functional.gelu, approximate="tanh"),
    ref.ReLU(): torch.relu,
    ref.LeakyReLU(0.2): partial(nn.functional.leaky_relu, negative_slope=0.2),
    ref.ELU(0.7): partial(nn.functional.elu, alpha=0.7),
    ref.Softmax(): partial(torch.softmax, dim=-1),
    ref.LogSoftmax(): partial(torch.log_softmax, dim=-1),
}


@pytest.mark.parametrize("scale", [1e-8, 1.0, 30.0])
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_activation(activation, scale):
    rng = np.random.default_rng(2)
    z, dh = scale * rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    inputs = tensor(z, grad=True)
    # torch's softplus becomes the identity above a threshold, and so is off by 2e-9 there.
    function = (
        partial(ACTIVATIONS[activation], threshold=100)
        if activation == ref.Softplus()
        else ACTIVATIONS[activation]
    )
    output = function(inputs)
    output.backward(tensor(dh))
    close(activation.forward(z), output)
    close(activation.backward(z, dh), inputs.grad)


F = nn.functional
INTEGERS, SIGNS = np.array([0, 2, 1, 2, 0, 1]), np.array([1, -1, 1, 1, -1, -1])
REAL = np.random.default_rng(4).normal(size=(6, 3))
PROBABILITIES = np.random.default_rng(5).dirichlet(np.ones(3), size=6)
LOSSES = {
    "softmax": (ref.SoftmaxCrossEntropy(), INTEGERS, F.cross_entropy),
    "softmax summed": (ref.SoftmaxCrossEntropy("sum"), INTEGERS, partial(F.cross_entropy, reduction="sum")),
    "softmax of probabilities": (ref.SoftmaxCrossEntropy(), PROBABILITIES, F.cross_entropy),
    "softmax smoothed": (
        ref.SoftmaxCrossEntropy(smoothing=0.3),
        INTEGERS,
        partial(F.cross_entropy, label_smoothing=0.3),
    ),
    "binary": (ref.BinaryCrossEntropy("elements"), PROBABILITIES, F.binary_cross_entropy_with_logits),
    "binary summed": (
        ref.BinaryCrossEntropy("sum"),
        PROBABILITIES,
        partial(F.binary_cross_entropy_with_logits, reduction="sum"),
    ),
    "squared": (ref.SquaredError("elements"), REAL, F.mse_loss),
    "squared halved": (
        ref.SquaredError("sum", halved=True),
        REAL,
        lambda z, y: F.mse_loss(z, y, reduction="sum") / 2,
    ),
    "squared of samples": (ref.SquaredError("mean"), REAL, lambda z, y: 3 * F.mse_loss(z, y)),
    "absolute": (ref.AbsoluteError("elements"), REAL, F.l1_loss),
    "huber": (ref.Huber("elements", threshold=0.7), REAL, partial(F.huber_loss, delta=0.7)),
    "multi-class hinge": (
        ref.MulticlassHinge(margin=0.5),
        INTEGERS,
        lambda z, y: 3 * F.multi_margin_loss(z, y, margin=0.5),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    loss, y, theirs = LOSSES[name]
    z = 3 * np.random.default_rng(6).normal(size=(6, 3))
    inputs = tensor(z, grad=True)
    value = theirs(inputs, tensor(y))
    value.backward()
    assert loss.value(z, y) == pytest.approx(value.item(), rel=1e-10)
    close(loss.gradient(z, y), inputs.grad)


def test_binary_hinge():
    z = np.random.default_rng(7).normal(size=(6, 1))
    inputs = tensor(z, grad=True)
    value = F.relu(1 - tensor(SIGNS.astype(float))[:, None] * inputs).mean()
    value.backward()
    assert ref.Hinge().value(z, SIGNS) == pytest.approx(value.item(), rel=1e-10)
    close(ref.Hinge().gradient(z, SIGNS), inputs.grad)


OPTIMIZERS = {
    "sgd": (partial(optimizers.sgd, rate=0.1), partial(torch.optim.SGD, lr=0.1)),
    "momentum": (
        partial(optimizers.momentum, rate=0.1, mu=0.8),
        partial(torch.optim.SGD, lr=0.1, momentum=0.8),
    ),
    "nesterov": (
        partial(optimizers.nesterov, rate=0.1, mu=0.8),
        partial(torch.optim.SGD, lr=0.1, momentum=0.8, nesterov=True),
    ),
    "rmsprop": (
        partial(optimizers.rmsprop, rate=0.01, decay=0.95, epsilon=1e-6),
        partial(torch.optim.RMSprop, lr=0.01, alpha=0.95, eps=1e-6),
    ),
    "adam": (
        partial(optimizers.adam, rate=0.01, beta1=0.8, beta2=0.99, epsilon=1e-6),
        partial(torch.optim.Adam, lr=0.01, betas=(0.8, 0.99), eps=1e-6),
    ),
    "adamw": (
        partial(optimizers.adamw, rate=0.01, weight_decay=0.1),
        partial(torch.optim.AdamW, lr=0.01, weight_decay=0.1),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer(name):
    ours, theirs = OPTIMIZERS[name]
    rng = np.random.default_rng(8)
    start, gradients = (
        rng.normal(size=(3, 2)),
        rng.normal(size=(12, 3, 2)) * 10.0 ** rng.integers(-4, 3, (12, 1, 1)),
    )
    theta = tensor(start, grad=True)
    optimizer = theirs([theta])
    for step, expected in zip(optimizers.replay(ours, start, gradients), gradients, strict=True):
        theta.grad = tensor(expected)
        optimizer.step()
        close(step, theta)


@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_clipping(limit):
    rng = np.random.default_rng(9)
    gradients = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
    for ours, theirs in (
        (optimizers.clip_by_norm, nn.utils.clip_grad_norm_),
        (optimizers.clip_by_value, nn.utils.clip_grad_value_),
    ):
        parameters = {name: tensor(g, grad=True) for name, g in gradients.items()}
        for name, g in gradients.items():
            parameters[name].grad = tensor(g)
        norm = theirs(parameters.values(), limit)
        # torch divides by the norm plus 1e-6, where it clips by the norm at all.
        extra = 1 + 1e-6 / float(norm) if norm is not None and norm > limit else 1.0
        clipped = ours(gradients, limit)
        for name in gradients:
            close(clipped[name], parameters[name].grad * extra)
