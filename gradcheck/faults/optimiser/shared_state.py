"""Several parameters share one optimiser buffer."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC822",
    name="shared-optimiser-state",
    family=Family.OPTIMIZER,
    number=88,
    title="several parameters share one optimiser buffer",
    what=(
        'The buffers are keyed by a name that occurs in every layer ("W"), or one array is created '
        "and put into every slot. Parameters of equal shape push each other."
    ),
    algebra=(
        "should be   v_j ← μ v_j + g_j       one v for each parameter j\n"
        "computed    v ← μ v + g_1;  v ← μ v + g_2;  ..."
    ),
    shows=(
        "A parameter whose gradient is zero moves when another one's is not. With layers of different "
        "shapes an error may be raised."
    ),
    fix="Key by layer and name, and create each buffer by itself.",
    exceptions="Parameters that are one array, tied on purpose.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "v = self.velocity.setdefault(name, np.zeros_like(w))",
                "v = self.velocity.setdefault(name[-1], np.zeros_like(w))",
            ),
        ),
        symptom=Symptom(
            run=(
                'w = {"0.W": np.zeros(2), "2.W": np.zeros(2)}\n'
                'Momentum().step(w, {"0.W": np.ones(2), "2.W": np.zeros(2)})'
            ),
            holds='w["2.W"].any()',
        ),
    ),
)
