"""The predicted class is taken along the wrong axis."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC722",
    name="argmax-axis",
    family=Family.EVALUATION,
    number=120,
    title="the predicted class is taken along the wrong axis",
    what=(
        "argmax runs over the samples instead of the classes. It gives, for each class, the number of "
        "the sample that is surest of it."
    ),
    algebra=(
        "should be   class_i  = argmax_k p_ik     N numbers below K\n"
        "computed    sample_k = argmax_i p_ik     K numbers below N"
    ),
    shows=(
        "There are K predictions for N samples, and their values run up to N - 1. Where N = K, or "
        "through broadcasting, an accuracy comes out; it changes when the samples are reordered."
    ),
    fix="axis=1 for samples in rows, axis=0 for samples in columns.",
    exceptions="Samples in columns, where axis=0 is right.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("return self.forward(X).argmax(axis=1)", "return self.forward(X).argmax(axis=0)"),),
        symptom=Symptom(holds="net.predict(X).shape != y.shape"),
    ),
)
