"""Activations to draw from, simplest first, since that is where they shrink to."""

from __future__ import annotations

from gradcheck import reference as ref

SMOOTH = (ref.Identity(), ref.Tanh(), ref.Sigmoid(), ref.Softplus(), ref.Swish(), ref.GELU(), ref.GELUTanh())
KINKED = (ref.ReLU(), ref.LeakyReLU(), ref.ELU(0.5))
