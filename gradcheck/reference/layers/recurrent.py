"""The simple recurrent network, and backpropagation through time.

For t = 1 ... T, with h_0 = 0:

    z_t = x_t Wx + h_{t-1} Wh + b         h_t = f(z_t)

Backwards from t = T, h_t is used twice: as the output, and by step t + 1:

    dh_t = dh_t from above + delta_{t+1} Wh^T
    delta_t = dh_t * f'(z_t)
    db += delta_t      dWx += x_t^T delta_t      dWh += h_{t-1}^T delta_t      dx_t = delta_t Wx^T

Source: Goodfellow, Bengio and Courville, Deep Learning, section 10.2.2 (its W is Wh, its U is Wx).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcheck.reference.activations import Activation, Tanh
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class RNN(Layer):
    """x (N, T, inputs) gives every h_t: h (N, T, hidden).

    Parameters: Wx (inputs, hidden), Wh (hidden, hidden), b (hidden,).
    """

    inputs: int
    hidden: int
    activation: Activation = field(default_factory=Tanh)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Wx, Wh and b."""
        return {"Wx": (self.inputs, self.hidden), "Wh": (self.hidden, self.hidden), "b": (self.hidden,)}

    @property
    def weights(self) -> tuple[str, ...]:
        """Wx and Wh; not b."""
        return ("Wx", "Wh")

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Wx and Wh drawn, b zero."""
        Wx = initializer(rng, self.shapes["Wx"], self.inputs, self.hidden)
        Wh = initializer(rng, self.shapes["Wh"], self.hidden, self.hidden)
        return {"Wx": Wx, "Wh": Wh, "b": np.zeros(self.hidden)}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """Z and h of all steps, (N, T, hidden)."""
        from_input = x @ p["Wx"] + p["b"]
        z, h = np.empty_like(from_input), np.empty_like(from_input)
        previous: Array = np.zeros_like(from_input[..., 0, :])
        for t in range(x.shape[-2]):
            z[..., t, :] = from_input[..., t, :] + previous @ p["Wh"]
            previous = h[..., t, :] = self.activation.forward(z[..., t, :])
        return {"z": z, "h": h}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; delta is (N, T, hidden)."""
        z, h = cache["z"], cache["h"]
        delta = np.empty_like(h)
        from_next = np.zeros_like(h[:, 0])
        for t in reversed(range(x.shape[1])):
            delta[:, t] = self.activation.backward(z[:, t], dh[:, t] + from_next)
            from_next = delta[:, t] @ p["Wh"].T
        return {
            "delta": delta,
            "db": delta.sum(axis=(0, 1)),
            "dWx": over_time(x, delta),
            "dWh": over_time(before(h), delta),
            "dx": delta @ p["Wx"].T,
        }


def over_time(a: Array, delta: Array) -> Array:
    """The sum over samples and steps of the outer products a_t^T delta_t: BP4 for a weight used T times."""
    dW: Array = np.einsum("nti,ntj->ij", a, delta)
    return dW


def before(h: Array) -> Array:
    """h_{t-1} for each t, with h_0 = 0: (N, T, hidden)."""
    return np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
