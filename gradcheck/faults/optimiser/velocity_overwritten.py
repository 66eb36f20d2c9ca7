"""Momentum forgets its velocity at every step."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC821",
    name="velocity-overwritten",
    family=Family.OPTIMIZER,
    number=87,
    title="momentum forgets its velocity at every step",
    what=(
        "The new velocity is computed and never stored, or set to the gradient alone. What remains is "
        "plain gradient descent."
    ),
    algebra=(
        "should be   v ← μ v + g,   W ← W - η v      v → g / (1 - μ)\n"
        "computed    v = μ · 0 + g                    v = g for ever"
    ),
    shows=(
        "Under a constant gradient the second step is as long as the first instead of 1 + μ times as "
        "long; changing μ changes nothing."
    ),
    fix="Store it: v[...] = mu * v + g, or self.velocity[name] = v.",
    exceptions="μ = 0.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(Change("v[...] = self.mu * v + grads[name]", "v = self.mu * v + grads[name]"),),
        symptom=Symptom(
            run=(
                'optimiser, w = Momentum(), {"w": np.zeros(1)}\n'
                'optimiser.step(w, {"w": np.ones(1)})\n'
                'first = w["w"].copy()\n'
                'optimiser.step(w, {"w": np.ones(1)})'
            ),
            holds='np.isclose(w["w"], 2 * first)',
        ),
    ),
)
