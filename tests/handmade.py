"""Reports made by hand, for tests of what shows them; their figures are nobody's measurements."""

from __future__ import annotations

import math

from gradcheck.findings import (
    Edit,
    Family,
    Finding,
    Kind,
    Label,
    Outcome,
    Patch,
    Report,
    Run,
    Severity,
    Training,
)
from gradcheck.numerics import Comparison, Verdict

SOURCE = """\
import numpy as np


class Net:
    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        return softmax(self.h @ self.W2 + self.b2)

    def cost(self, p, y):
        penalty = self.lam / self.n_in * (np.sum(self.W1**2) + np.sum(self.W2**2)) / len(y)
        return -np.log(p[np.arange(len(y)), y]).mean() + penalty

    def backward(self, X, y, p):
        delta = p
        delta -= 1
        dW2 = self.h.T @ delta + self.lam * self.W2
        back = delta @ self.W2.T * (1 - self.h**2)
        return X.T @ back + self.lam * self.W1, back.sum(0), dW2, delta.sum(0)
"""

LABEL_DIFF = """\
--- net.py
+++ net.py
@@ -12,7 +12,7 @@
 \n\
     def backward(self, X, y, p):
         delta = p
-        delta -= 1
+        delta[np.arange(len(y)), y] -= 1
         dW2 = self.h.T @ delta + self.lam * self.W2
         back = delta @ self.W2.T * (1 - self.h**2)
         return X.T @ back + self.lam * self.W1, back.sum(0), dW2, delta.sum(0)
"""

ALIAS_DIFF = """\
--- net.py
+++ net.py
@@ -14 +14 @@
-        delta = p
+        delta = p.copy()
"""

PATCH = """\
--- net.py
+++ net.py
@@ -11,8 +11,8 @@
         return -np.log(p[np.arange(len(y)), y]).mean() + penalty
 \n\
     def backward(self, X, y, p):
-        delta = p
-        delta -= 1
+        delta = p.copy()
+        delta[np.arange(len(y)), y] -= 1
         dW2 = self.h.T @ delta + self.lam * self.W2
         back = delta @ self.W2.T * (1 - self.h**2)
         return X.T @ back + self.lam * self.W1, back.sum(0), dW2, delta.sum(0)
"""


def comparison(name="W1", shape=(4, 4), verdict=Verdict.FAIL, **changes):
    """One row of the table."""
    figures = {
        "analytic_norm": 8.4e-2,
        "numerical_norm": 3.1e-2,
        "cosine": 0.73,
        "relative_error": 0.56,
        "error_bar": 3e-11,
    }
    return Comparison(name, shape, **{**figures, **changes}, verdict=verdict)


def label_finding(**changes):
    """The root cause of the hand-made report."""
    given = {
        "code": "GC101",
        "name": "label-ignored",
        "family": Family.OUTPUT_DELTA,
        "kind": Kind.FAULT,
        "severity": Severity.ERROR,
        "confidence": 0.98,
        "message": "the gradient does not depend on the label",
        "file": "net.py",
        "lines": (15,),
        "labels": (
            Label(15, 8, 18, "subtracts 1 from every class, not only class y"),
            Label(13, 26, 27, "never read", primary=False),
        ),
        "parameters": ("W1", "b1", "W2", "b2"),
        "evidence": (
            "swapping y moves d(loss)/d(b2) by 1.0, your db2 by exactly 0",
            "db2 - numerical = (-1, 0, -1) = -(1 - onehot(1)), residue 2e-11",
        ),
        "algebra": "∂L/∂z = p - onehot(y)",
        "explains": ("GC601",),
        "fix": Patch(
            LABEL_DIFF,
            verified=True,
            before=0.56,
            after=2.9e-11,
            measure="relative error of b2",
            edits=(Edit(15, 15, "delta -= 1", "delta[np.arange(len(y)), y] -= 1", "index-labels"),),
        ),
    }
    return Finding(**{**given, **changes})


def uniform_finding():
    """What follows from the root cause."""
    return Finding(
        code="GC601",
        name="uniform-outputs",
        family=Family.ARCHITECTURE,
        kind=Kind.SYMPTOM,
        severity=Severity.WARNING,
        confidence=0.95,
        message="after training every output is 1/3, whatever the input",
        file="net.py",
        evidence=("outputs over 150 samples span 0.331 to 0.335", "loss 1.099 = ln 3"),
        explained_by="GC101",
    )


def alias_finding():
    """A warning of its own."""
    return Finding(
        code="GC401",
        name="aliased-output",
        family=Family.ALIASING,
        kind=Kind.FAULT,
        severity=Severity.WARNING,
        confidence=0.9,
        message="backward overwrites an array of its caller",
        file="net.py",
        lines=(14, 15),
        labels=(Label(14, 8, 17, "an alias of p"),),
        evidence=("p (0.26, 0.02, 0.72) → (-0.74, -0.98, -0.28)",),
        fix=Patch(ALIAS_DIFF, verified=True, before=1.0, after=0.0, measure="entries of p overwritten"),
    )


def faulty_report():
    """Two faults, one consequence, one patch, training before and after."""
    return Report(
        target="net.py",
        source=SOURCE,
        outcome=Outcome.FAULTY,
        understood=(
            "Net: 4 → 4 tanh → 3 softmax, 35 parameters",
            "the gradient is what Net.backward returns for 1 sample, the loss is Net.cost",
        ),
        parameters=(
            comparison("W1", (4, 4)),
            comparison("b1", (4,), cosine=0.79, relative_error=0.49),
            comparison("W2", (4, 3), analytic_norm=2.5, numerical_norm=2.5, cosine=0.37),
            comparison("b2", (3,), analytic_norm=1.3, numerical_norm=1.2, cosine=0.37),
        ),
        findings=(label_finding(), uniform_finding(), alias_finding()),
        patch=PATCH,
        patched_error=2.9e-11,
        training=Training(
            "net.train(X, y, 5000)", 0, Run(1.762, 1.0986, 0.33, 0.3333), Run(1.762, 0.078, 0.33, 0.97333)
        ),
        notices=("the file asked for a plot window; it was not shown",),
        wiring={"loss": "net.cost(net.forward(X), y)", "params": {"W1": "net.W1"}, "understood": ("a", "b")},
        seed=0,
        evaluations=1234,
        seconds=3.21,
    )


def clean_report():
    """Nothing wrong."""
    return Report(
        target="net.py",
        source=SOURCE,
        outcome=Outcome.CLEAN,
        understood=("Net: 4 → 4 tanh → 3 softmax, 35 parameters",),
        parameters=(comparison(verdict=Verdict.PASS, cosine=1.0, relative_error=2e-11),),
        evaluations=70,
        seconds=0.4,
    )


def unsure_report():
    """The bar is too wide to tell, and some figures are no numbers."""
    return Report(
        target="net.py",
        source=SOURCE,
        outcome=Outcome.INCONCLUSIVE,
        understood=(),
        parameters=(
            comparison(
                "encoder.layers[11].attention.weight",
                (768, 3, 64),
                verdict=Verdict.INCONCLUSIVE,
                analytic_norm=math.inf,
                cosine=math.nan,
                relative_error=math.nan,
                error_bar=math.inf,
                reason="the loss is noisy: 0.31 and 0.29 for the same parameters; seed its random numbers",
            ),
            comparison("b", (), verdict=Verdict.KINK, reason="one-sided slopes are 0 and 1"),
        ),
    )
