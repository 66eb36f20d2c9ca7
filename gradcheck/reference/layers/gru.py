"""The gated recurrent unit.

For t = 1 ... T, with h_0 = 0 and s the sigmoid; three blocks side by side, in the order r (reset), u
(update), n (new); a = x_t Wx + bx comes from the input, q = h_{t-1} Wh + bh from the state:

    r = s(a_r + q_r)     u = s(a_u + q_u)     n = tanh(a_n + r q_n)
    h_t = (1 - u) n + u h_{t-1}

Backwards from t = T:

    dn = dh_t (1 - u)    du = dh_t (h_{t-1} - n)    delta_n = dn (1 - n^2)    dr = delta_n q_n
    delta = [dr r (1 - r), du u (1 - u), delta_n]                     dL/da
    dq    = [dr r (1 - r), du u (1 - u), delta_n r]                   dL/dq: only the last block differs
    dbx += delta    dWx += x_t^T delta    dbh += dq    dWh += h_{t-1}^T dq    dx_t = delta Wx^T
    dh_{t-1} = dh_{t-1} from above + dh_t u + dq Wh^T

Here the reset gate multiplies q_n, after the matrix product, as in cuDNN and PyTorch; `gru_reset_before` has the
first paper's form, where it multiplies h_{t-1} before it.

Source: Cho et al. 2014, Learning phrase representations using RNN encoder-decoder.
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
class GRU(Layer):
    """x (N, T, inputs) gives h (N, T, hidden).

    Parameters: Wx (inputs, 3 hidden), Wh (hidden, 3 hidden), bx and bh (3 hidden,).
    """

    inputs: int
    hidden: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Wx, Wh, bx and bh, the gates side by side."""
        wide = 3 * self.hidden
        return {"Wx": (self.inputs, wide), "Wh": (self.hidden, wide), "bx": (wide,), "bh": (wide,)}

    @property
    def weights(self) -> tuple[str, ...]:
        """Wx and Wh; not bx, bh."""
        return ("Wx", "Wh")

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Wx and Wh drawn gate by gate, bx and bh zero."""
        Wx = [initializer(rng, (self.inputs, self.hidden), self.inputs, self.hidden) for _ in range(3)]
        Wh = [initializer(rng, (self.hidden, self.hidden), self.hidden, self.hidden) for _ in range(3)]
        zero = np.zeros(3 * self.hidden)
        return {"Wx": np.hstack(Wx), "Wh": np.hstack(Wh), "bx": zero, "bh": zero.copy()}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The gates r, u, n, the state's part q of their inputs, and h, of all steps."""
        a = x @ p["Wx"] + p["bx"]
        h = np.zeros_like(a[..., 0, : self.hidden])
        steps: list[tuple[Array, ...]] = []
        for t in range(x.shape[-2]):
            q = h @ p["Wh"] + p["bh"]
            ar, au, an = np.split(a[..., t, :], 3, axis=-1)
            qr, qu, qn = np.split(q, 3, axis=-1)
            r, u = sigmoid(ar + qr), sigmoid(au + qu)
            n = np.tanh(an + r * qn)
            h = (1 - u) * n + u * h
            steps.append((q, r, u, n, h))
        names = ("q", "r", "u", "n", "h")
        return {
            name: np.stack(over, axis=-2) for name, over in zip(names, zip(*steps, strict=True), strict=True)
        }

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; delta and dq are (N, T, 3 hidden)."""
        q, r, u, n = (cache[name] for name in "qrun")
        h_before = before(cache["h"])
        delta, dq = np.empty_like(q), np.empty_like(q)
        from_next = np.zeros_like(h_before[:, 0])
        for t in reversed(range(x.shape[1])):
            dh_t = dh[:, t] + from_next
            du = dh_t * (h_before[:, t] - n[:, t])
            delta_n = dh_t * (1 - u[:, t]) * (1 - n[:, t] ** 2)
            dr = delta_n * q[:, t, 2 * self.hidden :]
            delta_r, delta_u = dr * r[:, t] * (1 - r[:, t]), du * u[:, t] * (1 - u[:, t])
            delta[:, t] = np.hstack([delta_r, delta_u, delta_n])
            dq[:, t] = np.hstack([delta_r, delta_u, delta_n * r[:, t]])
            from_next = dh_t * u[:, t] + dq[:, t] @ p["Wh"].T
        return {
            "delta": delta,
            "dq": dq,
            "dbx": delta.sum(axis=(0, 1)),
            "dbh": dq.sum(axis=(0, 1)),
            "dWx": over_time(x, delta),
            "dWh": over_time(h_before, dq),
            "dx": delta @ p["Wx"].T,
        }
