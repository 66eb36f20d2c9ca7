"""Lists of sigmoid layers, squared error, one sample at a time; the gradient shows only as an update."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Network:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.weights = [rng.standard_normal((n, m)) for m, n in zip(sizes[:-1], sizes[1:])]
        self.biases = [rng.standard_normal((n, 1)) for n in sizes[1:]]

    def feedforward(self, x):
        a = x
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def cost(self, x, y):
        return 0.5 * np.sum((self.feedforward(x) - y) ** 2)

    def backprop(self, x, y):
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(w @ activations[-1] + b))
        grad_w = [None] * len(self.weights)
        grad_b = [None] * len(self.biases)
        a = activations[-1]
        delta = (a - y) * a * (1 - a)
        grad_w[-1] = delta @ activations[-2].T
        grad_b[-1] = delta
        for l in range(len(self.weights) - 2, -1, -1):
            a = activations[l + 1]
            delta = (self.weights[l + 1].T @ delta) * a * (1 - a)
            grad_w[l] = delta @ activations[l].T
            grad_b[l] = delta
        return grad_w, grad_b

    def update(self, x, y, lr):
        grad_w, grad_b = self.backprop(x, y)
        self.weights = [w - lr * g for w, g in zip(self.weights, grad_w)]
        self.biases = [b - lr * g for b, g in zip(self.biases, grad_b)]

    def train(self, samples, epochs, lr, seed=0):
        rng = np.random.default_rng(seed)
        for _ in range(epochs):
            for i in rng.permutation(len(samples)):
                x, y = samples[i]
                self.update(x, y, lr)
        return np.mean([self.cost(x, y) for x, y in samples])


def make_samples(n, seed=0):
    """Columns of three numbers; two targets: is the first above the second, is the third above their sum."""
    rng = np.random.default_rng(seed)
    xs = rng.uniform(-1, 1, (n, 3, 1))
    return [(x, np.array([[float(x[0, 0] > x[1, 0])], [float(x[2, 0] > x[0, 0] + x[1, 0])]])) for x in xs]


if __name__ == "__main__":
    samples = make_samples(60)
    net = Network([3, 5, 4, 2])
    before = np.mean([net.cost(x, y) for x, y in samples])
    print(f"cost {before:.3f} -> {net.train(samples, 100, 1.0):.3f}")
