import numpy as np


class Linear:
    def __init__(self, inputs, outputs, rng):
        self.weight = rng.normal(0, 0.5, (inputs, outputs))
        self.bias = np.zeros(outputs)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, delta):
        self.weight_slope = self.x.T @ delta
        self.bias_slope = delta.sum(axis=0)
        return delta @ self.weight.T
