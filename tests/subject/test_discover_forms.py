from __future__ import annotations

import numpy as np

from gradcheck.subject.discover.forms import loss_forms

P = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
K = np.array([0, 2])
T = np.eye(3)[K]


def values(outputs, labels):
    forms = loss_forms("o", outputs, "t", labels)
    return {form.name: eval(form.expression, {"np": np, "o": outputs, "t": labels}) for form in forms}  # noqa: S307 -- expressions that gradcheck wrote


def test_losses_of_distributions_and_one_hot_labels():
    found = values(P, T)
    square = np.sum((P - T) ** 2)
    assert np.isclose(found["half squared error, summed"], square / 2)
    assert np.isclose(found["squared error, per sample"], square / 2)
    assert np.isclose(found["squared error, per entry"], np.mean((P - T) ** 2))
    assert np.isclose(found["cross-entropy, per sample"], -(np.log(0.7) + np.log(0.4)) / 2)
    both = -np.sum(T * np.log(P) + (1 - T) * np.log(1 - P))
    assert np.isclose(found["binary cross-entropy, summed"], both)


def test_class_numbers_and_one_hot_labels_give_the_same_losses():
    hot, numbers = values(P, T), values(P, K)
    assert {"cross-entropy, summed", "squared error, per sample"} <= numbers.keys()
    assert all(np.isclose(numbers[name], hot[name]) for name in numbers)
    assert np.isclose(values(P.T, K)["cross-entropy, summed"], hot["cross-entropy, summed"])


def test_what_outputs_do_not_allow_is_not_offered():
    kinds = {name.partition(",")[0] for name in values(np.array([[2.0], [-1.0]]), np.array([1.0, -1.0]))}
    assert kinds == {"squared error", "half squared error", "hinge loss"}
