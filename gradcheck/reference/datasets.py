"""Fisher's iris measurements, shipped with the package.

Source: R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936),
table I; measured by E. Anderson. The file holds Fisher's values. The copy in the UCI repository, and
everything made from it, differs in two rows (Bezdek et al. 1999, Will the real iris data please stand up?):
row 35, counted from 1, has petal width 0.1 there and 0.2 here; row 38 has sepal width 3.1 and petal length
1.5 there and 3.6 and 1.4 here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Iris:
    """The table.

    Attributes:
        X: (150, 4) centimetres: sepal length, sepal width, petal length, petal width.
        y: (150,) class numbers: 0 setosa, 1 versicolor, 2 virginica, fifty each, in this order.
        features: names of the columns.
        species: names of the classes.
    """

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    features: tuple[str, ...]
    species: tuple[str, ...]


def iris() -> Iris:
    """Read the table.

    Example:
        >>> iris().X[34].tolist()
        [4.9, 3.1, 1.5, 0.2]
    """
    with resources.files("gradcheck.reference").joinpath("data/iris.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    return Iris(
        X=np.array([[float(cell) for cell in row[:-1]] for row in rows]),
        y=np.array([species.index(row[-1]) for row in rows]),
        features=tuple(header[:-1]),
        species=species,
    )
