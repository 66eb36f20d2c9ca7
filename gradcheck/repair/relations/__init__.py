"""Relations: what a wrong quantity was to the right one, read off their values before and after a repair.

The edit tells what to write; the relation tells what was wrong: a factor act'(z) too few, one too many, another
activation's, labels never seen, the logits where probabilities belong. A file for each kind of quantity.
"""

from gradcheck.repair.relations.deltas import Departure, departure
from gradcheck.repair.relations.gradients import gradient_relations
from gradcheck.repair.relations.ground import ground_of
from gradcheck.repair.relations.passing import target_of
from gradcheck.repair.relations.relation import Relation
from gradcheck.repair.relations.steps import relation_of

__all__ = [
    "Departure",
    "Relation",
    "departure",
    "gradient_relations",
    "ground_of",
    "relation_of",
    "target_of",
]
