import numpy as np


def squared_error(out, height):
    return 0.5 * np.mean(np.sum((out - height) ** 2, axis=1))
