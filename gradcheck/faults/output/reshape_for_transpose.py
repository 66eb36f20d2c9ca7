"""Data is reshaped where it should be transposed."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC149",
    name="reshape-for-transpose",
    family=Family.FORWARD,
    number=9,
    title="data is reshaped where it should be transposed",
    what=(
        "An array of samples in rows is brought to columns (or channels to the front) with reshape. "
        "The shape is right; the numbers of different samples are mixed."
    ),
    algebra=(
        "A of shape (m, n):   A.T[j, i] = A[i, j]\n"
        "                     A.reshape(n, m)[j, i] = A.flat[j m + i]"
    ),
    shows=(
        "The gradient check passes and the training loss may fall, but columns are no samples: "
        "features of one point stem from several. Accuracy stays near chance."
    ),
    fix=(
        "Use .T or np.transpose with the order of the axes; reshape only joins or splits neighbouring axes."
    ),
    exceptions=(
        "Flattening a picture to a vector and back: reshape is right where the order of the numbers "
        "in memory is meant."
    ),
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        prepare=(
            Change(
                "    return 2 * np.vstack([radius * np.cos(angle), radius * np.sin(angle)]), labels",
                "    points = 2 * np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])\n"
                "    return points.T, labels",
            ),
        ),
        inject=(Change("return points.T, labels", "return points.reshape(2, m), labels"),),
        symptom=Symptom(
            run="p, costs = model(X, Y, p, iterations=300)", holds="np.mean(predict(X, p) == t) < 0.8"
        ),
        wired=replace(
            SOFTMAX_COLUMNS.wiring, setup=SOFTMAX_COLUMNS.wiring.setup.replace("make_data(10", "make_data(60")
        ),
    ),
)
