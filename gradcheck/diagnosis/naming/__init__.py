"""Naming: which fault of the catalogue an edit repairs, by measure first, by its form else."""

from gradcheck.diagnosis.naming.name import Basis, Name
from gradcheck.diagnosis.naming.naming import BY_PLACE, ignores_labels, name_of, names_of
from gradcheck.diagnosis.naming.scales import scale_name
from gradcheck.diagnosis.naming.unrepaired import relation_name

__all__ = [
    "BY_PLACE",
    "Basis",
    "Name",
    "ignores_labels",
    "name_of",
    "names_of",
    "relation_name",
    "scale_name",
]
