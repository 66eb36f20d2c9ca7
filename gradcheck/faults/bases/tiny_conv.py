"""One convolution (kernels flipped, as in signal processing), tanh, 2x2 max pooling and a softmax layer."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def pad(images):
    return np.pad(images, ((0, 0), (1, 1), (1, 1)))


def convolve(images, kernels):
    """(N, H, W) and (F, 3, 3) -> (N, F, H, W), zeros beyond the border."""
    padded = pad(images)
    n, height, width = images.shape
    flipped = kernels[:, ::-1, ::-1]
    out = np.zeros((n, len(kernels), height, width))
    for i in range(height):
        for j in range(width):
            out[:, :, i, j] = np.tensordot(padded[:, i : i + 3, j : j + 3], flipped, axes=([1, 2], [1, 2]))
    return out


def convolve_backward(images, delta):
    """Gradient of the kernels."""
    padded = pad(images)
    _, height, width = images.shape
    grad = np.zeros((delta.shape[1], 3, 3))
    for i in range(height):
        for j in range(width):
            grad += np.tensordot(delta[:, :, i, j], padded[:, i : i + 3, j : j + 3], axes=([0], [0]))
    return grad[:, ::-1, ::-1]


def blocks(maps):
    """(N, F, H, W) -> (N, F, H/2, W/2, 4), the four cells of each block last."""
    n, f, height, width = maps.shape
    split = maps.reshape(n, f, height // 2, 2, width // 2, 2)
    return split.transpose(0, 1, 2, 4, 3, 5).reshape(n, f, height // 2, width // 2, 4)


def pool(maps):
    return blocks(maps).max(axis=-1)


def pool_backward(maps, dpooled):
    """Each block's gradient goes to the cell that was largest."""
    n, f, height, width = maps.shape
    winner = blocks(maps).argmax(axis=-1)
    routed = np.eye(4)[winner] * dpooled[..., np.newaxis]
    split = routed.reshape(n, f, height // 2, width // 2, 2, 2)
    return split.transpose(0, 1, 2, 4, 3, 5).reshape(maps.shape)


class ConvNet:
    def __init__(self, size=6, n_kernels=2, n_classes=3, seed=0):
        rng = np.random.default_rng(seed)
        n_features = n_kernels * (size // 2) ** 2
        self.params = {
            "K": rng.normal(0, 1 / 3, (n_kernels, 3, 3)),
            "c": rng.normal(0, 0.1, (n_kernels, 1, 1)),
            "W": rng.normal(0, 1 / np.sqrt(n_features), (n_features, n_classes)),
            "b": np.zeros(n_classes),
        }

    def forward(self, X):
        self.maps = np.tanh(convolve(X, self.params["K"]) + self.params["c"])
        self.pooled = pool(self.maps)
        self.features = self.pooled.reshape(len(X), -1)
        return softmax(self.features @ self.params["W"] + self.params["b"])

    def loss(self, X, y):
        p = self.forward(X)
        return -np.mean(np.log(p[np.arange(len(y)), y]))

    def gradients(self, X, y):
        p = self.forward(X)
        delta = (p - np.eye(p.shape[1])[y]) / len(y)
        dpooled = (delta @ self.params["W"].T).reshape(self.pooled.shape)
        dz = pool_backward(self.maps, dpooled) * (1 - self.maps**2)
        return {
            "K": convolve_backward(X, dz),
            "c": dz.sum(axis=(0, 2, 3))[:, np.newaxis, np.newaxis],
            "W": self.features.T @ delta,
            "b": delta.sum(axis=0),
        }

    def fit(self, X, y, steps=60, lr=1.0):
        for _ in range(steps):
            for name, grad in self.gradients(X, y).items():
                self.params[name] -= lr * grad
        return self.loss(X, y)


def make_data(n, seed=0):
    """6x6 pictures of a horizontal bar, a vertical bar or a diagonal, in noise."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(0, 0.2, (n, 6, 6)), rng.integers(0, 3, n)
    for image, label, at in zip(X, y, rng.integers(0, 6, n)):
        if label == 0:
            image[at] += 1
        elif label == 1:
            image[:, at] += 1
        else:
            image += np.eye(6)
    return X, y


if __name__ == "__main__":
    X, y = make_data(60)
    net = ConvNet()
    before = net.loss(X, y)
    print(f"loss {before:.3f} -> {net.fit(X, y):.3f}")
    print(f"accuracy {np.mean(net.forward(X).argmax(axis=1) == y):.2f}")
