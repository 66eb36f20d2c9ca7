"""Right networks with their roles: which statement computes what, so that a named fault finds its place.

To add one: a file here (or one of the catalogue's bases), its wiring, its roles. Statements are given as typed.
"""

from tests.quality.styles.bases import BASES
from tests.quality.styles.convolutions import CONVOLUTIONS
from tests.quality.styles.lookups import LOOKUPS
from tests.quality.styles.own import OWN
from tests.quality.styles.recurrent import RECURRENT
from tests.quality.styles.roles import Hidden, Roles, Style

STYLES = (*BASES, *OWN, *CONVOLUTIONS, *LOOKUPS, *RECURRENT)

__all__ = ["STYLES", "Hidden", "Roles", "Style"]
