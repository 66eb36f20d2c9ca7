"""A layer's backward ignores what comes from above."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC212",
    name="upstream-ignored",
    family=Family.HIDDEN_DELTA,
    number=47,
    title="a layer's backward ignores what comes from above",
    what=(
        "The backward method returns the layer's own derivative and does not multiply by the gradient "
        "it was given, or applies a nonlinear function to it."
    ),
    algebra=(
        "the chain rule, for h = act(z):\n"
        "  should be   backward(g) = g ⊙ act'(z)     linear in g\n"
        "  computed    backward(g) = act'(z)         the same for every g"
    ),
    shows=(
        "Doubling the incoming gradient does not double the result, and a zero gradient gives a "
        "result that is not zero. All layers below are wrong, whatever the loss."
    ),
    fix="Multiply by the incoming gradient.",
    exceptions="The first layer above the loss may be handed 1.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(Change("return dh * (1 - self.h**2)", "return 1 - self.h**2"),),
        spoils=("0.W", "0.b", "2.W", "2.b"),
    ),
)
