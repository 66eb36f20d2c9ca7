"""Fisher's table, and the two rows in which the UCI copy differs from it."""

import numpy as np

from gradcheck.reference import datasets


def test_iris_is_fishers_table():
    iris = datasets.iris()
    assert iris.X.shape == (150, 4)
    assert iris.species == ("setosa", "versicolor", "virginica")
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.X[34].tolist() == [4.9, 3.1, 1.5, 0.2]  # UCI: petal width 0.1
    assert iris.X[37].tolist() == [4.9, 3.6, 1.4, 0.1]  # UCI: sepal width 3.1, petal length 1.5
    # Class means of table I of the 1936 paper (its table II), in centimetres.
    means = [iris.X[iris.y == k].mean(axis=0).round(3).tolist() for k in range(3)]
    assert means == [[5.006, 3.428, 1.462, 0.246], [5.936, 2.77, 4.26, 1.326], [6.588, 2.974, 5.552, 2.026]]
