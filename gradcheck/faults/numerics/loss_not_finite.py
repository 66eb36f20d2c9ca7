"""The loss is nan or infinite."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind

FAULT = Fault(
    code="GC501",
    name="loss-not-finite",
    family=Family.STABILITY,
    kind=Kind.SYMPTOM,
    title="the loss is nan or infinite",
    what=(
        "Somewhere a logarithm of zero, a division by zero, an overflow or a diverging update has "
        "left the finite numbers; nan then spreads through every sum it meets."
    ),
    algebra=(
        "log 0 = -inf      exp(710) = inf      inf - inf = nan      0 · inf = nan\n"
        "nan < best        false for every best"
    ),
    shows=(
        "From some step on every loss is nan, comparisons with it are false, argmax returns 0 and "
        "accuracy is the share of class 0."
    ),
    fix=(
        'Find the first array that is not finite, in the order of the code: np.seterr(all="raise") '
        "stops there. A rate too high, an unshifted exponential and log(p) are the usual causes."
    ),
    exceptions=("An infinite loss of a sample that was given probability zero is the truth, if unhelpful."),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("epochs=50, lr=0.5, batch=16", "epochs=50, lr=500, batch=16"),),
        wired=replace(SOFTMAX_ROWS.wiring, train="net.fit(X, y, epochs=200)"),
        symptom=Symptom(run="net.fit(X, y, epochs=200)", holds="not np.isfinite(net.loss(X, y))"),
    ),
)
