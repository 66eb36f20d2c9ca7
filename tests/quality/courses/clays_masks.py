"""The roles of clays_masks."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course

NAMES = ("first", "scale", "shift", "second", "b2", "third", "b3")
DRAWN = "rng.binomial(1, 1 - DROP, (count, 10))"
OUT = "out = h2 @ w3 + b3"
DELTA = 'd3 = (cache["out"] - Y) / len(X)'

COURSE = Course(
    network(
        "clays_masks",
        Wiring(
            setup="X, Y = pits(60, seed=1); theta = initial(seed=1); kept = statistics(); masks = draw_masks(60, 4)",
            loss="objective(theta, X, Y, masks, kept)",
            params={name: f"theta[{i}]" for i, name in enumerate(NAMES)},
            grads=Grads(
                "g = derivative(theta, X, Y, masks, kept)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}
            ),
            inputs="X",
            labels="Y",
            outputs="estimate(theta, X, kept)",
            train="trail = learn(theta, X, Y, kept)",
        ),
    ),
    probes=(
        "error(theta, X, Y, kept)",
        "(D := X + 3.0) is None or (scale_to(D, 1.0, 2.0), D)",
        "dig(84, seed=1)",
    ),
    particular={
        "GC143": (
            ((OUT, "out = np.maximum(h2 @ w3 + b3, 0)"), (DELTA, f'{DELTA} * (cache["out"] > 0)')),
            (
                (OUT, "out = 1 / (1 + np.exp(-(h2 @ w3 + b3)))"),
                (DELTA, f'{DELTA} * cache["out"] * (1 - cache["out"])'),
            ),
        ),
        "GC150": (((OUT, "out = h1 @ w3 + b3"),),),
        "GC151": ((("forward(theta, X, None, kept)", "forward(theta, X, draw_masks(len(X), 0), kept)"),),),
        "GC152": (
            ((f"{DRAWN} / (1.0 - DROP)", DRAWN),),
            ((f"{DRAWN} / (1.0 - DROP)", f"{DRAWN} / DROP"),),
        ),
        "GC153": (
            (
                (
                    "    cache = forward(theta, X, masks)\n    keep(kept, cache)\n    return",
                    "    cache = forward(theta, X, masks, kept)\n    keep(kept, cache)\n    return",
                ),
                (
                    "    cache = forward(theta, X, masks)\n    keep(kept, cache)\n    d3",
                    "    cache = forward(theta, X, masks, kept)\n    keep(kept, cache)\n    d3",
                ),
            ),
        ),
        "GC310": (
            (("array += v", "array += v - rate * ALPHA * array"),),
            (("v -= rate * slope", "v -= rate * (slope + ALPHA * array)"),),
        ),
        "GC312": (
            (
                (
                    "[slope + ALPHA * array for slope, array in zip(slopes, theta, strict=True)]",
                    "[slope + ALPHA * array if array.ndim > 1 else slope for slope, array in zip(slopes, theta, strict=True)]",
                ),
            ),
        ),
    },
)
