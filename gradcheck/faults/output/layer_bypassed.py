"""The forward pass leaves out a layer."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC150",
    name="layer-bypassed",
    family=Family.FORWARD,
    number=10,
    title="the forward pass leaves out a layer",
    what=(
        "A layer is computed and its result not used: the next layer reads the cache of the one "
        "before, an index off by one or an old name."
    ),
    algebra=(
        "should be   z_3 = h_2 W_3 + b_3\ncomputed    z_3 = h_1 W_3 + b_3     =>   ∂L/∂W_2 = 0, ∂L/∂b_2 = 0"
    ),
    shows=(
        "The numerical gradient of the layer's weights is zero (the penalty's part excepted) while "
        "the analytic one is not; the layer above multiplies by the wrong activations. The layer's "
        "weights can be anything."
    ),
    fix=("Feed each layer with the one before it. Layers of different widths make the slip raise an error."),
    exceptions=("A skip connection, which adds the earlier activations instead of replacing the later ones."),
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                'cache["Z3"] = parameters["W3"] @ cache["A2"] + parameters["b3"]',
                'cache["Z3"] = parameters["W3"] @ cache["A1"] + parameters["b3"]',
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3"),
        wired=replace(
            SOFTMAX_COLUMNS.wiring, setup=SOFTMAX_COLUMNS.wiring.setup.replace("[2, 5, 4, 3]", "[2, 4, 4, 3]")
        ),
    ),
)
