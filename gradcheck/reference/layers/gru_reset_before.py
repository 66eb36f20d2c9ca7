"""The gated recurrent unit of the first paper, whose reset gate acts before the matrix product.

As in `gru`, with the blocks r (reset), u (update), n (new) of a = x_t Wx + bx side by side, and Wr, Wu, Wn those
of Wh:

    r = s(a_r + h_{t-1} Wr + b_r)     u = s(a_u + h_{t-1} Wu + b_u)     n = tanh(a_n + (r h_{t-1}) Wn + b_n)
    h_t = (1 - u) n + u h_{t-1}

Backwards from t = T, with g = r h_{t-1} the gated state:

    dn = dh_t (1 - u)    du = dh_t (h_{t-1} - n)    delta_n = dn (1 - n^2)    dg = delta_n Wn^T    dr = dg h_{t-1}
    delta = [dr r (1 - r), du u (1 - u), delta_n]                     dL/da, and dL/dq too: nothing stands between
    dbx = dbh += delta    dWx += x_t^T delta    dx_t = delta Wx^T
    dWr, dWu += h_{t-1}^T [delta_r, delta_u]    dWn += g^T delta_n
    dh_{t-1} = dh_{t-1} from above + dh_t u + [delta_r, delta_u] [Wr, Wu]^T + dg r

Source: Cho et al. 2014, Learning phrase representations using RNN encoder-decoder, equations 5 to 8, where z
stands for u; there h_t = u h_{t-1} + (1 - u) n, as here. Keras calls it reset_after=False.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations import sigmoid
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.layers.gru import GRU
from gradcheck.reference.layers.recurrent import before, over_time


@dataclass(frozen=True, slots=True)
class GRUResetBefore(GRU):
    """x (N, T, inputs) gives h (N, T, hidden); parameters as those of `GRU`.

    Example: with r near 0 the new state forgets the old one whatever Wn is.
        >>> layer, one = GRUResetBefore(1, 1), np.ones((1, 1, 1))
        >>> p = {"Wx": np.array([[-800.0, -800.0, 1.0]]), "Wh": np.full((1, 3), 9.0)}
        >>> h = layer.forward(p | {"bx": np.zeros(3), "bh": np.zeros(3)}, np.repeat(one, 2, axis=1))["h"]
        >>> bool((h == np.tanh(1)).all())
        True
    """

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The gates r, u, n, and h, of all steps."""
        a = x @ p["Wx"] + p["bx"] + p["bh"]
        gates, new = p["Wh"][:, : 2 * self.hidden], p["Wh"][:, 2 * self.hidden :]
        h = np.zeros_like(a[..., 0, : self.hidden])
        steps: list[tuple[Array, ...]] = []
        for t in range(x.shape[-2]):
            ar, au, an = np.split(a[..., t, :], 3, axis=-1)
            qr, qu = np.split(h @ gates, 2, axis=-1)
            r, u = sigmoid(ar + qr), sigmoid(au + qu)
            n = np.tanh(an + (r * h) @ new)
            h = (1 - u) * n + u * h
            steps.append((r, u, n, h))
        over = (np.stack(name, axis=-2) for name in zip(*steps, strict=True))
        return dict(zip(("r", "u", "n", "h"), over, strict=True))

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; delta is (N, T, 3 hidden)."""
        r, u, n = (cache[name] for name in "run")
        h_before = before(cache["h"])
        gates, new = p["Wh"][:, : 2 * self.hidden], p["Wh"][:, 2 * self.hidden :]
        delta = np.empty((*x.shape[:2], 3 * self.hidden), dtype=dh.dtype)
        from_next = np.zeros_like(h_before[:, 0])
        for t in reversed(range(x.shape[1])):
            dh_t = dh[:, t] + from_next
            du = dh_t * (h_before[:, t] - n[:, t])
            delta_n = dh_t * (1 - u[:, t]) * (1 - n[:, t] ** 2)
            dg = delta_n @ new.T
            dr = dg * h_before[:, t]
            delta_ru = np.hstack([dr * r[:, t] * (1 - r[:, t]), du * u[:, t] * (1 - u[:, t])])
            delta[:, t] = np.hstack([delta_ru, delta_n])
            from_next = dh_t * u[:, t] + delta_ru @ gates.T + dg * r[:, t]
        db = delta.sum(axis=(0, 1))
        dW_gates = over_time(h_before, delta[..., : 2 * self.hidden])
        dW_new = over_time(r * h_before, delta[..., 2 * self.hidden :])
        return {
            "delta": delta,
            "dbx": db,
            "dbh": db.copy(),
            "dWx": over_time(x, delta),
            "dWh": np.hstack([dW_gates, dW_new]),
            "dx": delta @ p["Wx"].T,
        }
