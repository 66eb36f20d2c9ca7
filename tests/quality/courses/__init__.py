"""Right networks that train, with their roles: what a gradient check passes is put into them.

To add one: a file under networks/, one of its name here with its wiring and roles, and a line below.
"""

from tests.quality.courses.beans_columns import COURSE as BEANS_COLUMNS
from tests.quality.courses.bells_switched import COURSE as BELLS_SWITCHED
from tests.quality.courses.clays_masks import COURSE as CLAYS_MASKS
from tests.quality.courses.clouds_dict import COURSE as CLOUDS_DICT
from tests.quality.courses.digits_layers import COURSE as DIGITS_LAYERS
from tests.quality.courses.ferns_modes import COURSE as FERNS_MODES
from tests.quality.courses.halves_columns import COURSE as HALVES_COLUMNS
from tests.quality.courses.hills_locals import COURSE as HILLS_LOCALS
from tests.quality.courses.kites_script import COURSE as KITES_SCRIPT
from tests.quality.courses.leaves_stack import COURSE as LEAVES_STACK
from tests.quality.courses.letters_parameters import COURSE as LETTERS_PARAMETERS
from tests.quality.courses.moons_written import COURSE as MOONS_WRITTEN
from tests.quality.courses.pairs_attributes import COURSE as PAIRS_ATTRIBUTES
from tests.quality.courses.reefs_twofold import COURSE as REEFS_TWOFOLD
from tests.quality.courses.rings_class import COURSE as RINGS_CLASS
from tests.quality.courses.roles import Course
from tests.quality.courses.seals_flagged import COURSE as SEALS_FLAGGED
from tests.quality.courses.shades_list import COURSE as SHADES_LIST
from tests.quality.courses.sides_globals import COURSE as SIDES_GLOBALS
from tests.quality.courses.spots_functional import COURSE as SPOTS_FUNCTIONAL
from tests.quality.courses.tides_records import COURSE as TIDES_RECORDS
from tests.quality.courses.tones_loops import COURSE as TONES_LOOPS
from tests.quality.courses.votes_dicts import COURSE as VOTES_DICTS
from tests.quality.courses.waves_lists import COURSE as WAVES_LISTS

COURSES = (
    CLOUDS_DICT,
    RINGS_CLASS,
    HALVES_COLUMNS,
    WAVES_LISTS,
    DIGITS_LAYERS,
    SPOTS_FUNCTIONAL,
    PAIRS_ATTRIBUTES,
    SIDES_GLOBALS,
    SHADES_LIST,
    LEAVES_STACK,
    BEANS_COLUMNS,
    HILLS_LOCALS,
    LETTERS_PARAMETERS,
    MOONS_WRITTEN,
    TIDES_RECORDS,
    VOTES_DICTS,
    TONES_LOOPS,
    BELLS_SWITCHED,
    CLAYS_MASKS,
    FERNS_MODES,
    KITES_SCRIPT,
    REEFS_TWOFOLD,
    SEALS_FLAGGED,
)

__all__ = ["COURSES", "Course"]
