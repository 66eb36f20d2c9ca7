"""The backward pass overwrites an array of its caller."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC401",
    name="aliased-output",
    family=Family.ALIASING,
    severity=Severity.WARNING,
    number=115,
    title="the backward pass overwrites an array of its caller",
    what=(
        "The delta is made by assignment from the stored output and then changed in place. Assignment "
        "gives the array a second name, not a copy: the output, the cache or the caller's result "
        "changes with it."
    ),
    algebra=(
        "delta = output     one array, two names\n"
        "delta -= y         output is now p - y\n"
        "read later         output, as if it were still p"
    ),
    shows=(
        "The gradient may be right, and every later reader of the output is wrong: probabilities are "
        "negative, a logarithm gives nan, a second backward pass gives another result."
    ),
    fix="Copy before changing in place, or write a new array: delta = output - y.",
    exceptions=(
        "Nobody reads the array again. It is then a trap for the next change of the code, not a fault "
        "of this one."
    ),
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('    dZ3 = cache["A3"] - Y', '    dZ3 = cache["A3"]\n    dZ3 -= Y'),),
        symptom=Symptom(
            run=("A3, cache = forward_propagation(X, p)\nbackward_propagation(Y, p, cache, 0.3)"),
            holds="A3.min() < 0",
        ),
    ),
)
