"""A copy of a container shares its arrays."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC407",
    name="shallow-copy",
    family=Family.ALIASING,
    title="a copy of a container shares its arrays",
    what=(
        "A list, a dict or an object that holds the parameters is copied with list(), dict(), "
        "copy.copy or np.copy of objects. The container is new, the arrays in it are the old ones."
    ),
    algebra=(
        "saved = copy.copy(layers)      saved is not layers, but\n"
        "                               saved[0] is layers[0]\n"
        "layers[0] -= lr * grad         changes saved[0] as well"
    ),
    shows=(
        "What was saved before a step equals what is there after it, bit for bit, and shares its "
        "memory. Going back, comparing, or using the old weights has no effect."
    ),
    fix="copy.deepcopy, or copy array by array: [w.copy() for w in layers].",
    exceptions="Updates that rebind, w = w - lr * grad, leave the saved arrays alone.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "import numpy as np\n\n\ndef softmax(z):",
                "import copy\n\nimport numpy as np\n\n\ndef softmax(z):",
            ),
            Change(
                "    def fit(self, X, y",
                "    def cautious_step(self, X, y, lr):\n"
                "        saved, before = copy.deepcopy(vars(self)), self.loss(X, y)\n"
                "        self.step(self.backward(X, y), lr)\n"
                "        if self.loss(X, y) > before:\n"
                "            vars(self).update(saved)\n"
                "\n"
                "    def fit(self, X, y",
            ),
        ),
        inject=(Change("copy.deepcopy(vars(self))", "copy.copy(vars(self))"),),
        symptom=Symptom(
            run=("before = net.loss(X, y)\nnet.cautious_step(X, y, lr=50.0)"), holds="net.loss(X, y) > before"
        ),
    ),
)
