"""A function changes the data it was given."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC404",
    name="input-overwritten",
    family=Family.ALIASING,
    number=114,
    title="a function changes the data it was given",
    what=(
        "Scaling, shifting or adding noise is written as X -= ..., which changes the caller's array. "
        "The next call starts from data that has been changed already."
    ),
    algebra=(
        "X -= mean; X /= std       first call:   (X - m) / s\n"
        "                          second call:  ((X - m) / s - m) / s"
    ),
    shows=(
        "A hash of the input differs after the call; two calls in a row give two results; loss and "
        "gradient see different data."
    ),
    fix="Make a new array, (X - mean) / std, or copy first.",
    exceptions="Functions that are documented to work in place.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change(
                "        return (X - self.mean) / self.std",
                "        X -= self.mean\n        X /= self.std\n        return X",
            ),
        ),
        symptom=Symptom(
            run=("flats = make_data(5)[0]\nkept = flats.copy()\nScaler(flats).transform(flats)"),
            holds="not np.array_equal(flats, kept)",
        ),
    ),
)
