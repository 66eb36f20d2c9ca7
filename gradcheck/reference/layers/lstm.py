"""The long short-term memory.

For t = 1 ... T, with h_0 = c_0 = 0 and s the sigmoid; z_t holds four blocks, in the order i, f, g, o:

    z_t = x_t Wx + h_{t-1} Wh + b
    i = s(z_i)     f = s(z_f)     g = tanh(z_g)     o = s(z_o)
    c_t = f c_{t-1} + i g                                               the cell
    h_t = o tanh(c_t)

Backwards from t = T:

    dh_t = dh_t from above + delta_{t+1} Wh^T
    do = dh_t tanh(c_t)
    dc_t = dh_t o (1 - tanh(c_t)^2) + dc_{t+1} f_{t+1}                  the cell is used twice as well
    di = dc_t g    dg = dc_t i    df = dc_t c_{t-1}
    delta_t = [di i (1 - i), df f (1 - f), dg (1 - g^2), do o (1 - o)]
    db += delta_t      dWx += x_t^T delta_t      dWh += h_{t-1}^T delta_t      dx_t = delta_t Wx^T

Sources: Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000 (the forget gate f).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations import sigmoid
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.layers.recurrent import before, over_time


@dataclass(frozen=True, slots=True)
class LSTM(Layer):
    """x (N, T, inputs) gives h (N, T, hidden).

    Parameters: Wx (inputs, 4 hidden), Wh (hidden, 4 hidden), b (4 hidden,).
    """

    inputs: int
    hidden: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Wx, Wh and b, the gates side by side."""
        return {
            "Wx": (self.inputs, 4 * self.hidden),
            "Wh": (self.hidden, 4 * self.hidden),
            "b": (4 * self.hidden,),
        }

    @property
    def weights(self) -> tuple[str, ...]:
        """Wx and Wh; not b."""
        return ("Wx", "Wh")

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Wx and Wh drawn gate by gate, b zero."""
        Wx = [initializer(rng, (self.inputs, self.hidden), self.inputs, self.hidden) for _ in range(4)]
        Wh = [initializer(rng, (self.hidden, self.hidden), self.hidden, self.hidden) for _ in range(4)]
        return {"Wx": np.hstack(Wx), "Wh": np.hstack(Wh), "b": np.zeros(4 * self.hidden)}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """z, the gates i, f, g, o, the cell c, and h, of all steps."""
        from_input = x @ p["Wx"] + p["b"]
        h: Array = np.zeros_like(from_input[..., 0, : self.hidden])
        c = h
        steps: list[tuple[Array, ...]] = []
        for t in range(x.shape[-2]):
            z = from_input[..., t, :] + h @ p["Wh"]
            zi, zf, zg, zo = np.split(z, 4, axis=-1)
            i, f, g, o = sigmoid(zi), sigmoid(zf), np.tanh(zg), sigmoid(zo)
            c = f * c + i * g
            h = o * np.tanh(c)
            steps.append((z, i, f, g, o, c, h))
        names = ("z", "i", "f", "g", "o", "c", "h")
        return {
            name: np.stack(over, axis=-2) for name, over in zip(names, zip(*steps, strict=True), strict=True)
        }

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; delta is (N, T, 4 hidden), dc (N, T, hidden)."""
        i, f, g, o, c = (cache[name] for name in "ifgoc")
        c_before, tanh_c = before(c), np.tanh(c)
        delta, dc = np.empty_like(cache["z"]), np.empty_like(c)
        dh_next = dc_next = np.zeros_like(c[:, 0])
        for t in reversed(range(x.shape[1])):
            dh_t = dh[:, t] + dh_next
            do = dh_t * tanh_c[:, t]
            dc[:, t] = dh_t * o[:, t] * (1 - tanh_c[:, t] ** 2) + dc_next
            di, dg, df = dc[:, t] * g[:, t], dc[:, t] * i[:, t], dc[:, t] * c_before[:, t]
            delta[:, t] = np.hstack(
                [
                    di * i[:, t] * (1 - i[:, t]),
                    df * f[:, t] * (1 - f[:, t]),
                    dg * (1 - g[:, t] ** 2),
                    do * o[:, t] * (1 - o[:, t]),
                ]
            )
            dh_next, dc_next = delta[:, t] @ p["Wh"].T, dc[:, t] * f[:, t]
        return {
            "dc": dc,
            "delta": delta,
            "db": delta.sum(axis=(0, 1)),
            "dWx": over_time(x, delta),
            "dWh": over_time(before(cache["h"]), delta),
            "dx": delta @ p["Wx"].T,
        }
