"""Adam's bias correction is missing or wrong."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC823",
    name="adam-bias-correction",
    family=Family.OPTIMIZER,
    number=89,
    title="Adam's bias correction is missing or wrong",
    what=(
        "The moving averages start at zero and are used as they are, or are divided by 1 - β instead "
        "of 1 - β^t. The first steps have the wrong length."
    ),
    algebra=(
        "with g constant:  m_t = (1 - β1^t) g,   v_t = (1 - β2^t) g²\n"
        "  should be   m_t/(1 - β1^t) / sqrt(v_t/(1 - β2^t)) = ±1  in every step\n"
        "  without     first step (1 - β1) / sqrt(1 - β2) = 3.162\n"
        "  m only      31.62          v only  0.1"
    ),
    shows=(
        "Under a constant gradient the steps should all be η long. The length of the first, divided "
        "by η, tells which correction is missing."
    ),
    fix="Count steps from 1 and divide by 1 - β**t, both averages.",
    exceptions="Variants without correction that warm the rate up instead.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "            m_hat = m / (1 - self.beta1**self.t)\n"
                "            v_hat = v / (1 - self.beta2**self.t)",
                "            m_hat = m\n            v_hat = v",
            ),
        ),
        symptom=Symptom(
            run=('w = {"w": np.zeros(1)}\nAdam(lr=1.0).step(w, {"w": np.ones(1)})'),
            holds='np.isclose(w["w"], -3.162, atol=1e-3)',
        ),
    ),
)
