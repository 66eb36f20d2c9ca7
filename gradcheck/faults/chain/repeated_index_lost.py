"""An indexed += counts repeated rows once."""

from gradcheck.faults.bases import TIED_EMBEDDING
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC240",
    name="repeated-index-lost",
    family=Family.WEIGHT_GRAD,
    number=61,
    title="an indexed += counts repeated rows once",
    what=(
        "The gradient of an embedding is written with a list of indices. Numpy reads all rows, adds, "
        "and writes them back: of several additions to one row only the last remains."
    ),
    algebra=(
        "G[ids] += d        G[ids] = G[ids] + d, one write per row\n"
        "should be          G[r] = Σ over all i with ids[i] = r of d_i\n"
        "np.add.at(G, ids, d) adds every one"
    ),
    shows=(
        "Rows that occur once in the batch agree, rows that occur more often are too small. One "
        "sample without repeats hides it."
    ),
    fix="np.add.at(G, ids, d), or onehot(ids).T @ d.",
    exceptions="Indices that are unique by construction.",
    specimen=Specimen(
        base=TIED_EMBEDDING,
        inject=(
            Change(
                "np.add.at(dE, contexts, dx[:, np.newaxis, :] / per_context)",
                "dE[contexts] += dx[:, np.newaxis, :] / per_context",
            ),
        ),
        spoils=("E",),
    ),
)
