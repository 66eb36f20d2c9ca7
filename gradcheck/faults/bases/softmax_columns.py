"""A classifier as functions over a dict of parameters: two tanh layers, softmax; samples are columns."""

import numpy as np


def softmax(Z):
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return E / np.sum(E, axis=0, keepdims=True)


def initialize(sizes, seed=0):
    rng = np.random.default_rng(seed)
    parameters = {}
    for l in range(1, len(sizes)):
        parameters[f"W{l}"] = rng.standard_normal((sizes[l], sizes[l - 1])) / np.sqrt(sizes[l - 1])
        parameters[f"b{l}"] = 0.1 * rng.standard_normal((sizes[l], 1))
    return parameters


def forward_propagation(X, parameters):
    cache = {"A0": X}
    cache["Z1"] = parameters["W1"] @ cache["A0"] + parameters["b1"]
    cache["A1"] = np.tanh(cache["Z1"])
    cache["Z2"] = parameters["W2"] @ cache["A1"] + parameters["b2"]
    cache["A2"] = np.tanh(cache["Z2"])
    cache["Z3"] = parameters["W3"] @ cache["A2"] + parameters["b3"]
    cache["A3"] = softmax(cache["Z3"])
    return cache["A3"], cache


def compute_cost(A3, Y, parameters, lam):
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(A3)) / m
    weights = [parameters["W1"], parameters["W2"], parameters["W3"]]
    return cross_entropy + lam / (2 * m) * sum(np.sum(W**2) for W in weights)


def backward_propagation(Y, parameters, cache, lam):
    m = Y.shape[1]
    grads = {}
    dZ3 = cache["A3"] - Y
    grads["W3"] = dZ3 @ cache["A2"].T / m + lam / m * parameters["W3"]
    grads["b3"] = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = parameters["W3"].T @ dZ3
    dZ2 = dA2 * (1 - cache["A2"] ** 2)
    grads["W2"] = dZ2 @ cache["A1"].T / m + lam / m * parameters["W2"]
    grads["b2"] = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = parameters["W2"].T @ dZ2
    dZ1 = dA1 * (1 - cache["A1"] ** 2)
    grads["W1"] = dZ1 @ cache["A0"].T / m + lam / m * parameters["W1"]
    grads["b1"] = np.sum(dZ1, axis=1, keepdims=True) / m
    return grads


def update_parameters(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads[name]
    return parameters


def model(X, Y, parameters, lam=0.1, learning_rate=0.5, iterations=200):
    costs = []
    for _ in range(iterations):
        A3, cache = forward_propagation(X, parameters)
        costs.append(compute_cost(A3, Y, parameters, lam))
        grads = backward_propagation(Y, parameters, cache, lam)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters, costs


def predict(X, parameters):
    A3, _ = forward_propagation(X, parameters)
    return np.argmax(A3, axis=0)


def one_hot(labels, n_classes):
    return np.eye(n_classes)[:, labels]


def make_data(m, seed=0):
    """Points in the plane on three arms of a spiral."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, m)
    radius = rng.uniform(0.2, 1.0, m)
    angle = 2 * radius + labels * 2 * np.pi / 3 + rng.normal(0, 0.1, m)
    return 2 * np.vstack([radius * np.cos(angle), radius * np.sin(angle)]), labels


if __name__ == "__main__":
    X, labels = make_data(120)
    parameters, costs = model(X, one_hot(labels, 3), initialize([2, 8, 6, 3]), iterations=500)
    print(f"cost {costs[0]:.3f} -> {costs[-1]:.3f}")
    print(f"accuracy {np.mean(predict(X, parameters) == labels):.2f}")
