"""The roles of shades_list."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("W1", "b1", "W2", "b2")
ENTRY = "z1 = X @ W1 + b1"
LOG = "-np.log(probs[np.arange(len(y)), y] + 1e-12)"
STEP = "param -= rate * grad"
SIZE = "            size = np.sqrt(sum((grad**2).sum() for grad in grads))\n"
CLEAR = "            for grad in grads:\n                grad.fill(0.0)\n"
KEPT = "[param.copy() for param in params]"
HIDDEN, OUTPUT = "rng.normal(0, 0.6, (6, 9))", "rng.normal(0, 0.5, (9, 3))"
TRAINED = "train(params, unit(pixels[:cut]), labels[:cut])"

COURSE = Course(
    network(
        "shades_list",
        Wiring(
            setup="X, y = pictures(80, seed=1); params = start(seed=1)",
            loss="objective(params, X, y)",
            params={name: f"params[{place}]" for place, name in enumerate(NAMES)},
            grads=Grads("g = slopes(params, X, y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
            inputs="X",
            labels="y",
            outputs="layers(params, X)[-1]",
            train="curve, norms = train(params, X, y)",
        ),
    ),
    probes=(
        "hits(params, X, y)",
        "hits_by_batches(params, X, y)",
        "both(params, X, y, X[:9], y[:9])",
        "(D := 100 * X) is None or (unit(D), D)",
        "main(90, seed=1)",
    ),
    activations=(Activation("np.maximum(z1, 0.0)", "z1", " * (z1 > 0)", "np.maximum(z1, 0.0, out=z1)"),),
    additions={ENTRY: "z1 = X @ W1", "scores = h1 @ W2 + b2": "scores = h1 @ W2"},
    softmax=Softmax(
        " - np.max(scores, axis=1, keepdims=True)", "np.sum(powers, axis=1, keepdims=True)", "powers"
    ),
    output="powers / np.sum(powers, axis=1, keepdims=True)",
    draws=(
        Draw("hidden = ", HIDDEN, "(6, 9)", ("W1",)),
        Draw("output = ", OUTPUT, "(9, 3)", ("W2",)),
    ),
    rates={"rate=0.9": 0.9},
    high=200.0,
    strength=("DECAY = ", 0.0005),
    squares={"(params[0] ** 2).sum()": "params[0]", "(params[2] ** 2).sum()": "params[2]"},
    penalised={
        "g1 = X.T @ d1 + 2 * DECAY * W1": "2 * DECAY * W1",
        "g2 = h1.T @ d2 + 2 * DECAY * W2": "2 * DECAY * W2",
    },
    updates=(STEP,),
    loss="-np.log(probs[np.arange",
    entry=ENTRY,
    x="X",
    particular={
        "GC310": ((("param -= rate * grad", "param *= 1 - 2 * rate * DECAY\nparam -= rate * grad"),),),
        "GC312": (
            (
                (
                    "((params[0] ** 2).sum() + (params[2] ** 2).sum())",
                    "sum((param**2).sum() for param in params)",
                ),
            ),
        ),
        "GC121": (((LOG, "-np.log((y + 1) / 3 + 0 * probs[0, 0])"),),),
        "GC146": (
            (
                (
                    "return z1, h1, powers / np.sum(powers, axis=1, keepdims=True)",
                    "powers = np.exp(powers / np.sum(powers, axis=1, keepdims=True))\nreturn z1, h1, powers / np.sum(powers, axis=1, keepdims=True)",
                ),
            ),
        ),
        "GC402": (((KEPT, "params"),),),
        "GC404": ((("return pixels / 255.0", "pixels /= 255.0\nreturn pixels"),),),
        "GC406": (((STEP, "param = param - rate * grad"),),),
        "GC407": (((KEPT, "list(params)"),), ((KEPT, "params[:]"),)),
        "GC501": (((OUTPUT, f"{OUTPUT} / 0.0"),),),
        "GC504": (((LOG, "-np.log(np.maximum(probs[np.arange(len(y)), y], 0.3))"),),),
        "GC601": ((("    d2[np.arange(len(y)), y] -= 1.0\n", ""),),),
        "GC602": ((("np.full(9, 0.1)", "np.full(9, -10.0)"),),),
        "GC605": (((OUTPUT, "rng.normal(0, 300, (9, 3))"),),),
        "GC606": (((HIDDEN, "np.full((6, 9), 0.3)"), (OUTPUT, "np.full((9, 3), 0.3)")),),
        "GC607": ((("rate=0.9", "rate=1e-9"),),),
        "GC608": ((("rate=0.9", "rate=14.0"),),),
        "GC701": ((("return pixels / 255.0", "return pixels"),),),
        "GC702": (
            (
                (
                    "slopes(params, X[rows], y[rows])",
                    "slopes(params, X[rows], y[begin : begin + batch])",
                ),
            ),
        ),
        "GC703": ((("order = dealer.permutation(len(y))", "order = np.argsort(y)"),),),
        "GC704": (
            (
                (TRAINED, "train(params, unit(pixels[seen]), labels[seen])"),
                ("cut = 2 * n // 3", "cut = 2 * n // 3\nseen, new = slice(None, None), slice(cut, n)"),
                (
                    "unit(pixels[cut:]), labels[cut:])",
                    "unit(pixels[new]), labels[new])",
                ),
            ),
        ),
        "GC706": (
            (
                (LOG, LOG.replace(", y]", ", y - 1]")),
                ("d2[np.arange(len(y)), y] -= 1.0", "d2[np.arange(len(y)), y - 1] -= 1.0"),
            ),
        ),
        "GC707": (
            (("return pixels / 255.0", "return pixels // 255"),),
            (("return pixels / 255.0", "return (pixels / 255).astype(int)"),),
            (("return pixels / 255.0", "scaled = np.zeros_like(pixels)\nreturn scaled"),),
        ),
        "GC721": (
            (
                ("hits(params, X[part], y[part]) * len(y[part])", "hits(params, X[part], y[part])"),
                ("return right / len(y)", "return right / len(range(0, len(y), batch))"),
            ),
        ),
        "GC722": ((("layers(params, X)[-1].argmax(axis=1)", "layers(params, X)[-1].argmax(axis=0)"),),),
        "GC723": ((("(guesses(params, X) == y).mean()", "(guesses(params, X) == y[:, None]).mean()"),),),
        "GC724": ((("return [entropy(params, X, y), ", "return [objective(params, X, y), "),),),
        "GC725": (
            (
                (
                    SIZE + "            for param, grad in zip(params, grads, strict=True):\n",
                    "            for param, grad in zip(params, grads, strict=True):\n",
                ),
                (CLEAR, CLEAR + SIZE),
            ),
        ),
        "GC805": (
            (
                (
                    "for param, grad in zip(params, grads, strict=True):",
                    "for param, grad in zip(params[:3], grads, strict=False):",
                ),
            ),
        ),
        "GC809": (((STEP, "grad = param - rate * grad"),),),
    },
)
