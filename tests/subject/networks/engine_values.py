# ruff: noqa: T201, ANN, D -- written as people write such scripts
"""A scalar autograd engine, and a line fitted with it."""

import math


class Number:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents
        self._push = lambda: None

    @staticmethod
    def of(value):
        return value if isinstance(value, Number) else Number(value)

    def __add__(self, other):
        other = Number.of(other)
        out = Number(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad

        out._push = push
        return out

    def __mul__(self, other):
        other = Number.of(other)
        out = Number(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._push = push
        return out

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + Number.of(other) * -1

    def tanh(self):
        out = Number(math.tanh(self.data), (self,))

        def push():
            self.grad += (1 - out.data**2) * out.grad

        out._push = push
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node._parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._push()


weights = [Number(0.3), Number(-0.8), Number(0.5)]


def predict(x):
    return (weights[0] * x[0] + weights[1] * x[1]).tanh() + weights[2]


def loss_of(points, wanted):
    total = Number(0.0)
    for x, t in zip(points, wanted):
        miss = predict(x) - t
        total = total + miss * miss
    return total * (1 / len(points))


def descend(points, wanted, rounds, rate):
    for _ in range(rounds):
        for w in weights:
            w.grad = 0.0
        loss = loss_of(points, wanted)
        loss.backward()
        for w in weights:
            w.data -= rate * w.grad
    return loss.data


if __name__ == "__main__":
    points = [(0.5, 1.0), (-1.0, 0.3), (0.7, -0.4), (1.2, 0.9)]
    print(descend(points, [0.2, 0.9, 0.4, -0.3], 200, 0.05))
