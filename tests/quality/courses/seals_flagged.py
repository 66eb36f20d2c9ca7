"""The roles of seals_flagged."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course

PLACES = {f"{a}{i}": f"net.{a}[{i}]" for a in "WBG" for i in range(3)}
LOG = "T * np.log(self.forward(X, is_training) + 1e-12)"
STEP = "w -= lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)"
MASKED = """            if is_training:
                noise = np.random.default_rng(40 + layer).uniform(size=H.shape)
                mask = (noise < self.keep_prob) / self.keep_prob
                H = H * mask
            else:
                mask = 1.0
"""

COURSE = Course(
    network(
        "seals_flagged",
        Wiring(
            setup="X, T = colony(64, seed=1); net = SealNet(seed=1)",
            loss="net.cost(X, T)",
            params=PLACES,
            grads=Grads("g = net.gradients(X, T)", {name: f"g[{i}]" for i, name in enumerate(PLACES)}),
            inputs="X",
            labels="T",
            outputs="net.forward(X, False)",
            train="log = net.fit(X, T)",
        ),
    ),
    probes=(
        "net.right(X[:25], T[:25])",
        "(D := X + 3.0) is None or (measure(D, 1.0, 2.0), D)",
        "season(96, seed=1)",
    ),
    particular={
        "GC123": (
            (
                (
                    f"return -np.sum({LOG}) / len(T)",
                    "p = self.forward(X, is_training)\nreturn -np.sum(T * np.log(p + 1e-12) + (1 - T) * np.log(1 - p + 1e-12)) / len(T)",
                ),
            ),
        ),
        "GC146": (
            (
                (
                    "return E / E.sum(axis=1)[:, None]",
                    "E = np.exp(E / E.sum(axis=1)[:, None])\nreturn E / E.sum(axis=1)[:, None]",
                ),
            ),
        ),
        "GC151": (
            (("self.forward(X, is_training=False)", "self.forward(X, is_training=True)"),),
            ((MASKED, MASKED.replace("if is_training:", "if self.keep_prob < 1:")),),
        ),
        "GC152": (
            (("(noise < self.keep_prob) / self.keep_prob", "noise < self.keep_prob"),),
            (
                (
                    "(noise < self.keep_prob) / self.keep_prob",
                    "(noise < self.keep_prob) / (1 - self.keep_prob)",
                ),
            ),
        ),
        "GC153": (
            (("        return mu, sq\n", "        return self.moving_mu[layer], self.moving_sq[layer]\n"),),
            (("hat = (Z - mu) * inv", "hat = (Z - self.moving_mu[layer]) * inv"),),
        ),
        "GC310": (
            ((STEP, f"{STEP}\nw -= 0.1 * lr * w"),),
            ((STEP, STEP.replace("lr * (m", "lr * 2 * self.decay * w + lr * (m")),),
        ),
        "GC312": ((("            gB[layer] += 2 * self.decay * self.B[layer]\n", ""),),),
    },
)
