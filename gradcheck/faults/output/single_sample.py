"""The gradient is that of one sample of the batch."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family
from gradcheck.subject.wiring import Grads

FAULT = Fault(
    code="GC110",
    name="single-sample-gradient",
    family=Family.OUTPUT_DELTA,
    number=34,
    title="the gradient is that of one sample of the batch",
    what=(
        "The loss runs over the batch and the gradient over one sample of it: a loop that assigns "
        "where it should add, a return inside the loop, an index that was left in."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   ∂L/∂W = 1/N Σ_i ∂L_i/∂W\n"
        "  computed    ∂L/∂W = ∂L_j/∂W   for the last (or first) sample j"
    ),
    shows=(
        "It agrees with the numerical gradient of that sample alone. Changing any other sample leaves "
        "it as it is; each weight gradient has rank one."
    ),
    fix="Add over the samples and divide by their number.",
    exceptions="Stochastic descent, where loss and gradient both see one sample.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "    def step(self, grads, lr):",
                "    def batch_gradient(self, X, y):\n"
                '        total = {"W1": 0.0, "b1": 0.0, "W2": 0.0, "b2": 0.0}\n'
                "        for i in range(len(y)):\n"
                "            for name, grad in self.backward(X[i : i + 1], y[i : i + 1]).items():\n"
                "                total[name] = total[name] + grad / len(y)\n"
                "        return total\n"
                "\n"
                "    def step(self, grads, lr):",
            ),
        ),
        inject=(Change("total[name] = total[name] + grad / len(y)", "total[name] = grad"),),
        spoils=("W1", "b1", "W2", "b2"),
        wired=replace(
            SOFTMAX_ROWS.wiring,
            grads=Grads(
                "g = net.batch_gradient(X, y)", {name: f"g['{name}']" for name in ("W1", "b1", "W2", "b2")}
            ),
        ),
    ),
)
